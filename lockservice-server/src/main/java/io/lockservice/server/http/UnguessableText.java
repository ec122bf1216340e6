package io.lockservice.server.http;

import java.security.SecureRandom;

/** Text that nobody can guess, for the ids of sessions and handles. Thread-safe. */
final class UnguessableText {
    /** No letters or digits that people take for each other when they read an id aloud. */
    private static final String LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";

    private final SecureRandom random = new SecureRandom();

    /** {@code first}, and {@code chars} letters and digits of 5 bits each. */
    String next(char first, int chars) {
        StringBuilder text = new StringBuilder(1 + chars).append(first);
        byte[] bytes = new byte[chars];
        random.nextBytes(bytes);
        for (byte each : bytes) {
            text.append(LETTERS.charAt(each & 31));
        }
        return text.toString();
    }
}
