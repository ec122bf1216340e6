package io.lockservice.cell;

import io.lockservice.api.Content;
import io.lockservice.api.HandleId;
import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.api.NodeKind;
import io.lockservice.api.codec.Fields;
import io.lockservice.api.codec.HandleFields;
import io.lockservice.api.codec.ReplyCodec;
import io.lockservice.api.codec.Values;
import io.lockservice.api.event.Event;
import io.lockservice.cell.event.EventLog;
import io.lockservice.cell.event.Inboxes;
import io.lockservice.cell.repeat.KeyOutcomes;
import io.lockservice.cell.repeat.OriginOutcomes;
import io.lockservice.cell.repeat.Outcome;
import io.lockservice.cell.repeat.Waits;
import io.lockservice.cell.table.Acl;
import io.lockservice.cell.table.Counters;
import io.lockservice.cell.table.Handle;
import io.lockservice.cell.table.Lock;
import io.lockservice.cell.table.Node;
import io.lockservice.cell.table.Session;
import io.lockservice.wire.WireException;
import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The records of a checkpoint: keys begin with a byte for their kind and ascend as unsigned bytes; sessions come before
 * the nodes that refer to them. What follows from the records is not written.
 */
final class StateRecords {
    /** Kinds stand in the order in which they are written and read; 0 is the checkpoint's own. */
    private static final int COUNTERS = 1;

    private static final int SESSION = 2;
    private static final int NODE = 3;
    private static final int WAIT = 4;
    private static final int ORIGIN = 5;
    private static final int OUTCOME = 6;
    private static final int KEY = 7;
    private static final int EVENTS = 8;
    private static final int EVENT = 9;
    private static final int HANDLE = 10;
    private static final int INBOX = 11;
    private static final int ENDED_HOLDS = 12;

    private final BiConsumer<byte[], byte[]> sink;
    private final WireWriter value = new WireWriter();

    StateRecords(BiConsumer<byte[], byte[]> sink) {
        this.sink = sink;
    }

    void counters(Counters counters, long newestKeyStoredAt) {
        value.number(counters.revision()).number(counters.epoch());
        value.number(counters.lastToken()).number(counters.lastTicket()).bool(counters.leasesStretched());
        value.number(newestKeyStoredAt);
        put(new byte[] {COUNTERS});
    }

    void session(Session session) {
        value.text(session.client()).number(session.leaseMs()).number(session.closeAfterMs());
        Fields.map(value, session.metadata());
        value.bool(session.caches());
        put(key(SESSION, session.id()));
    }

    void node(Node node) {
        value.bool(node.isDirectory()).bool(node.ephemeral()).optionalText(node.owner());
        value.number(node.instance()).number(node.contentGeneration()).number(node.childGeneration());
        value.number(node.childCount()).number(node.modifiedRevision());
        Acl acl = node.acl();
        value.optionalText(acl.read()).optionalText(acl.write()).optionalText(acl.change());
        value.number(node.aclGeneration());
        if (!node.isDirectory()) {
            value.fixed64(node.checksum());
            Values.content(value, node.content());
        }
        Lock lock = node.lock();
        value.number(lock.generation());
        value.number(lock.holders().size());
        for (Lock.Hold hold : lock.holders()) {
            Values.mode(value.text(hold.session()), hold.mode());
            value.number(hold.token()).text(hold.note()).number(hold.delayMs());
        }
        value.number(lock.queue().size());
        for (Lock.Waiting place : lock.queue()) {
            Values.mode(value.text(place.session()), place.mode());
            value.number(place.ticket()).text(place.note()).bool(place.isKept());
            value.number(place.isKept() ? 0 : place.waitMs()).number(place.delayMs());
        }
        Fields.list(value, lock.ended(), StateRecords::ended);
        value.number(lock.delays().size());
        for (Lock.Delay delay : lock.delays()) {
            Values.mode(value.text(delay.client()), delay.mode());
            value.number(delay.token()).number(delay.generation()).number(delay.delayMs());
        }
        put(key(NODE, node.name().path()));
    }

    void wait(long ticket, Waits.Wait wait) {
        value.text(wait.name().path()).text(wait.session()).number(wait.references());
        Fields.optional(value, wait.ended(), ReplyCodec::write);
        put(key(WAIT, ticket));
    }

