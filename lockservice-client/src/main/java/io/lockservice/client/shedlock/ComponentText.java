package io.lockservice.client.shedlock;

import java.nio.charset.StandardCharsets;

/**
 * Any text as one component of a name: what may not stand there is written as {@code %} and two hex digits for each byte, and
 * so is {@code %}. Different texts stay different.
 */
final class ComponentText {
    private static final int MAX_BYTES = 255;

    private ComponentText() {}

    static String of(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(codePoint -> {
            boolean plain = codePoint != '/' && codePoint != '%' && !Character.isISOControl(codePoint);
            String character = Character.toString(codePoint);
            out.append(plain ? character : escaped(character));
        });
        String component = text.equals(".") || text.equals("..") ? escaped(text) : out.toString();
        int bytes = component.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "a lock's name has 1 to " + MAX_BYTES + " bytes; '" + text + "' has " + bytes);
        }
        return component;
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            out.append(String.format("%%%02X", each));
        }
        return out.toString();
    }
}
