package io.lockservice.server.config;

/** A configuration that cannot be used. The message is one line for the operator: file, key, and what is allowed. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int SHOWN_CHARACTERS = 80;

    /**
     * A configuration that cannot be used.
     *
     * @param file as the operator named it
     * @param key path of the key, such as {@code replicas[1].bus}; empty where it is the file as a whole
     * @param problem what is wrong and what is allowed
     */
    public ConfigException(String file, String key, String problem) {
        super(oneLine(file) + ": " + (key.isEmpty() ? "" : oneLine(key) + ": ") + oneLine(problem));
    }

    /** What an operator wrote, fit to stand in a message: shortened, and with quotes around it. */
    static String quoted(String written) {
        String shown = written.length() <= SHOWN_CHARACTERS ? written : written.substring(0, SHOWN_CHARACTERS) + "...";
        return "'" + oneLine(shown) + "'";
    }

    private static String oneLine(String text) {
        return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ").strip();
    }
}