    void origin(OriginOutcomes.Known known) {
        value.number(known.incarnation()).number(known.knownFrom());
        put(key(ORIGIN, known.replicaId()));
    }

    void outcome(OriginOutcomes.Entry entry) {
        Outcome.write(value, entry.outcome());
        put(ByteBuffer.allocate(18)
                .put((byte) OUTCOME)
                .putLong(entry.replicaId())
                .put((byte) (entry.isWaiting() ? 1 : 0))
                .putLong(entry.callId())
                .array());
    }

    void key(int index, KeyOutcomes.Entry entry) {
        value.optionalText(entry.session()).text(entry.principal()).text(entry.key());
        value.fixed64(entry.kept().fingerprint()).number(entry.kept().storedAt());
        Outcome.write(value, entry.kept().outcome());
        put(key(KEY, index));
    }

    void events(EventLog.Copy events) {
        EventLog.Header header = events.header();
        value.number(header.droppedCount());
        Values.position(value, header.dropped());
        put(new byte[] {EVENTS});
        long[] number = {header.droppedCount()};
        events.forEach(event -> {
            Values.event(value, event);
            put(key(EVENT, number[0]++));
        });
    }

    void handle(Handle handle) {
        value.text(handle.principal()).text(handle.name().path()).number(handle.instance());
        Fields.list(value, handle.modes(), HandleFields::mode);
        Fields.list(value, handle.events(), Values::type);
        value.number(handle.lockDelayMs());
        put(key(HANDLE, handle.id().toString()));
    }

    void inbox(Inboxes.Copy inbox) {
        Fields.list(value.number(inbox.lastSeq()), inbox.events(), HandleFields::event);
        put(key(INBOX, inbox.session()));
    }

    void endedHolds(List<Lock.Ended> ended) {
        Fields.list(value, ended, StateRecords::ended);
        put(new byte[] {ENDED_HOLDS});
    }

    private void put(byte[] key) {
        byte[] bytes = value.toBytes();
        value.clear();
        sink.accept(key, bytes);
    }

    private static byte[] key(int kind, long number) {
        return ByteBuffer.allocate(9).put((byte) kind).putLong(number).array();
    }

    private static byte[] key(int kind, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(1 + bytes.length).put((byte) kind).put(bytes).array();
    }

    /** Takes back a record that is neither of a node nor of an event; throws {@link WireException} where it is none. */
    static void restore(byte[] key, byte[] value, State state, Repeats repeats, EventLog events, Inboxes inboxes) {
        ByteBuffer of = ByteBuffer.wrap(key, 1, key.length - 1);
        WireReader in = new WireReader(value);
        try {
            switch (key[0]) {
                case COUNTERS -> {
                    state.restore(new Counters(in.number(), in.number(), in.number(), in.number(), in.bool()));
                    repeats.keys().restoreNewestStoredAt(in.number());
                }
                case SESSION -> state.sessions().put(session(text(of), in));
                case WAIT ->
                    repeats.waits()
                            .put(
                                    of.getLong(),
                                    new Waits.Wait(
                                            Fields.name(in),
                                            in.text(),
                                            in.smallNumber(),
                                            Fields.optional(in, ReplyCodec::readReply)));
                case ORIGIN ->
                    repeats.origins().restore(new OriginOutcomes.Known((int) of.getLong(), in.number(), in.number()));
                case OUTCOME ->
                    repeats.origins()
                            .restore(outcome((int) of.getLong(), of.get() != 0, of.getLong(), Outcome.read(in)));
                case KEY -> key(in, repeats.keys());
                case EVENTS -> events.restore(new EventLog.Header(in.number(), Values.position(in)));
                case HANDLE -> state.handles().add(handle(text(of), in));
                case INBOX ->
                    inboxes.restore(new Inboxes.Copy(text(of), in.number(), Fields.list(in, HandleFields::event)));
                case ENDED_HOLDS -> Fields.list(in, StateRecords::ended).forEach(state.endedHolds()::add);
                default -> throw Fields.unknown("record", key[0]);
            }
        } catch (BufferUnderflowException e) {
            throw new WireException("a record's key is too short");
        }
        in.expectEnd();
    }

    /** Whether a record is of a node; throws {@link WireException} where it has no kind. */
    static boolean isNode(byte[] key) {
        if (key.length == 0) {
            throw new WireException("a record without a kind");
        }
        return key[0] == NODE;
    }

