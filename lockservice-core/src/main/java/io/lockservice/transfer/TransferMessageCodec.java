package io.lockservice.transfer;

import io.lockservice.log.CheckpointName;
import io.lockservice.log.Chunk;
import io.lockservice.wire.WireException;
import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;

/**
 * The bytes of a {@link TransferMessage}: a tag, then the fields in the order of the record. Tags are never given a second
 * meaning. Stateless.
 */
public final class TransferMessageCodec {
    private static final int OFFERED = 1;
    private static final int FETCH = 2;
    private static final int FETCHED = 3;

    private TransferMessageCodec() {}

    /** Appends {@code message} to {@code out}. */
    public static void write(TransferMessage message, WireWriter out) {
        if (message instanceof TransferMessage.Offered offered) {
            write(offered.name(), out.tag(OFFERED));
        } else if (message instanceof TransferMessage.Fetch fetch) {
            write(fetch.name(), out.tag(FETCH));
            out.number(fetch.offset());
        } else if (message instanceof TransferMessage.Fetched fetched) {
            write(fetched.chunk().name(), out.tag(FETCHED));
            out.number(fetched.chunk().offset()).bytes(fetched.chunk().bytes());
        } else {
            throw new IllegalArgumentException("a message without a tag: " + message.getClass());
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws WireException where the bytes are not a message of this version
     */
    public static TransferMessage read(WireReader in) {
        int tag = in.tag();
        return switch (tag) {
            case OFFERED -> new TransferMessage.Offered(name(in));
            case FETCH -> new TransferMessage.Fetch(name(in), count(in));
            case FETCHED -> new TransferMessage.Fetched(new Chunk(name(in), count(in), in.bytes()));
            default -> throw new WireException("no transfer message has the tag " + tag);
        };
    }

    private static void write(CheckpointName name, WireWriter out) {
        out.number(name.slot()).number(name.lengthBytes()).fixed64(name.fileHash());
    }

    private static CheckpointName name(WireReader in) {
        return new CheckpointName(count(in), count(in), in.fixed64());
    }

    /** A slot, a length or an offset: never negative. */
    private static long count(WireReader in) {
        long value = in.number();
        if (value < 0) {
            throw new WireException("a negative slot, length or offset");
        }
        return value;
    }
}
