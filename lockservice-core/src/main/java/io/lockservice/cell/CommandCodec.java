package io.lockservice.cell;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Request;
import io.lockservice.api.codec.Fields;
import io.lockservice.api.codec.RequestCodec;
import io.lockservice.cell.repeat.Origin;
import io.lockservice.wire.WireException;
import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/** Encodes commands for the log. Tags are part of the format: never reuse one. */
public final class CommandCodec {
    private static final int FORMAT = 1;
    private static final int CLIENT = 1;
    private static final int START_EPOCH = 2;
    private static final int EXPIRE_SESSIONS = 3;
    private static final int WITHDRAW = 4;
    private static final int RETIRE_KEYS = 5;
    private static final int COMPARE_DIGEST = 6;
    private static final int END_LOCK_DELAY = 7;
    private static final int ACKNOWLEDGE_EVENTS = 8;
    private static final int INVALIDATE = 9;
    private static final int STRETCH_LEASES = 10;

    private CommandCodec() {}

    /** A command as bytes, its format first. */
    public static byte[] encode(Command command) {
        WireWriter out = new WireWriter().tag(FORMAT);
        if (command instanceof Command.Client client) {
            write(out.tag(CLIENT).number(client.epoch()), client.origin());
            RequestCodec.write(out, client.call());
        } else if (command instanceof Command.StartEpoch start) {
            out.tag(START_EPOCH).number(start.leader()).fixed64(start.nonce());
        } else if (command instanceof Command.ExpireSessions expire) {
            Fields.list(out.tag(EXPIRE_SESSIONS).number(expire.epoch()), expire.sessions(), WireWriter::text);
        } else if (command instanceof Command.Withdraw withdraw) {
            Fields.name(out.tag(WITHDRAW), withdraw.name());
            out.text(withdraw.session()).number(withdraw.ticket());
        } else if (command instanceof Command.EndLockDelay end) {
            Fields.name(out.tag(END_LOCK_DELAY), end.name());
            out.number(end.token());
        } else if (command instanceof Command.RetireKeys retire) {
            out.tag(RETIRE_KEYS).number(retire.epoch()).number(retire.throughRevision());
        } else if (command instanceof Command.AcknowledgeEvents acknowledge) {
            out.tag(ACKNOWLEDGE_EVENTS).number(acknowledge.seqs().size());
            acknowledge.seqs().forEach((session, seq) -> out.text(session).number(seq));
        } else if (command instanceof Command.Invalidate invalidate) {
            Fields.list(out.tag(INVALIDATE), invalidate.copies(), CommandCodec::copies);
        } else if (command instanceof Command.StretchLeases stretch) {
            out.tag(STRETCH_LEASES).number(stretch.epoch()).bool(stretch.stretched());
        } else if (command instanceof Command.CompareDigest compare) {
            out.tag(COMPARE_DIGEST).number(compare.slot()).fixed64(compare.digest());
        }
        return out.toBytes();
    }

    /** The command; throws {@link WireException} for bytes that are no command of a known format. */
    public static Command decode(byte[] bytes) {
        WireReader in = new WireReader(bytes);
        Fields.expectFormat(in, FORMAT);
        Command command = read(in);
        in.expectEnd();
        return command;
    }

    private static Command read(WireReader in) {
        int tag = in.tag();
        return switch (tag) {
            case CLIENT -> client(in);
            case START_EPOCH -> new Command.StartEpoch(in.smallNumber(), in.fixed64());
            case EXPIRE_SESSIONS -> new Command.ExpireSessions(in.number(), Fields.list(in, WireReader::text));
            case WITHDRAW -> new Command.Withdraw(Fields.name(in), in.text(), in.number());
            case RETIRE_KEYS -> new Command.RetireKeys(in.number(), in.number());
            case COMPARE_DIGEST -> new Command.CompareDigest(in.number(), in.fixed64());
            case END_LOCK_DELAY -> new Command.EndLockDelay(Fields.name(in), in.number());
            case ACKNOWLEDGE_EVENTS -> new Command.AcknowledgeEvents(seqs(in));
            case INVALIDATE -> new Command.Invalidate(Fields.list(in, CommandCodec::copies));
            case STRETCH_LEASES -> new Command.StretchLeases(in.number(), in.bool());
            default -> throw Fields.unknown("command", tag);
        };
    }

    private static Command client(WireReader in) {
        long epoch = in.number();
        Origin origin = readOrigin(in);
        ClientCall call = RequestCodec.read(in);
        if (!(call.request() instanceof Request.Write)) {
            throw new WireException("a command must be a write");
        }
        return new Command.Client(epoch, origin, call);
    }

    /** An origin as a field of something that has a format of its own. */
    public static void write(WireWriter out, Origin origin) {
        out.number(origin.replicaId()).number(origin.incarnation());
        out.number(origin.callId()).number(origin.answeredBelow());
    }

    /** See {@link #write}. */
    public static Origin readOrigin(WireReader in) {
        return new Origin(in.smallNumber(), in.number(), in.number(), in.number());
    }

    private static Map<String, Long> seqs(WireReader in) {
        Map<String, Long> seqs = new LinkedHashMap<>();
        for (int left = in.count(); left > 0; left--) {
            seqs.put(in.text(), in.number());
        }
        return seqs;
    }

    private static void copies(WireWriter out, Command.Invalidate.Copies copies) {
        Fields.name(out, copies.name());
        Fields.list(out, copies.sessions(), WireWriter::text);
    }

    private static Command.Invalidate.Copies copies(WireReader in) {
        return new Command.Invalidate.Copies(Fields.name(in), Fields.list(in, WireReader::text));
    }
}
