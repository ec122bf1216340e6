package io.lockservice.server.http.exchange;

import io.lockservice.api.Condition.Version;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemException;
import io.lockservice.api.Stat;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An entity tag of a request (RFC 9110, section 8.8.3). Ours are {@code "<instance>.<contentGeneration>"} and strong.
 *
 * @param weak whether it was sent as weak
 * @param version the two numbers; null for a tag this cell never gave
 */
public record EntityTag(boolean weak, @Nullable Version version) {
    private static final Pattern TAG =
            Pattern.compile("\\s*(W/)?\"([\\x21\\x23-\\x7E\\x80-\\xFF]*)\"\\s*(,|$)|\\s*(,)");
    private static final Pattern OURS = Pattern.compile("(\\d{1,18})\\.(\\d{1,18})");

    /** The tag of a node as it is. */
    public static String of(Stat stat) {
        return '"' + Long.toString(stat.instance()) + '.' + stat.contentGeneration() + '"';
    }

    /** The tags of a list; throws a bad request that names {@code header}. */
    static List<EntityTag> list(String header, String text) {
        List<EntityTag> tags = new ArrayList<>();
        Matcher next = TAG.matcher(text);
        int position = 0;
        while (position < text.length()) {
            next.region(position, text.length());
            if (!next.lookingAt()) {
                throw bad(header);
            }
            // Empty elements between commas are allowed in lists (RFC 9110, section 5.6.1).
            if (next.group(2) != null) {
                tags.add(new EntityTag(next.group(1) != null, version(next.group(2))));
            }
            position = next.end();
        }
        if (tags.isEmpty()) {
            throw bad(header);
        }
        return tags;
    }

    /** Whether this is {@code stat}'s tag, weak or not. */
    boolean fits(Stat stat) {
        return version != null
                && version.instance() == stat.instance()
                && version.contentGeneration() == stat.contentGeneration();
    }

    private static @Nullable Version version(String opaque) {
        Matcher ours = OURS.matcher(opaque);
        return ours.matches() ? new Version(Long.parseLong(ours.group(1)), Long.parseLong(ours.group(2))) : null;
    }

    private static ProblemException bad(String header) {
        return new ProblemException(Problem.badField(
                "header:" + header, header + " must be * or a list of entity tags such as \"3.7\", with the quotes"));
    }
}
