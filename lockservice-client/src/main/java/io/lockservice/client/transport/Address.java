package io.lockservice.client.transport;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Where a replica answers. The host is kept as text and looked up anew at each connect: a replica that moved to another
 * IP address is found again.
 *
 * @param host a host name or an IP address
 * @param port the HTTP port
 * @param tls whether to speak HTTPS
 */
public record Address(String host, int port, boolean tls) {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    /**
     * Parses {@code http://host:port}, without a path.
     *
     * @throws IllegalArgumentException with a sentence that says what is allowed
     */
    public static Address parse(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw bad(url, e);
        }
        boolean tls = "https".equalsIgnoreCase(uri.getScheme());
        boolean known = tls || "http".equalsIgnoreCase(uri.getScheme());
        String path = uri.getPath();
        if (!known || uri.getHost() == null || (path != null && !path.isEmpty() && !path.equals("/"))) {
            throw bad(url, null);
        }
        int port = uri.getPort() >= 0 ? uri.getPort() : tls ? HTTPS_PORT : HTTP_PORT;
        // An IPv6 address stands in brackets in a URL, and nowhere else.
        String host = uri.getHost().replace("[", "").replace("]", "");
        return new Address(host, port, tls);
    }

    private static IllegalArgumentException bad(String url, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "'" + url + "' is not a replica's address; write it as http://host:port", cause);
    }

    @Override
    public String toString() {
        return (tls ? "https://" : "http://") + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
