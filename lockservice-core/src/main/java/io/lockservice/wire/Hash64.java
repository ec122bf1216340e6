package io.lockservice.wire;

/**
 * 64-bit hashes that are the same on every replica and in every version. They find accidents, not attacks. Not
 * thread-safe.
 */
public final class Hash64 {
    private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;
    private static final long SPREAD = 0x9e3779b97f4a7c15L;

    private long hash = OFFSET_BASIS;

    /** FNV-1a of {@code bytes} with the standard 64-bit parameters, so that other languages can compute it too. */
    public static long fnv1a(byte[] bytes) {
        long hash = OFFSET_BASIS;
        for (byte each : bytes) {
            hash = (hash ^ (each & 0xFF)) * PRIME;
        }
        return hash;
    }

    /** Takes in a number. */
    public Hash64 add(long value) {
        hash = (hash ^ value) * SPREAD;
        hash ^= hash >>> 32;
        return this;
    }

    /** Takes in a text with its length, so that neighbouring texts cannot run into each other. */
    public Hash64 add(String text) {
        add(text.length());
        for (int i = 0; i < text.length(); i++) {
            add(text.charAt(i));
        }
        return this;
    }

    /** Takes in bytes with their length. */
    public Hash64 add(byte[] bytes) {
        add(bytes.length);
        return add(fnv1a(bytes));
    }

    /** The hash of all that was taken in, in that order. */
    public long value() {
        return hash;
    }
}
