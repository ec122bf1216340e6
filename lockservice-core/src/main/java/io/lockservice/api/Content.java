package io.lockservice.api;

import java.util.Arrays;

/** The bytes of a file. Equal when the bytes are. Nobody changes the array once it is inside. */
public final class Content {
    /** No bytes. */
    public static final Content EMPTY = new Content(new byte[0]);

    private final byte[] bytes;

    /** Content made of {@code bytes}, which the caller gives away. */
    public Content(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The bytes; callers must not change them. */
    public byte[] bytes() {
        return bytes;
    }

    /** How many bytes. */
    public int length() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Content content && Arrays.equals(bytes, content.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "Content[" + bytes.length + " bytes]";
    }
}
