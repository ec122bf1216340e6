package io.lockservice.founding;

import io.lockservice.log.ConfigurationCodec;
import io.lockservice.wire.WireException;
import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;

/**
 * The bytes of a {@link FoundingMessage}: a tag, then the fields in the order of the record. Tags are never given a second
 * meaning. Stateless.
 */
public final class FoundingMessageCodec {
    private static final int HELLO = 1;
    private static final int BLANK = 2;
    private static final int FOUNDED = 3;

    private FoundingMessageCodec() {}

    /** Appends {@code message} to {@code out}. */
    public static void write(FoundingMessage message, WireWriter out) {
        if (message instanceof FoundingMessage.Hello) {
            out.tag(HELLO);
        } else if (message instanceof FoundingMessage.Blank blank) {
            out.tag(BLANK).fixed64(blank.incarnation());
        } else if (message instanceof FoundingMessage.Founded founded) {
            ConfigurationCodec.write(out.tag(FOUNDED), founded.configuration());
        } else {
            throw new IllegalArgumentException("a message without a tag: " + message.getClass());
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws WireException where the bytes are not a message of this version
     */
    public static FoundingMessage read(WireReader in) {
        int tag = in.tag();
        return switch (tag) {
            case HELLO -> new FoundingMessage.Hello();
            case BLANK -> new FoundingMessage.Blank(in.fixed64());
            case FOUNDED -> new FoundingMessage.Founded(ConfigurationCodec.read(in));
            default -> throw new WireException("no founding message has the tag " + tag);
        };
    }
}
