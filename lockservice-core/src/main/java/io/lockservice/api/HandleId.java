package io.lockservice.api;

import org.jspecify.annotations.Nullable;

/**
 * Names an open handle (Burrows, section 2.3). Nobody can guess one: full access checks are done when it is opened only.
 *
 * @param session whose it is; it ends with that session
 * @param checkDigits unguessable, without a dot
 */
public record HandleId(String session, String checkDigits) {
    private static final char DOT = '.';

    /** The handle with that text; null where no handle looks so. */
    public static @Nullable HandleId parse(String text) {
        int dot = text.lastIndexOf(DOT);
        return dot < 1 || dot == text.length() - 1
                ? null
                : new HandleId(text.substring(0, dot), text.substring(dot + 1));
    }

    /** As clients see it. */
    @Override
    public String toString() {
        return session + DOT + checkDigits;
    }
}
