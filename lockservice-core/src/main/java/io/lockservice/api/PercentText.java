package io.lockservice.api;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Percent-encoding of names (RFC 3986), in which {@code /} stays as it is. */
public final class PercentText {
    private static final String PLAIN = "-._~/";

    private PercentText() {}

    /** Encodes everything but letters, digits and {@code -._~/} as UTF-8 bytes. */
    public static String encode(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (each & 0xFF);
            if (c < 128 && (Character.isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0)) {
                out.append(c);
            } else {
                out.append('%')
                        .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
        return out.toString();
    }

    /** Decodes; throws {@link ProblemException} with {@link ProblemCode#BAD_NAME} for what is not UTF-8 or broken. */
    public static String decode(String text) {
        if (text.indexOf('%') < 0 && text.chars().allMatch(c -> c < 128)) {
            return text;
        }
        ByteBuffer bytes = ByteBuffer.allocate(text.length() * 3);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                bytes.put((byte) ((hex(text, i + 1) << 4) | hex(text, i + 2)));
                i += 2;
            } else if (c < 128) {
                bytes.put((byte) c);
            } else {
                throw new ProblemException(ProblemCode.BAD_NAME, "a name in a URL must be percent-encoded UTF-8");
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            throw new ProblemException(ProblemCode.BAD_NAME, "a name must be UTF-8");
        }
    }

    private static int hex(String text, int index) {
        boolean ascii = index < text.length() && text.charAt(index) < 128;
        int digit = ascii ? Character.digit(text.charAt(index), 16) : -1;
        if (digit < 0) {
            throw new ProblemException(ProblemCode.BAD_NAME, "'%' must be followed by two hex digits");
        }
        return digit;
    }
}
