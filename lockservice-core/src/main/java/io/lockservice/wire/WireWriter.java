package io.lockservice.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A growing buffer of explicitly encoded fields. Not thread-safe. The twin of {@link WireReader}. */
public final class WireWriter {
    private byte[] buffer;
    private int length;

    /** An empty writer with room for {@code initialBytes} before it has to grow. */
    public WireWriter(int initialBytes) {
        buffer = new byte[Math.max(16, initialBytes)];
    }

    /** An empty writer with room for a typical message. */
    public WireWriter() {
        this(128);
    }

    /** Bytes written so far. */
    public int length() {
        return length;
    }

    /** A copy of what was written. */
    public byte[] toBytes() {
        return Arrays.copyOf(buffer, length);
    }

    /** Appends what was written to {@code out}, which must have room for it. */
    public void copyTo(ByteBuffer out) {
        out.put(buffer, 0, length);
    }

    /** Forgets what was written and keeps the room, for the next use. */
    public void clear() {
        length = 0;
    }

    /** One byte: a type tag, a version. */
    public WireWriter tag(int value) {
        ensure(1);
        buffer[length++] = (byte) value;
        return this;
    }

    /** One byte, 1 or 0. */
    public WireWriter bool(boolean value) {
        return tag(value ? 1 : 0);
    }

    /** A number that is usually small and never negative: 1 to 10 bytes (LEB128); negatives cost 10 bytes. */
    public WireWriter number(long value) {
        ensure(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            buffer[length++] = (byte) ((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        buffer[length++] = (byte) rest;
        return this;
    }

    /** Eight bytes, most significant first: hashes and the like. */
    public WireWriter fixed64(long value) {
        ensure(8);
        for (int shift = 56; shift >= 0; shift -= 8) {
            buffer[length++] = (byte) (value >>> shift);
        }
        return this;
    }

    /** A length, then the bytes. */
    public WireWriter bytes(byte[] value) {
        number(value.length);
        return raw(value);
    }

    /** The bytes alone; the reader must know how many. */
    public WireWriter raw(byte[] value) {
        ensure(value.length);
        System.arraycopy(value, 0, buffer, length, value.length);
        length += value.length;
        return this;
    }

    /** A length in bytes, then UTF-8. */
    public WireWriter text(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    /** A presence byte, then the text where there is one. */
    public WireWriter optionalText(@Nullable String value) {
        bool(value != null);
        return value == null ? this : text(value);
    }

    private void ensure(int more) {
        if (length + more > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + more));
        }
    }
}
