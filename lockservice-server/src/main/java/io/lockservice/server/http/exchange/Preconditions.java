package io.lockservice.server.http.exchange;

import io.lockservice.api.Condition;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemException;
import io.lockservice.api.Stat;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code If-Match} and {@code If-None-Match} (RFC 9110, section 13). For a write they become a {@link Condition} that is
 * checked when the write is applied; for a read they are checked against what was read.
 */
public final class Preconditions {
    private static final String IF_MATCH = "If-Match";
    private static final String IF_NONE_MATCH = "If-None-Match";
    private static final String ANY = "*";

    private final @Nullable String ifMatch;
    private final @Nullable String ifNoneMatch;

    private Preconditions(@Nullable String ifMatch, @Nullable String ifNoneMatch) {
        this.ifMatch = ifMatch;
        this.ifNoneMatch = ifNoneMatch;
    }

    static Preconditions of(MultiMap headers) {
        return new Preconditions(joined(headers, IF_MATCH), joined(headers, IF_NONE_MATCH));
    }

    /** These, once it is certain that both headers can be read; throws a bad request that names the one that cannot. */
    public Preconditions checked() {
        checkSyntax(IF_MATCH, ifMatch);
        checkSyntax(IF_NONE_MATCH, ifNoneMatch);
        return this;
    }

    private static void checkSyntax(String header, @Nullable String value) {
        if (value != null && !value.equals(ANY)) {
            EntityTag.list(header, value);
        }
    }

    /** What a write of a file demands. */
    public Condition ofWrite() {
        if (ifMatch != null && ifNoneMatch != null) {
            throw bad(IF_NONE_MATCH, "If-Match wants the node to exist and If-None-Match that it does not: send one");
        }
        if (ifNoneMatch == null) {
            return ofDelete();
        }
        if (!ifNoneMatch.equals(ANY)) {
            throw bad(IF_NONE_MATCH, "on a write If-None-Match must be *; to name a version use If-Match");
        }
        return new Condition(null, true, false);
    }

    /** What the deletion of a node demands. */
    public Condition ofDelete() {
        if (ifNoneMatch != null) {
            throw bad(IF_NONE_MATCH, "a node is deleted with If-Match or without a condition");
        }
        if (ifMatch == null) {
            return Condition.NONE;
        }
        if (ifMatch.equals(ANY)) {
            return new Condition(null, false, true);
        }
        // If-Match compares strongly: a weak tag, or one that this cell never gave, matches nothing.
        List<Condition.Version> versions = EntityTag.list(IF_MATCH, ifMatch).stream()
                .filter(tag -> !tag.weak())
                .map(EntityTag::version)
                .filter(Objects::nonNull)
                .toList();
        return new Condition(versions, false, false);
    }

    /** Refuses a condition on a request that would not look at it. */
    void refuse() {
        if (ifMatch != null) {
            throw bad(IF_MATCH, "If-Match is for files, and for the deletion of nodes");
        }
        if (ifNoneMatch != null) {
            throw bad(IF_NONE_MATCH, "If-None-Match is for files");
        }
    }

    /** Whether a read may not be answered, since If-Match names none of what is there. */
    public boolean failsRead(Stat stat) {
        return ifMatch != null
                && !ifMatch.equals(ANY)
                && EntityTag.list(IF_MATCH, ifMatch).stream().noneMatch(tag -> !tag.weak() && tag.fits(stat));
    }

    /** Whether the client has what is there already: 304. */
    public boolean isNotModified(Stat stat) {
        return ifNoneMatch != null
                && (ifNoneMatch.equals(ANY)
                        || EntityTag.list(IF_NONE_MATCH, ifNoneMatch).stream().anyMatch(tag -> tag.fits(stat)));
    }

    /** Both headers as they were sent, for the fingerprint of a request. */
    String asSent() {
        return (ifMatch == null ? "" : ifMatch) + '\n' + (ifNoneMatch == null ? "" : ifNoneMatch);
    }

    private static @Nullable String joined(MultiMap headers, String name) {
        if (!headers.contains(name)) {
            return null;
        }
        return String.join(",", headers.getAll(name)).strip();
    }

    private static ProblemException bad(String header, String detail) {
        return new ProblemException(Problem.badField("header:" + header, detail));
    }
}
