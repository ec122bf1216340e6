package io.lockservice.example.shop;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.dns.DnsClient;
import io.vertx.core.dns.DnsClientOptions;
import io.vertx.core.dns.SrvRecord;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.HostAndPort;
import java.util.List;

/**
 * Calls of services that are found by DNS alone, as a program would that knows nothing of the cell. DNS is asked for each call; who
 * makes many keeps an answer for as long as its time to live says, or asks a resolver on its machine which does.
 */
final class CallsByDns implements Calls {
    private static final long QUERY_MS = 1_000;

    private final HttpClient http;
    private final List<DnsClient> servers;
    private final String domain;
    private volatile int answering;

    CallsByDns(Vertx vertx, List<HostAndPort> dns, String domain) {
        http = vertx.createHttpClient();
        servers = dns.stream()
                .map(each -> vertx.createDnsClient(new DnsClientOptions()
                        .setHost(each.host())
                        .setPort(each.port())
                        .setQueryTimeout(QUERY_MS)))
                .toList();
        this.domain = domain;
    }

    @Override
    public Future<Answer> get(String service, String uri) {
        return find(service)
                .compose(found -> Attempts.of(Math.min(Attempts.MOST, found.size()), service, number -> {
                    HostAndPort at = found.get(number);
                    return Answer.get(
                            http,
                            new RequestOptions()
                                    .setHost(at.host())
                                    .setPort(at.port())
                                    .setURI(uri));
                }));
    }

    /** The instances, in the order of the answer: that is drawn anew for each by weight. */
    private Future<List<HostAndPort>> find(String service) {
        String name = "_" + service + "._tcp." + domain;
        int first = answering;
        return Attempts.of(servers.size(), "DNS for " + name, number -> {
            int index = (first + number) % servers.size();
            DnsClient dns = servers.get(index);
            return dns.resolveSRV(name).compose(records -> {
                answering = index;
                return addresses(dns, records);
            });
        });
    }

    private Future<List<HostAndPort>> addresses(DnsClient dns, List<SrvRecord> records) {
        List<Future<HostAndPort>> all =
                records.stream().map(record -> address(dns, record)).toList();
        // One that has just gone has no address any more; the others have.
        return Future.join(all)
                .transform(joined -> Future.succeededFuture(all.stream()
                        .filter(Future::succeeded)
                        .map(Future::result)
                        .toList()));
    }

    private Future<HostAndPort> address(DnsClient dns, SrvRecord record) {
        String target = record.target();
        if (!target.endsWith("." + domain)) {
            // It registered the name of a host, which the HTTP client looks up.
            return Future.succeededFuture(HostAndPort.create(target, record.port()));
        }
        return dns.resolveA(target)
                .compose(ip4 -> ip4.isEmpty() ? dns.resolveAAAA(target) : Future.succeededFuture(ip4))
                .map(ip -> HostAndPort.create(ip.get(0), record.port()));
    }
}
