package io.lockservice.example.shop;

import io.vertx.core.net.HostAndPort;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a program is told when it starts.
 *
 * @param service the name by which it is found, which says what it is: {@code storefront}, {@code prices} or {@code stock}
 * @param id what it is called among the instances of its service
 * @param host the address at which it listens, and others reach it
 * @param port 0 for any that is free
 * @param cell URLs of replicas, {@code LOCKSERVICE_CELL}
 * @param dns where replicas answer DNS, {@code SHOP_DNS}
 * @param domain below which DNS has the services, {@code SHOP_DOMAIN}
 * @param leaseMs how long it is still found after it died, {@code SHOP_LEASE_MS}
 */
record Settings(
        String service,
        String id,
        String host,
        int port,
        List<String> cell,
        List<HostAndPort> dns,
        String domain,
        long leaseMs) {
    private static final Set<String> SERVICES = Set.of("storefront", "prices", "stock");
    private static final String USAGE = "usage: java -jar shop.jar (storefront | prices | stock) ID [ADDRESS:PORT]\n"
            + "where ID is another for each instance of a service, and port 0, the default, any that is free";

    /** The embedded cell's, where {@code environment} does not say otherwise. Throws where something is wrong. */
    static Settings of(List<String> arguments, Map<String, String> environment) {
        if (arguments.size() < 2 || arguments.size() > 3 || !SERVICES.contains(arguments.get(0))) {
            throw new IllegalArgumentException(USAGE);
        }
        HostAndPort listen = address(arguments.size() == 3 ? arguments.get(2) : "127.0.0.1:0");
        return new Settings(
                arguments.get(0),
                arguments.get(1),
                listen.host(),
                listen.port(),
                list(environment.getOrDefault(
                        "LOCKSERVICE_CELL", "http://127.0.0.1:7301,http://127.0.0.1:7302,http://127.0.0.1:7303")),
                list(environment.getOrDefault("SHOP_DNS", "127.0.0.1:7351,127.0.0.1:7352,127.0.0.1:7353")).stream()
                        .map(Settings::address)
                        .toList(),
                environment.getOrDefault("SHOP_DOMAIN", "service.local.ls"),
                milliseconds("SHOP_LEASE_MS", environment.getOrDefault("SHOP_LEASE_MS", "12000")));
    }

    private static List<String> list(String text) {
        return Stream.of(text.split(",", -1)).map(String::strip).toList();
    }

    private static HostAndPort address(String text) {
        HostAndPort address = HostAndPort.parseAuthority(text, -1);
        if (address == null || address.port() < 0) {
            throw new IllegalArgumentException("'" + text + "' is no ADDRESS:PORT\n" + USAGE);
        }
        return address;
    }

    private static long milliseconds(String name, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException wrong) {
            throw new IllegalArgumentException(name + " is a number of milliseconds, not '" + text + "'", wrong);
        }
    }

    @Override
    public String toString() {
        return service + "/" + id;
    }
}