    /** Whether a record is of an event; throws {@link WireException} where it has no kind. */
    static boolean isEvent(byte[] key) {
        if (key.length == 0) {
            throw new WireException("a record without a kind");
        }
        return key[0] == EVENT;
    }

    /** The event of a record that {@link #isEvent}; throws {@link WireException} where it is damaged. */
    static Event event(byte[] value) {
        WireReader in = new WireReader(value);
        Event event = Values.event(in);
        in.expectEnd();
        return event;
    }

    /** The node of a record that {@link #isNode}; throws {@link WireException} where it is damaged. */
    static Node node(byte[] key, byte[] value) {
        WireReader in = new WireReader(value);
        Node node = node(text(ByteBuffer.wrap(key, 1, key.length - 1)), in);
        in.expectEnd();
        return node;
    }

    private static Node node(String path, WireReader in) {
        boolean directory = in.bool();
        boolean ephemeral = in.bool();
        String owner = in.optionalText();
        long instance = in.number();
        long contentGeneration = in.number();
        long childGeneration = in.number();
        int childCount = in.smallNumber();
        long modifiedRevision = in.number();
        Acl acl = new Acl(in.optionalText(), in.optionalText(), in.optionalText());
        long aclGeneration = in.number();
        long checksum = directory ? 0 : in.fixed64();
        Content content = directory ? Content.EMPTY : Values.content(in);
        return new Node(
                new Name(path),
                directory ? NodeKind.DIRECTORY : NodeKind.FILE,
                ephemeral,
                owner,
                instance,
                content,
                checksum,
                contentGeneration,
                childGeneration,
                childCount,
                modifiedRevision,
                lock(in),
                acl.equals(Acl.OPEN) ? Acl.OPEN : acl,
                aclGeneration);
    }

    private static Lock lock(WireReader in) {
        long generation = in.number();
        List<Lock.Hold> holders =
                Fields.list(in, r -> new Lock.Hold(r.text(), Values.mode(r), r.number(), r.text(), r.number()));
        List<Lock.Waiting> queue = Fields.list(in, StateRecords::place);
        List<Lock.Ended> ended = Fields.list(in, StateRecords::ended);
        List<Lock.Delay> delays =
                Fields.list(in, r -> new Lock.Delay(r.text(), Values.mode(r), r.number(), r.number(), r.number()));
        Lock lock = new Lock(generation, holders, queue, ended, delays);
        return lock.equals(Lock.NEW) ? Lock.NEW : lock;
    }

    private static void ended(WireWriter out, Lock.Ended ended) {
        Values.reason(out.number(ended.token()), ended.reason());
    }

    private static Lock.Ended ended(WireReader in) {
        return new Lock.Ended(in.number(), Values.reason(in));
    }

    private static Lock.Waiting place(WireReader in) {
        String session = in.text();
        LockMode mode = Values.mode(in);
        long ticket = in.number();
        String note = in.text();
        boolean kept = in.bool();
        long waitMs = in.number();
        return new Lock.Waiting(session, mode, ticket, note, kept ? Lock.Waiting.KEPT : waitMs, in.number());
    }

    private static OriginOutcomes.Entry outcome(int replicaId, boolean isWaiting, long callId, Outcome outcome) {
        return new OriginOutcomes.Entry(replicaId, callId, isWaiting, outcome);
    }

    private static Session session(String id, WireReader in) {
        String client = in.text();
        long leaseMs = in.number();
        long closeAfterMs = in.number();
        return new Session(id, client, leaseMs, Fields.map(in), closeAfterMs, in.bool());
    }

    private static Handle handle(String id, WireReader in) {
        HandleId parsed = HandleId.parse(id);
        if (parsed == null) {
            throw new WireException("not a handle: " + id);
        }
        return new Handle(
                parsed,
                in.text(),
                Fields.name(in),
                in.number(),
                Fields.list(in, HandleFields::mode),
                Fields.list(in, Values::type),
                in.number());
    }

    private static String text(ByteBuffer key) {
        return StandardCharsets.UTF_8.decode(key).toString();
    }

    private static void key(WireReader in, KeyOutcomes keys) {
        String session = in.optionalText();
        String principal = in.text();
        String key = in.text();
        keys.put(session, principal, key, new KeyOutcomes.Kept(in.fixed64(), in.number(), Outcome.read(in)));
    }
}
