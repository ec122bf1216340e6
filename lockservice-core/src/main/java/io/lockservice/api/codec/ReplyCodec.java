package io.lockservice.api.codec;

import io.lockservice.api.Answer;
import io.lockservice.api.Reply;
import io.lockservice.wire.WireException;
import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;

/** Encodes replies and answers. Tags are part of the format: never reuse one. */
public final class ReplyCodec {
    private static final int FORMAT = 1;

    private ReplyCodec() {}

    /** An answer as bytes, its format first. */
    public static byte[] encode(Answer answer) {
        WireWriter out = new WireWriter();
        write(out.tag(FORMAT), answer);
        return out.toBytes();
    }

    /** The answer; throws {@link io.lockservice.wire.WireException} for bytes that are no answer of a known format. */
    public static Answer decode(byte[] bytes) {
        WireReader in = new WireReader(bytes);
        Fields.expectFormat(in, FORMAT);
        Answer answer = read(in);
        in.expectEnd();
        return answer;
    }

    /** A reply alone, as bytes. */
    public static byte[] encode(Reply reply) {
        WireWriter out = new WireWriter();
        write(out.tag(FORMAT), reply);
        return out.toBytes();
    }

    /** An answer as a field of something that has a format of its own. */
    public static void write(WireWriter out, Answer answer) {
        out.number(answer.revision()).number(answer.epoch());
        out.number(answer.replica()).number(answer.leader());
        write(out, answer.reply());
    }

    /** See {@link #write(WireWriter, Answer)}. */
    public static Answer read(WireReader in) {
        long revision = in.number();
        long epoch = in.number();
        int replica = in.smallNumber();
        int leader = in.smallNumber();
        return new Answer(readReply(in), revision, epoch, replica, leader);
    }

    /** A reply as a field of something that has a format of its own. */
    public static void write(WireWriter out, Reply reply) {
        if (reply instanceof Reply.Done) {
            out.tag(1);
        } else if (reply instanceof Reply.Failed failed) {
            ProblemFields.write(out.tag(2), failed.problem());
        } else if (reply instanceof Reply.SessionOpened opened) {
            out.tag(3).text(opened.session()).text(opened.client());
            out.number(opened.leaseMs()).number(opened.remainingMs());
        } else if (reply instanceof Reply.KeptAlive kept) {
            out.tag(4).number(kept.leaseMs()).number(kept.remainingMs());
            Fields.list(out, kept.events(), HandleFields::event);
        } else if (reply instanceof Reply.Cached cached) {
            write(out.tag(22).bool(cached.cacheable()), cached.reply());
        } else if (reply instanceof Reply.HandleOpened opened) {
            HandleFields.id(out.tag(21), opened.handle());
            Values.stat(out.bool(opened.created()), opened.stat());
        } else if (reply instanceof Reply.SessionDetail || reply instanceof Reply.SessionPage) {
            ReplyFields.sessions(out, reply);
        } else if (reply instanceof Reply.LockState || reply instanceof Reply.LockPage) {
            ReplyFields.locks(out, reply);
        } else if (reply instanceof Reply.Granted granted) {
            Values.grant(out.tag(7), granted.grant());
            out.number(granted.leaseRemainingMs());
        } else if (reply instanceof Reply.Queued queued) {
            out.tag(8).number(queued.position());
        } else if (reply instanceof Reply.Released released) {
            out.tag(9).bool(released.withdrawn());
        } else if (reply instanceof Reply.ForceReleased released) {
            Fields.list(out.tag(10), released.holders(), ReplyFields::holder);
        } else if (reply instanceof Reply.SequencerState sequencer) {
            Values.sequencer(out.tag(13), sequencer.sequencer());
            Fields.optional(out, sequencer.reason(), Values::reason);
        } else if (reply instanceof Reply.Transacted transacted) {
            Fields.list(out.tag(19).bool(transacted.succeeded()), transacted.results(), ReplyCodec::write);
        } else if (reply instanceof Reply.Acl acl) {
            out.tag(20).optionalText(acl.read()).optionalText(acl.write()).optionalText(acl.change());
            out.number(acl.aclGeneration());
        } else if (reply instanceof Reply.EventPage page) {
            Fields.list(out.tag(18), page.events(), Values::event);
            Values.position(out, page.end());
            out.bool(page.complete());
        } else {
            ReplyFields.nodes(out, reply);
        }
    }

    private static Reply cached(WireReader in) {
        boolean cacheable = in.bool();
        Reply reply = readReply(in);
        if (reply instanceof Reply.Cached || reply instanceof Reply.Transacted) {
            throw new WireException("not what can be cached");
        }
        return new Reply.Cached(reply, cacheable);
    }

    private static Reply result(WireReader in) {
        Reply result = readReply(in);
        if (result instanceof Reply.Transacted || result instanceof Reply.Cached) {
            throw new WireException("a transaction within a transaction");
        }
        return result;
    }

    /** See {@link #write(WireWriter, Reply)}. */
    public static Reply readReply(WireReader in) {
        int tag = in.tag();
        return switch (tag) {
            case 1 -> new Reply.Done();
            case 2 -> new Reply.Failed(ProblemFields.read(in));
            case 3 -> new Reply.SessionOpened(in.text(), in.text(), in.number(), in.number());
            case 4 -> new Reply.KeptAlive(in.number(), in.number(), Fields.list(in, HandleFields::event));
            case 5 -> ReplyFields.sessionDetail(in);
            case 6 -> new Reply.SessionPage(Fields.list(in, ReplyFields::summary), in.optionalText());
            case 7 -> new Reply.Granted(Values.grant(in), in.number());
            case 8 -> new Reply.Queued(in.smallNumber());
            case 9 -> new Reply.Released(in.bool());
            case 10 -> new Reply.ForceReleased(Fields.list(in, ReplyFields::holder));
            case 11 -> ReplyFields.lock(in);
            case 12 -> new Reply.LockPage(Fields.list(in, ReplyFields::lock), in.optionalText());
            case 13 -> new Reply.SequencerState(Values.sequencer(in), Fields.optional(in, Values::reason));
            case 14 -> new Reply.Written(Values.stat(in), in.bool());
            case 15 -> new Reply.Node(Values.stat(in), Fields.optional(in, Values::content));
            case 16 -> new Reply.Children(Values.stat(in), Fields.list(in, Values::stat), in.optionalText());
            case 17 -> ReplyFields.cell(in);
            case 18 -> new Reply.EventPage(Fields.list(in, Values::event), Values.position(in), in.bool());
            case 19 -> new Reply.Transacted(in.bool(), Fields.list(in, ReplyCodec::result));
            case 20 -> new Reply.Acl(in.optionalText(), in.optionalText(), in.optionalText(), in.number());
            case 21 -> new Reply.HandleOpened(HandleFields.id(in), in.bool(), Values.stat(in));
            case 22 -> cached(in);
            default -> throw Fields.unknown("reply", tag);
        };
    }
}
