package io.lockservice.server.dns;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import java.nio.charset.StandardCharsets;

/**
 * A question as it came. Its name is kept in bytes, and repeated in the reply as it was: resolvers throw away a reply to another
 * question. Netty's own questions are text, in which a dot within a label is the end of it and a byte that is not ASCII is a
 * letter, which is written as another name.
 */
final class Question implements DnsQuestion {
    private static final int MAX_NAME_BYTES = 255;
    private static final int MAX_LABEL_BYTES = 63;
    private static final int TYPE_AND_CLASS_BYTES = 4;
    private static final char FIRST_GRAPHIC = '!';
    private static final char LAST_GRAPHIC = '~';

    private final byte[] wire;
    private final String name;
    private final DnsRecordType type;
    private final int dnsClass;

    private Question(byte[] wire, String name, DnsRecordType type, int dnsClass) {
        this.wire = wire;
        this.name = name;
        this.type = type;
        this.dnsClass = dnsClass;
    }

    /**
     * Reads one.
     *
     * @throws CorruptedFrameException where it is none, or its name points to somewhere else: nothing is before the first one
     * @throws IndexOutOfBoundsException where it ends early
     */
    static Question read(ByteBuf in) {
        int start = in.readerIndex();
        StringBuilder name = new StringBuilder();
        for (int label = in.readUnsignedByte(); label > 0; label = in.readUnsignedByte()) {
            if (label > MAX_LABEL_BYTES || in.readerIndex() - start + label >= MAX_NAME_BYTES) {
                throw new CorruptedFrameException("no name");
            }
            for (int i = 0; i < label; i++) {
                append(name, in.readUnsignedByte());
            }
            name.append('.');
        }
        int end = in.readerIndex();
        DnsRecordType type = DnsRecordType.valueOf(in.readUnsignedShort());
        int dnsClass = in.readUnsignedShort();
        byte[] wire = new byte[end - start + TYPE_AND_CLASS_BYTES];
        in.getBytes(start, wire);
        return new Question(wire, name.isEmpty() ? "." : name.toString(), type, dnsClass);
    }

    /** As in a zone file (RFC 1035, section 5.1): what is no plain letter has a backslash and three digits. */
    private static void append(StringBuilder name, int each) {
        if (each >= FIRST_GRAPHIC && each <= LAST_GRAPHIC && each != '.' && each != '\\') {
            name.append((char) each);
        } else {
            String digits = Integer.toString(each);
            name.append('\\').append("000", digits.length(), 3).append(digits);
        }
    }

    void write(ByteBuf out) {
        out.writeBytes(wire);
    }

    /** How long it is as it is sent. */
    int bytes() {
        return wire.length;
    }

    /** With a dot behind each label; one that has anything but letters, digits and signs of ASCII in it is no name here. */
    @Override
    public String name() {
        return name;
    }

    @Override
    public DnsRecordType type() {
        return type;
    }

    @Override
    public int dnsClass() {
        return dnsClass;
    }

    /** A question has none. */
    @Override
    public long timeToLive() {
        return 0;
    }

    @Override
    public String toString() {
        return new String(wire, StandardCharsets.ISO_8859_1);
    }
}
