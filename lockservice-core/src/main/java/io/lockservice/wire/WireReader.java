package io.lockservice.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link WireWriter} wrote. Every read checks that the bytes are there and throws {@link WireException} where
 * they are not, so damaged input cannot make it allocate more than the input's own size. Not thread-safe.
 */
public final class WireReader {
    private final byte[] buffer;
    private final int end;
    private int position;

    /** A reader over all of {@code buffer}, which must not change meanwhile. */
    public WireReader(byte[] buffer) {
        this(buffer, 0, buffer.length);
    }

    /** A reader over {@code length} bytes from {@code offset}. */
    public WireReader(byte[] buffer, int offset, int length) {
        this.buffer = buffer;
        this.position = offset;
        this.end = offset + length;
    }

    /** Bytes not read yet. */
    public int remaining() {
        return end - position;
    }

    /** Throws unless everything was read: what follows a value is damage or a newer format. */
    public void expectEnd() {
        if (position != end) {
            throw new WireException(remaining() + " bytes too many");
        }
    }

    /** One byte, 0 to 255. */
    public int tag() {
        need(1);
        return buffer[position++] & 0xFF;
    }

    /** One byte that is 1 or 0. */
    public boolean bool() {
        int value = tag();
        if (value > 1) {
            throw new WireException("not a truth value: " + value);
        }
        return value == 1;
    }

    /** See {@link WireWriter#number}. */
    public long number() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = tag();
            value |= (long) (next & 0x7F) << shift;
            if ((next & 0x80) == 0) {
                return value;
            }
        }
        throw new WireException("a number of more than 10 bytes");
    }

    /** A number that must fit an int and not be negative. */
    public int smallNumber() {
        long value = number();
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new WireException("number out of range: " + value);
        }
        return (int) value;
    }

    /** A count of things that take at least one byte each, so it can be no larger than what remains. */
    public int count() {
        int value = smallNumber();
        if (value > remaining()) {
            throw new WireException("count " + value + " with " + remaining() + " bytes left");
        }
        return value;
    }

    /** See {@link WireWriter#fixed64}. */
    public long fixed64() {
        need(8);
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = (value << 8) | (buffer[position++] & 0xFF);
        }
        return value;
    }

    /** A length, then that many bytes. */
    public byte[] bytes() {
        int length = count();
        byte[] value = Arrays.copyOfRange(buffer, position, position + length);
        position += length;
        return value;
    }

    /** UTF-8 text with its length before it. */
    public String text() {
        int length = count();
        String value = new String(buffer, position, length, StandardCharsets.UTF_8);
        position += length;
        return value;
    }

    /** See {@link WireWriter#optionalText}. */
    public @Nullable String optionalText() {
        return bool() ? text() : null;
    }

    private void need(int bytes) {
        if (remaining() < bytes) {
            throw new WireException("cut short: " + bytes + " bytes needed, " + remaining() + " left");
        }
    }
}
