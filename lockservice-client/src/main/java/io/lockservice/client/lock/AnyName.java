package io.lockservice.client.lock;

import java.nio.charset.StandardCharsets;

/**
 * Any text as one component of a node's name, for adapters whose users choose the text: what may not stand there is written as
 * {@code %} and two hex digits for each byte, and so is {@code %}. Different texts stay different.
 */
public final class AnyName {
    private static final int MAX_BYTES = 255;

    private AnyName() {}

    /**
     * The node for {@code text} in {@code directory}.
     *
     * @throws IllegalArgumentException where the component would have no byte, or more than 255
     */
    public static String in(String directory, String text) {
        return directory + "/" + component(text);
    }

    private static String component(String text) {
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
                    "the name of a lock has 1 to " + MAX_BYTES + " bytes; '" + text + "' has " + bytes);
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
