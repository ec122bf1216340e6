package io.lockservice.client.bench;

import java.nio.charset.StandardCharsets;

/** A request made once and sent many times; only the digits of its idempotency key change. */
final class RequestBytes {
    private static final String ZEROS = "000000000000";

    private final byte[] bytes;
    private final int lastDigit;
    private long key;

    /** A request line such as {@code PUT /v1/x}, a session, the start of all its keys, and a body. */
    RequestBytes(String line, String session, String keyPrefix, byte[] body) {
        String head = line + " HTTP/1.1\r\nHost: cell\r\nLockservice-Session: " + session + "\r\nContent-Length: "
                + body.length + "\r\nIdempotency-Key: " + keyPrefix + ZEROS;
        byte[] start = (head + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
        bytes = new byte[start.length + body.length];
        System.arraycopy(start, 0, bytes, 0, start.length);
        System.arraycopy(body, 0, bytes, start.length, body.length);
        lastDigit = head.length() - 1;
    }

    /** The request with the next key. The same array each time: the one before has been answered. */
    byte[] next() {
        key++;
        long rest = key;
        for (int i = 0; i < ZEROS.length(); i++) {
            bytes[lastDigit - i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return bytes;
    }
}
