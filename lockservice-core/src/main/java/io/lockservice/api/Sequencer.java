package io.lockservice.api;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Describes a grant so that others can check it (Burrows, section 2.4). On the wire one opaque string without spaces:
 * {@code <mode>-<instance>-<lock generation>-<token>:<name>}, with {@code x} for exclusive and {@code s} for shared.
 *
 * @param name the lock's node, with the real cell's name
 * @param mode how it is held
 * @param instance the node's instance
 * @param lockGeneration the node's lock generation at the grant
 * @param token the grant's token
 */
public record Sequencer(String name, LockMode mode, long instance, long lockGeneration, long token) {
    /** Percent-encoding makes at most three characters of a name's byte. */
    private static final Pattern FORM = Pattern.compile("([xs])-(\\d{1,18})-(\\d{1,18})-(\\d{1,18}):(/ls/.{1,3068})");

    /** Parses the wire form; empty where {@code text} is not a sequencer at all. Says nothing about validity. */
    public static Optional<Sequencer> parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        String name;
        try {
            name = PercentText.decode(parts.group(5));
        } catch (ProblemException e) {
            return Optional.empty();
        }
        return Optional.of(new Sequencer(
                name,
                parts.group(1).equals("x") ? LockMode.EXCLUSIVE : LockMode.SHARED,
                Long.parseLong(parts.group(2)),
                Long.parseLong(parts.group(3)),
                Long.parseLong(parts.group(4))));
    }

    /** The wire form: visible ASCII only, so that it fits an HTTP header. */
    @Override
    public String toString() {
        String letter = mode == LockMode.EXCLUSIVE ? "x" : "s";
        return letter + "-" + instance + "-" + lockGeneration + "-" + token + ":" + PercentText.encode(name);
    }
}
