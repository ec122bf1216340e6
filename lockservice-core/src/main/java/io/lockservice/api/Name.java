package io.lockservice.api;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A valid absolute name, {@code /ls/<cell>/<component>/...}, with the real cell's name. Names are in the order of
 * their UTF-8 bytes; so all that is below a node stands together, between {@code <name>/} and {@code <name>0}.
 *
 * @param path the name as text
 */
public record Name(String path) implements Comparable<Name> {
    /** The most bytes a name may have, in UTF-8. */
    public static final int MAX_BYTES = 1024;

    /** The most components, {@code ls} and the cell counted. */
    public static final int MAX_COMPONENTS = 32;

    /** The most bytes of a component, in UTF-8. */
    public static final int MAX_COMPONENT_BYTES = 255;

    private static final String LOCAL = "local";

    /** The root of a cell: {@code /ls/<cell>}. */
    public static Name root(String cell) {
        return new Name("/ls/" + cell);
    }

    /**
     * Parses {@code text}, in which {@code local} may stand for {@code cell}. Nothing is normalised away.
     *
     * @throws ProblemException {@link ProblemCode#BAD_NAME} or {@link ProblemCode#WRONG_CELL}
     */
    public static Name parse(String text, String cell) {
        if (!text.startsWith("/ls/")) {
            throw bad("a name starts with /ls/<cell>; this is '" + shorten(text) + "'");
        }
        String[] components = text.substring(1).split("/", -1);
        if (components.length > MAX_COMPONENTS) {
            throw bad("a name has at most " + MAX_COMPONENTS + " components; this has " + components.length);
        }
        for (String component : components) {
            checkComponent(component);
        }
        if (!components[1].equals(LOCAL) && !components[1].equals(cell)) {
            throw new ProblemException(
                    ProblemCode.WRONG_CELL,
                    "this is cell '" + cell + "', the name is in cell '" + components[1] + "'; ask that cell");
        }
        String path = components[1].equals(cell) ? text : "/ls/" + cell + text.substring("/ls/local".length());
        if (utf8Length(path) > MAX_BYTES) {
            throw bad("a name has at most " + MAX_BYTES + " bytes; this has " + utf8Length(path));
        }
        return new Name(path);
    }

    /** Throws unless {@code component} may stand between two slashes. */
    public static void checkComponent(String component) {
        if (component.isEmpty()) {
            throw bad("a name has no empty components and no slash at its end");
        }
        if (component.equals(".") || component.equals("..")) {
            throw bad("'.' and '..' are not components of a name");
        }
        if (component.codePoints().anyMatch(Name::isControlOrBroken)) {
            throw bad("a name has no control characters and is valid UTF-8");
        }
        if (utf8Length(component) > MAX_COMPONENT_BYTES) {
            throw bad("a component has at most " + MAX_COMPONENT_BYTES + " bytes; this has " + utf8Length(component));
        }
    }

    /** The directory this node is in; null for the cell's root. */
    public @Nullable Name parent() {
        int slash = path.lastIndexOf('/');
        return slash == path.indexOf('/', 1) ? null : new Name(path.substring(0, slash));
    }

    /** The last component. */
    public String leaf() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The name of a child of this node. */
    public Name child(String component) {
        return new Name(path + "/" + component);
    }

    /** Whether {@code other} is below this node, at any depth. */
    public boolean isAbove(Name other) {
        return other.path.length() > path.length()
                && other.path.startsWith(path)
                && other.path.charAt(path.length()) == '/';
    }

    @Override
    public int compareTo(Name other) {
        int shorter = Math.min(path.length(), other.path.length());
        for (int i = 0; i < shorter; i++) {
            char left = path.charAt(i);
            char right = other.path.charAt(i);
            if (left != right) {
                return rank(left) - rank(right);
            }
        }
        return path.length() - other.path.length();
    }

    @Override
    public String toString() {
        return path;
    }

    /** Surrogates after the rest of the basic plane, as in UTF-8. */
    private static int rank(char c) {
        return Character.isSurrogate(c) ? c + 0x10000 : c;
    }

    private static boolean isControlOrBroken(int codePoint) {
        return Character.isISOControl(codePoint) || (codePoint >= 0xD800 && codePoint <= 0xDFFF);
    }

    private static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static String shorten(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }

    private static ProblemException bad(String detail) {
        return new ProblemException(ProblemCode.BAD_NAME, detail);
    }
}
