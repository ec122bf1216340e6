package io.lockservice.cell.repeat;

import io.lockservice.api.Reply;
import io.lockservice.api.codec.Fields;
import io.lockservice.api.codec.ReplyCodec;
import io.lockservice.wire.Hash64;
import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;

/** How a call came out. */
public sealed interface Outcome {
    /** The same for equal outcomes, on every replica. */
    long hash();

    /**
     * For good.
     *
     * @param hash follows from {@code reply}; kept because it is wanted when the outcome comes and when it goes
     */
    record Final(Reply reply, long hash) implements Outcome {
        /** That reply. */
        public Final(Reply reply) {
            this(reply, new Hash64().add(ReplyCodec.encode(reply)).value());
        }
    }

    /** As the wait at the place with this ticket comes out. */
    record Open(long ticket) implements Outcome {
        @Override
        public long hash() {
            return new Hash64().add(ticket).value();
        }
    }

    /** As a field of a record. */
    static void write(WireWriter out, Outcome outcome) {
        if (outcome instanceof Final known) {
            ReplyCodec.write(out.tag(1), known.reply());
        } else if (outcome instanceof Open open) {
            out.tag(2).number(open.ticket());
        }
    }

    /** See {@link #write}; throws {@link io.lockservice.wire.WireException} where it is none. */
    static Outcome read(WireReader in) {
        int tag = in.tag();
        return switch (tag) {
            case 1 -> new Final(ReplyCodec.readReply(in));
            case 2 -> new Open(in.number());
            default -> throw Fields.unknown("outcome", tag);
        };
    }
}
