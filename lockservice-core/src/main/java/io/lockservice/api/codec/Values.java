package io.lockservice.api.codec;

import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.Grant;
import io.lockservice.api.InvalidSequencer;
import io.lockservice.api.LockCreation;
import io.lockservice.api.LockMode;
import io.lockservice.api.NodeKind;
import io.lockservice.api.Sequencer;
import io.lockservice.api.Stat;
import io.lockservice.api.event.Event;
import io.lockservice.api.event.EventPosition;
import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;

/** Fields for the values that requests and replies are made of. Tags are part of the format: never reuse one. */
public final class Values {
    private Values() {}

    /** A lock mode. */
    public static void mode(WireWriter out, LockMode mode) {
        out.tag(
                switch (mode) {
                    case EXCLUSIVE -> 1;
                    case SHARED -> 2;
                });
    }

    /** See {@link #mode(WireWriter, LockMode)}. */
    public static LockMode mode(WireReader in) {
        int tag = in.tag();
        return switch (tag) {
            case 1 -> LockMode.EXCLUSIVE;
            case 2 -> LockMode.SHARED;
            default -> throw Fields.unknown("lock mode", tag);
        };
    }

    static void creation(WireWriter out, LockCreation creation) {
        out.tag(
                switch (creation) {
                    case EPHEMERAL -> 1;
                    case PERMANENT -> 2;
                    case NEVER -> 3;
                });
    }

    static LockCreation creation(WireReader in) {
        int tag = in.tag();
        return switch (tag) {
            case 1 -> LockCreation.EPHEMERAL;
            case 2 -> LockCreation.PERMANENT;
            case 3 -> LockCreation.NEVER;
            default -> throw Fields.unknown("lock creation", tag);
        };
    }

    /** Why a sequencer is not valid. */
    public static void reason(WireWriter out, InvalidSequencer reason) {
        out.tag(
                switch (reason) {
                    case RELEASED -> 1;
                    case SUPERSEDED -> 2;
                    case SESSION_ENDED -> 3;
                    case NODE_DELETED -> 4;
                });
    }

    /** See {@link #reason(WireWriter, InvalidSequencer)}. */
    public static InvalidSequencer reason(WireReader in) {
        int tag = in.tag();
        return switch (tag) {
            case 1 -> InvalidSequencer.RELEASED;
            case 2 -> InvalidSequencer.SUPERSEDED;
            case 3 -> InvalidSequencer.SESSION_ENDED;
            case 4 -> InvalidSequencer.NODE_DELETED;
            default -> throw Fields.unknown("reason", tag);
        };
    }

    static void kind(WireWriter out, NodeKind kind) {
        out.tag(
                switch (kind) {
                    case FILE -> 1;
                    case DIRECTORY -> 2;
                });
    }

    static NodeKind kind(WireReader in) {
        int tag = in.tag();
        return switch (tag) {
            case 1 -> NodeKind.FILE;
            case 2 -> NodeKind.DIRECTORY;
            default -> throw Fields.unknown("node kind", tag);
        };
    }

    static void sequencer(WireWriter out, Sequencer sequencer) {
        out.text(sequencer.name());
        mode(out, sequencer.mode());
        out.number(sequencer.instance()).number(sequencer.lockGeneration()).number(sequencer.token());
    }

    static Sequencer sequencer(WireReader in) {
        return new Sequencer(in.text(), mode(in), in.number(), in.number(), in.number());
    }

    /** A file's content. */
    public static void content(WireWriter out, Content content) {
        out.bytes(content.bytes());
    }

    /** See {@link #content(WireWriter, Content)}. */
    public static Content content(WireReader in) {
        return new Content(in.bytes());
    }

    static void condition(WireWriter out, Condition condition) {
        Fields.optional(out, condition.match(), (w, match) -> Fields.list(w, match, Values::version));
        out.bool(condition.mustBeAbsent()).bool(condition.mustExist());
    }

