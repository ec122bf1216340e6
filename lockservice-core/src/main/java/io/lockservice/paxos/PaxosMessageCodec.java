package io.lockservice.paxos;

import io.lockservice.log.LogEntry;
import io.lockservice.log.ProposalNumber;
import io.lockservice.log.Value;
import io.lockservice.paxos.PaxosMessage.Accept;
import io.lockservice.paxos.PaxosMessage.Accepted;
import io.lockservice.paxos.PaxosMessage.CatchUp;
import io.lockservice.paxos.PaxosMessage.ChosenEntries;
import io.lockservice.paxos.PaxosMessage.Heartbeat;
import io.lockservice.paxos.PaxosMessage.HeartbeatAnswer;
import io.lockservice.paxos.PaxosMessage.Prepare;
import io.lockservice.paxos.PaxosMessage.Probe;
import io.lockservice.paxos.PaxosMessage.ProbeAnswer;
import io.lockservice.paxos.PaxosMessage.Promise;
import io.lockservice.paxos.PaxosMessage.Rejected;
import io.lockservice.paxos.PaxosMessage.Resigned;
import io.lockservice.wire.WireException;
import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of a {@link PaxosMessage}: a tag, then the fields in the order of the record. Tags are never given a second
 * meaning. Stateless.
 */
public final class PaxosMessageCodec {
    private static final int PROBE = 1;
    private static final int PROBE_ANSWER = 2;
    private static final int PREPARE = 3;
    private static final int PROMISE = 4;
    private static final int REJECTED = 5;
    private static final int ACCEPT = 6;
    private static final int ACCEPTED = 7;
    private static final int HEARTBEAT = 8;
    private static final int HEARTBEAT_ANSWER = 9;
    private static final int CATCH_UP = 10;
    private static final int CHOSEN_ENTRIES = 11;
    private static final int RESIGNED = 12;

    private PaxosMessageCodec() {}

    /** Appends {@code message} to {@code out}. */
    public static void write(PaxosMessage message, WireWriter out) {
        if (message instanceof PaxosMessage.FromProposer fromProposer) {
            writeFromProposer(fromProposer, out);
        } else if (message instanceof Promise promise) {
            writePromise(promise, out);
        } else if (message instanceof Rejected rejected) {
            rejected.number().write(out.tag(REJECTED));
            rejected.promised().write(out);
        } else if (message instanceof Accepted accepted) {
            accepted.number().write(out.tag(ACCEPTED));
            out.number(accepted.round()).number(accepted.slot());
        } else if (message instanceof HeartbeatAnswer answer) {
            answer.number().write(out.tag(HEARTBEAT_ANSWER));
            out.number(answer.round()).number(answer.chosenSlot());
        } else if (message instanceof Probe probe) {
            out.tag(PROBE).number(probe.probeId()).number(probe.chosenSlot());
        } else if (message instanceof ProbeAnswer answer) {
            out.tag(PROBE_ANSWER).number(answer.probeId()).bool(answer.willing());
            answer.promised().write(out);
        } else if (message instanceof CatchUp catchUp) {
            out.tag(CATCH_UP).number(catchUp.fromSlot());
        } else if (message instanceof ChosenEntries chosen) {
            writeEntries(chosen.entries(), out.tag(CHOSEN_ENTRIES));
            out.number(chosen.chosenSlot());
        } else if (message instanceof Resigned resigned) {
            resigned.number().write(out.tag(RESIGNED));
            out.number(resigned.successor());
        } else {
            throw new IllegalArgumentException("a message without a tag: " + message.getClass());
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws WireException where the bytes are not a message of this version
     */
    public static PaxosMessage read(WireReader in) {
        int tag = in.tag();
        return switch (tag) {
            case PROBE -> new Probe(in.number(), count(in));
            case PROBE_ANSWER -> new ProbeAnswer(in.number(), in.bool(), number(in));
            case PREPARE -> new Prepare(number(in), count(in));
            case PROMISE -> new Promise(number(in), count(in), entries(in), count(in), count(in));
            case REJECTED -> new Rejected(number(in), number(in));
            case ACCEPT -> new Accept(number(in), count(in), count(in), Value.ofBytes(in.bytes()), count(in));
            case ACCEPTED -> new Accepted(number(in), count(in), count(in));
            case HEARTBEAT -> new Heartbeat(number(in), count(in), count(in), count(in));
            case HEARTBEAT_ANSWER -> new HeartbeatAnswer(number(in), count(in), count(in));
            case CATCH_UP -> new CatchUp(count(in));
            case CHOSEN_ENTRIES -> new ChosenEntries(entries(in), count(in));
            case RESIGNED -> new Resigned(number(in), in.smallNumber());
            default -> throw new WireException("no paxos message has the tag " + tag);
        };
    }

    private static void writeFromProposer(PaxosMessage.FromProposer message, WireWriter out) {
        if (message instanceof Accept accept) {
            accept.number().write(out.tag(ACCEPT));
            out.number(accept.round()).number(accept.slot());
            out.bytes(accept.value().bytes()).number(accept.chosenSlot());
        } else if (message instanceof Heartbeat heartbeat) {
            heartbeat.number().write(out.tag(HEARTBEAT));
            out.number(heartbeat.round()).number(heartbeat.chosenSlot()).number(heartbeat.inheritedSlot());
        } else if (message instanceof Prepare prepare) {
            prepare.number().write(out.tag(PREPARE));
            out.number(prepare.fromSlot());
        } else {
            throw new IllegalArgumentException("a message without a tag: " + message.getClass());
        }
    }

    private static void writePromise(Promise promise, WireWriter out) {
        promise.number().write(out.tag(PROMISE));
        out.number(promise.fromSlot());
        writeEntries(promise.accepted(), out);
        out.number(promise.nextSlot()).number(promise.chosenSlot());
    }

    private static void writeEntries(List<LogEntry> entries, WireWriter out) {
        out.number(entries.size());
        for (LogEntry entry : entries) {
            entry.number().write(out.number(entry.slot()));
            out.bytes(entry.value().bytes());
        }
    }

    private static List<LogEntry> entries(WireReader in) {
        int size = in.count();
        List<LogEntry> entries = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            entries.add(new LogEntry(count(in), number(in), Value.ofBytes(in.bytes())));
        }
        return List.copyOf(entries);
    }

    private static ProposalNumber number(WireReader in) {
        ProposalNumber number = ProposalNumber.read(in);
        if (number.sequence() < 0) {
            throw new WireException("a negative proposal number");
        }
        return number;
    }

    /** A slot or a round: counted up from 0, never negative. */
    private static long count(WireReader in) {
        long value = in.number();
        if (value < 0) {
            throw new WireException("a negative slot or round");
        }
        return value;
    }
}
