package io.lockservice.server.http.exchange;

import org.jspecify.annotations.Nullable;

/**
 * A request target, taken apart but not decoded: names are taken as they were sent, so nothing may normalise the path
 * before it is split.
 *
 * @param path the path as sent
 * @param query what follows the first {@code ?}; null where there is none
 */
record Target(String path, @Nullable String query) {
    /** Splits an origin-form or absolute-form target (RFC 9112, section 3.2). */
    static Target parse(String uri) {
        String local = uri;
        if (!uri.startsWith("/")) {
            int authority = uri.indexOf("://");
            int slash = authority < 0 ? -1 : uri.indexOf('/', authority + 3);
            local = slash < 0 ? uri : uri.substring(slash);
        }
        int mark = local.indexOf('?');
        return mark < 0 ? new Target(local, null) : new Target(local.substring(0, mark), local.substring(mark + 1));
    }
}
