package io.lockservice.api.codec;

import io.lockservice.api.HandleId;
import io.lockservice.api.HandleMode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.event.SessionEvent;
import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;

/** Fields for handles, and for what sessions are told. Tags are part of the format: never reuse one. */
public final class HandleFields {
    private HandleFields() {}

    /** A handle's id. */
    public static void id(WireWriter out, HandleId handle) {
        out.text(handle.session()).text(handle.checkDigits());
    }

    /** See {@link #id(WireWriter, HandleId)}. */
    public static HandleId id(WireReader in) {
        return new HandleId(in.text(), in.text());
    }

    /** A mode. */
    public static void mode(WireWriter out, HandleMode mode) {
        out.tag(
                switch (mode) {
                    case READ -> 1;
                    case WRITE -> 2;
                    case LOCK -> 3;
                    case CHANGE_ACL -> 4;
                });
    }

    /** See {@link #mode(WireWriter, HandleMode)}. */
    public static HandleMode mode(WireReader in) {
        int tag = in.tag();
        return switch (tag) {
            case 1 -> HandleMode.READ;
            case 2 -> HandleMode.WRITE;
            case 3 -> HandleMode.LOCK;
            case 4 -> HandleMode.CHANGE_ACL;
            default -> throw Fields.unknown("handle mode", tag);
        };
    }

    static void creation(WireWriter out, Request.OpenHandle.Creation creation) {
        Values.kind(out.bool(creation.must()), creation.kind());
        Values.content(out.bool(creation.ephemeral()), creation.content());
    }

    static Request.OpenHandle.Creation creation(WireReader in) {
        return new Request.OpenHandle.Creation(in.bool(), Values.kind(in), in.bool(), Values.content(in));
    }

    static void state(WireWriter out, Reply.HandleState handle) {
        id(out, handle.handle());
        out.text(handle.name()).number(handle.instance());
        Fields.list(out, handle.modes(), HandleFields::mode);
        Fields.list(out, handle.events(), Values::type);
    }

    static Reply.HandleState state(WireReader in) {
        return new Reply.HandleState(
                id(in), in.text(), in.number(), Fields.list(in, HandleFields::mode), Fields.list(in, Values::type));
    }

    /** What a session is told. */
    public static void event(WireWriter out, SessionEvent event) {
        out.number(event.seq());
        SessionEvent.Notice notice = event.notice();
        if (notice instanceof SessionEvent.Happened happened) {
            Values.event(out.tag(1), happened.event());
        } else if (notice instanceof SessionEvent.LockLost lost) {
            Values.reason(out.tag(2).text(lost.name()).number(lost.token()), lost.reason());
        } else if (notice instanceof SessionEvent.LeaderChanged changed) {
            out.tag(3).number(changed.epoch());
        } else if (notice instanceof SessionEvent.Invalidate invalidate) {
            out.tag(4).text(invalidate.name());
        } else if (notice instanceof SessionEvent.Dropped dropped) {
            out.tag(5).number(dropped.count());
        }
    }

    /** See {@link #event(WireWriter, SessionEvent)}. */
    public static SessionEvent event(WireReader in) {
        return new SessionEvent(in.number(), notice(in));
    }

    private static SessionEvent.Notice notice(WireReader in) {
        int tag = in.tag();
        return switch (tag) {
            case 1 -> new SessionEvent.Happened(Values.event(in));
            case 2 -> new SessionEvent.LockLost(in.text(), in.number(), Values.reason(in));
            case 3 -> new SessionEvent.LeaderChanged(in.number());
            case 4 -> new SessionEvent.Invalidate(in.text());
            case 5 -> new SessionEvent.Dropped(in.number());
            default -> throw Fields.unknown("notice", tag);
        };
    }
}
