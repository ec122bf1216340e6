package io.lockservice.server.http.exchange;

import io.lockservice.api.Problem;
import io.lockservice.api.ProblemException;

/** Whole numbers in queries and headers: decimal digits, nothing else. */
public final class Numbers {
    /** More digits than any bound here has; fewer than a long overflows with. */
    private static final int MAX_DIGITS = 18;

    private Numbers() {}

    public static long parse(String text, String field, long min, long max) {
        boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
        long value = digits && text.length() <= MAX_DIGITS ? Long.parseLong(text) : -1;
        if (value < min || value > max) {
            throw new ProblemException(
                    Problem.badField(field, field + " must be a whole number from " + min + " to " + max));
        }
        return value;
    }
}
