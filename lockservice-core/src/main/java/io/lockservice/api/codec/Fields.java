package io.lockservice.api.codec;

import io.lockservice.api.Name;
import io.lockservice.api.ProblemException;
import io.lockservice.wire.WireException;
import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Fields that are not about one type: names, lists, maps, optional values. */
public final class Fields {
    /** Room reserved for a list before its elements are read: a damaged count must not allocate much. */
    private static final int FIRST_ELEMENTS = 64;

    private Fields() {}

    /** Throws for a tag that this version does not know. */
    public static WireException unknown(String what, int tag) {
        return new WireException("unknown " + what + ": " + tag);
    }

    /** Reads the leading format byte. */
    public static void expectFormat(WireReader in, int known) {
        int format = in.tag();
        if (format != known) {
            throw new WireException("format " + format + " is not the known format " + known);
        }
    }

    /** A name. */
    public static void name(WireWriter out, Name name) {
        out.text(name.path());
    }

    /** A valid name of any cell. */
    public static Name name(WireReader in) {
        String path = in.text();
        int cellEnd = path.indexOf('/', "/ls/".length());
        String cell =
                path.startsWith("/ls/") ? path.substring("/ls/".length(), cellEnd < 0 ? path.length() : cellEnd) : "";
        try {
            return Name.parse(path, cell);
        } catch (ProblemException e) {
            throw new WireException("not a name: " + e.problem().detail());
        }
    }

    /** A count, then the elements. */
    public static <T> void list(WireWriter out, List<T> list, BiConsumer<WireWriter, T> element) {
        out.number(list.size());
        list.forEach(each -> element.accept(out, each));
    }

    /** See {@link #list(WireWriter, List, BiConsumer)}. */
    public static <T> List<T> list(WireReader in, Function<WireReader, T> element) {
        int count = in.count();
        List<T> list = new ArrayList<>(Math.min(count, FIRST_ELEMENTS));
        for (int i = 0; i < count; i++) {
            list.add(element.apply(in));
        }
        return List.copyOf(list);
    }

    /** A count, then keys and values in the map's order. */
    public static void map(WireWriter out, Map<String, String> map) {
        out.number(map.size());
        map.forEach((key, value) -> out.text(key).text(value));
    }

    /** See {@link #map(WireWriter, Map)}; keeps the order. */
    public static Map<String, String> map(WireReader in) {
        int count = in.count();
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            if (map.put(in.text(), in.text()) != null) {
                throw new WireException("a key twice in one map");
            }
        }
        return Collections.unmodifiableMap(map);
    }

    /** A presence byte, then the value where there is one. */
    public static <T> void optional(WireWriter out, @Nullable T value, BiConsumer<WireWriter, T> field) {
        out.bool(value != null);
        if (value != null) {
            field.accept(out, value);
        }
    }

    /** See {@link #optional(WireWriter, Object, BiConsumer)}. */
    public static <T> @Nullable T optional(WireReader in, Function<WireReader, T> field) {
        return in.bool() ? field.apply(in) : null;
    }
}