    static Condition condition(WireReader in) {
        return new Condition(Fields.optional(in, r -> Fields.list(r, Values::version)), in.bool(), in.bool());
    }

    private static void version(WireWriter out, Condition.Version version) {
        out.number(version.instance()).number(version.contentGeneration());
    }

    private static Condition.Version version(WireReader in) {
        return new Condition.Version(in.number(), in.number());
    }

    static void grant(WireWriter out, Grant grant) {
        out.text(grant.name());
        mode(out, grant.mode());
        out.text(grant.session());
        sequencer(out, grant.sequencer());
        out.number(grant.token()).number(grant.lockGeneration()).number(grant.instance());
    }

    static Grant grant(WireReader in) {
        return new Grant(in.text(), mode(in), in.text(), sequencer(in), in.number(), in.number(), in.number());
    }

    static void stat(WireWriter out, Stat stat) {
        out.text(stat.name());
        kind(out, stat.kind());
        out.bool(stat.ephemeral()).optionalText(stat.owner());
        out.number(stat.instance()).number(stat.contentGeneration()).number(stat.lockGeneration());
        out.number(stat.aclGeneration()).number(stat.childGeneration()).fixed64(stat.checksum());
        out.number(stat.length()).number(stat.childCount());
        out.number(stat.createdRevision()).number(stat.modifiedRevision());
    }

    static Stat stat(WireReader in) {
        return new Stat(
                in.text(),
                kind(in),
                in.bool(),
                in.optionalText(),
                in.number(),
                in.number(),
                in.number(),
                in.number(),
                in.number(),
                in.fixed64(),
                in.smallNumber(),
                in.smallNumber(),
                in.number(),
                in.number());
    }

    /** A place in the order of events. */
    public static void position(WireWriter out, EventPosition position) {
        out.number(position.revision()).number(position.index());
    }

    /** See {@link #position(WireWriter, EventPosition)}. */
    public static EventPosition position(WireReader in) {
        return new EventPosition(in.number(), in.smallNumber());
    }

    /** An event. */
    public static void event(WireWriter out, Event event) {
        out.number(event.revision()).number(event.index());
        type(out, event.type());
        out.optionalText(event.name());
        Fields.optional(out, event.stat(), Values::stat);
        out.optionalText(event.session()).number(event.token());
    }

    /** What kind of event. */
    public static void type(WireWriter out, Event.Type type) {
        out.tag(
                switch (type) {
                    case NODE_CREATED -> 1;
                    case CONTENT_CHANGED -> 2;
                    case NODE_DELETED -> 3;
                    case ACL_CHANGED -> 4;
                    case LOCK_ACQUIRED -> 5;
                    case LOCK_RELEASED -> 6;
                    case LOCK_REQUESTED -> 7;
                    case SESSION_EXPIRED -> 8;
                });
    }

    /** See {@link #event(WireWriter, Event)}. */
    public static Event event(WireReader in) {
        return new Event(
                in.number(),
                in.smallNumber(),
                type(in),
                in.optionalText(),
                Fields.optional(in, Values::stat),
                in.optionalText(),
                in.number());
    }

    /** See {@link #type(WireWriter, Event.Type)}. */
    public static Event.Type type(WireReader in) {
        int tag = in.tag();
        return switch (tag) {
            case 1 -> Event.Type.NODE_CREATED;
            case 2 -> Event.Type.CONTENT_CHANGED;
            case 3 -> Event.Type.NODE_DELETED;
            case 4 -> Event.Type.ACL_CHANGED;
            case 5 -> Event.Type.LOCK_ACQUIRED;
            case 6 -> Event.Type.LOCK_RELEASED;
            case 7 -> Event.Type.LOCK_REQUESTED;
            case 8 -> Event.Type.SESSION_EXPIRED;
            default -> throw Fields.unknown("event type", tag);
        };
    }
}
