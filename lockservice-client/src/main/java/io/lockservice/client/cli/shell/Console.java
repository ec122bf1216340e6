package io.lockservice.client.cli.shell;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a command reads and prints. Results go to {@code out}, everything else to {@code err}.
 *
 * @param in standard input
 * @param out standard output, in UTF-8
 * @param err standard error
 * @param environment the environment's variables
 * @param colour whether people look at it, and want colour
 */
public record Console(
        InputStream in, PrintStream out, PrintStream err, Map<String, String> environment, boolean colour) {

    /** A variable of the environment, null where it is not set or empty. */
    public @Nullable String variable(String name) {
        String value = environment.get(name);
        return value == null || value.isEmpty() ? null : value;
    }

    /** Prints a line for people. */
    public void line(String text) {
        out.println(text);
    }

    /** Prints one JSON value on a line of its own. */
    public void json(JsonNode value) {
        out.println(value.toString());
    }

    /** Tells people something beside the result, on standard error. */
    public void note(String text) {
        err.println("lockctl: " + plain(text));
        err.flush();
    }

    /** Text that stands out where there is colour. */
    public String strong(String text) {
        return colour ? "\u001b[1m" + text + "\u001b[0m" : text;
    }

    /** Text that warns where there is colour. */
    public String warning(String text) {
        return colour ? "\u001b[31m" + text + "\u001b[0m" : text;
    }

    /** Without control characters: what others wrote into notes must not steer anybody's terminal. */
    public static String plain(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().map(c -> Character.isISOControl(c) ? '?' : c).forEach(out::appendCodePoint);
        return out.toString();
    }
}
