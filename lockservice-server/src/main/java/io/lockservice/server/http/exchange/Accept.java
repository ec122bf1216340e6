package io.lockservice.server.http.exchange;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which media types a client takes (RFC 9110, section 12.5.1): the most specific range that fits decides. */
public final class Accept {
    private Accept() {}

    /**
     * How much a client wants a type.
     *
     * @param header the Accept header, null where there is none
     * @param type as {@code application/json}
     * @return 0 (not at all) to 1
     */
    public static double quality(@Nullable String header, String type) {
        if (header == null || header.isBlank()) {
            return 1;
        }
        String family = type.substring(0, type.indexOf('/')) + "/*";
        double exact = -1;
        double sameFamily = -1;
        double any = -1;
        for (String range : header.split(",", -1)) {
            String[] parts = range.split(";", -1);
            String name = parts[0].strip().toLowerCase(Locale.ROOT);
            if (name.equals(type)) {
                exact = Math.max(exact, weight(parts));
            } else if (name.equals(family)) {
                sameFamily = Math.max(sameFamily, weight(parts));
            } else if (name.equals("*/*")) {
                any = Math.max(any, weight(parts));
            }
        }
        return exact >= 0 ? exact : sameFamily >= 0 ? sameFamily : Math.max(any, 0);
    }

    private static double weight(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
            if (parameter.startsWith("q=")) {
                return qualityValue(parameter.substring(2));
            }
        }
        return 1;
    }

    private static double qualityValue(String text) {
        try {
            double value = Double.parseDouble(text);
            return value >= 0 && value <= 1 ? value : 1;
        } catch (NumberFormatException e) {
            return 1;
        }
    }
}
