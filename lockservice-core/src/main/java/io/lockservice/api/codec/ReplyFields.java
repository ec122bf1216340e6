package io.lockservice.api.codec;

import io.lockservice.api.Reply;
import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;

/** The larger replies and their parts; {@link ReplyCodec} gives them their tags. */
final class ReplyFields {
    private ReplyFields() {}

    static void sessions(WireWriter out, Reply reply) {
        if (reply instanceof Reply.SessionDetail detail) {
            summary(out.tag(5), detail.session());
            Fields.list(out, detail.locks(), Values::grant);
            Fields.list(out, detail.waiting(), WireWriter::text);
            Fields.list(out, detail.ephemerals(), WireWriter::text);
            Fields.list(out, detail.handles(), HandleFields::state);
        } else if (reply instanceof Reply.SessionPage page) {
            Fields.list(out.tag(6), page.sessions(), ReplyFields::summary);
            out.optionalText(page.next());
        }
    }

    static void locks(WireWriter out, Reply reply) {
        if (reply instanceof Reply.LockState lock) {
            lock(out.tag(11), lock);
        } else if (reply instanceof Reply.LockPage page) {
            Fields.list(out.tag(12), page.locks(), ReplyFields::lock);
            out.optionalText(page.next());
        }
    }

    static void nodes(WireWriter out, Reply reply) {
        if (reply instanceof Reply.Written written) {
            Values.stat(out.tag(14), written.stat());
            out.bool(written.created());
        } else if (reply instanceof Reply.Node node) {
            Values.stat(out.tag(15), node.stat());
            Fields.optional(out, node.content(), Values::content);
        } else if (reply instanceof Reply.Children children) {
            Values.stat(out.tag(16), children.stat());
            Fields.list(out, children.children(), Values::stat);
            out.optionalText(children.next());
        } else if (reply instanceof Reply.CellState cell) {
            Fields.list(out.tag(17), cell.replicas(), ReplyFields::replica);
            out.number(cell.faultTolerance()).number(cell.sessions());
            out.number(cell.nodes()).number(cell.locks());
        }
    }

    static Reply.SessionDetail sessionDetail(WireReader in) {
        return new Reply.SessionDetail(
                summary(in),
                Fields.list(in, Values::grant),
                Fields.list(in, WireReader::text),
                Fields.list(in, WireReader::text),
                Fields.list(in, HandleFields::state));
    }

    private static void summary(WireWriter out, Reply.SessionSummary session) {
        out.text(session.session()).text(session.client());
        out.number(session.leaseMs()).number(session.remainingMs());
        Fields.map(out, session.metadata());
    }

    static Reply.SessionSummary summary(WireReader in) {
        return new Reply.SessionSummary(in.text(), in.text(), in.number(), in.number(), Fields.map(in));
    }

    static void holder(WireWriter out, Reply.Holder holder) {
        out.text(holder.session()).text(holder.client());
        Values.mode(out, holder.mode());
        out.number(holder.token()).number(holder.heldMs()).text(holder.note());
    }

    static Reply.Holder holder(WireReader in) {
        return new Reply.Holder(in.text(), in.text(), Values.mode(in), in.number(), in.number(), in.text());
    }

    private static void waiter(WireWriter out, Reply.Waiter waiter) {
        out.text(waiter.session()).text(waiter.client());
        Values.mode(out, waiter.mode());
        out.number(waiter.waitedMs());
    }

    private static Reply.Waiter waiter(WireReader in) {
        return new Reply.Waiter(in.text(), in.text(), Values.mode(in), in.number());
    }

    private static void lock(WireWriter out, Reply.LockState lock) {
        out.text(lock.name());
        Fields.optional(out, lock.mode(), Values::mode);
        out.number(lock.lockGeneration());
        Fields.list(out, lock.holders(), ReplyFields::holder);
        Fields.list(out, lock.waiters(), ReplyFields::waiter);
        out.number(lock.delayRemainingMs());
    }

    static Reply.LockState lock(WireReader in) {
        return new Reply.LockState(
                in.text(),
                Fields.optional(in, Values::mode),
                in.number(),
                Fields.list(in, ReplyFields::holder),
                Fields.list(in, ReplyFields::waiter),
                in.number());
    }

    private static void replica(WireWriter out, Reply.ReplicaState replica) {
        out.number(replica.id()).text(replica.host()).number(replica.http()).fixed64(replica.incarnation());
        out.text(replica.role()).bool(replica.reachable());
        out.number(replica.chosenSlot()).number(replica.appliedSlot());
        out.number(replica.lagSlots()).number(replica.lastHeardMs());
    }

    private static Reply.ReplicaState replica(WireReader in) {
        return new Reply.ReplicaState(
                in.smallNumber(),
                in.text(),
                in.smallNumber(),
                in.fixed64(),
                in.text(),
                in.bool(),
                in.number(),
                in.number(),
                in.number(),
                in.number());
    }

    static Reply.CellState cell(WireReader in) {
        return new Reply.CellState(
                Fields.list(in, ReplyFields::replica),
                (int) Math.max(Reply.CellState.UNKNOWN_TOLERANCE, Math.min(in.number(), Integer.MAX_VALUE)),
                in.smallNumber(),
                in.smallNumber(),
                in.smallNumber());
    }
}
