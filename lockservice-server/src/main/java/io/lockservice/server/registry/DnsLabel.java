package io.lockservice.server.registry;

import java.util.Locale;

/** Which names of services and instances are names in DNS, too: letters, digits and hyphens (RFC 1123, section 2.1). */
public final class DnsLabel {
    private static final int MAX_CHARS = 63;

    private DnsLabel() {}

    /** Whether {@code name} is a label of a host's name: 1 to 63 letters, digits and hyphens, none of these first or last. */
    public static boolean is(String name) {
        if (name.isEmpty() || name.length() > MAX_CHARS || name.startsWith("-") || name.endsWith("-")) {
            return false;
        }
        return name.chars().allMatch(DnsLabel::isAllowed);
    }

    /** As all that DNS takes for the same. */
    public static String fold(String label) {
        return label.toLowerCase(Locale.ROOT);
    }

    private static boolean isAllowed(int character) {
        return (character >= 'a' && character <= 'z')
                || (character >= 'A' && character <= 'Z')
                || (character >= '0' && character <= '9')
                || character == '-';
    }
}
