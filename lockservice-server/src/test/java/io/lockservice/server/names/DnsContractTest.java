package io.lockservice.server.names;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.server.contract.ContractCell;
import io.lockservice.server.contract.ContractTest;
import io.vertx.core.Vertx;
import io.vertx.core.dns.DnsClient;
import io.vertx.core.dns.DnsException;
import io.vertx.core.dns.DnsResponseCode;
import io.vertx.core.dns.SrvRecord;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.OperationNotSupportedException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 6 of the contract, by DNS: asked of every replica, by the JDK's own resolver and by that of Vert.x. */
final class DnsContractTest extends ContractTest {
    private static final String ZONE = ".service." + ContractCell.NAME + ".ls.";

    private static void register(String service, String id, String session, String address, int port, int weight) {
        String body = "{\"address\":\"" + address + "\",\"port\":" + port + ",\"weight\":" + weight
                + ",\"tags\":[\"blue\"],\"metadata\":{\"zone\":\"a\"}}";
        int status = send("PUT", "/v1/services/" + service + "/" + id, body, "Lockservice-Session: " + session)
                .status();
        assertTrue(status == 200 || status == 201, service + "/" + id + ": " + status);
    }

    /** By the JDK: records as text. Falls back to TCP by itself. The records are not objects of anybody. */
    @SuppressWarnings("BanJNDI")
    private static List<String> jdk(int replica, String name, String type) throws NamingException {
        Properties settings = new Properties();
        settings.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
        settings.put(Context.PROVIDER_URL, "dns://127.0.0.1:" + cell.dnsPorts().get(replica - 1));
        settings.put("com.sun.jndi.dns.timeout.initial", "5000");
        settings.put("com.sun.jndi.dns.timeout.retries", "2");
        InitialDirContext context = new InitialDirContext(settings);
        try {
            Attribute found = context.getAttributes(name, new String[] {type}).get(type);
            List<String> lines = new ArrayList<>();
            if (found != null) {
                Collections.list(found.getAll()).forEach(each -> lines.add(String.valueOf(each)));
            }
            return lines;
        } finally {
            context.close();
        }
    }

    /** Asked until it is so: each replica sees in its own time what another answered. */
    private static void untilAll(String name, String type, Set<String> expected) {
        for (int replica = 1; replica <= ContractCell.REPLICAS; replica++) {
            int asked = replica;
            until(name + " " + type + " at " + replica + " is " + expected, () -> {
                try {
                    return new HashSet<>(jdk(asked, name, type)).equals(expected);
                } catch (NamingException notThere) {
                    return expected.isEmpty() && notThere instanceof NameNotFoundException;
                }
            });
        }
    }

    @Test
    void everyReplicaShowsAServiceByAllItsRecords() {
        String web = unique("web");
        String session = open();
        register(web, "a", session, "10.1.0.1", 8080, 3);
        register(web, "b", session, "2001:db8::2", 81, 1);
        register(web, "c", session, "web3.example", 82, 9);
        untilAll(
                web + ZONE,
                "SRV",
                Set.of("0 3 8080 a." + web + ZONE, "0 1 81 b." + web + ZONE, "0 9 82 web3.example."));
        untilAll(
                "_" + web + "._tcp" + ZONE,
                "SRV",
                Set.of("0 3 8080 a." + web + ZONE, "0 1 81 b." + web + ZONE, "0 9 82 web3.example."));
        untilAll(web + ZONE, "A", Set.of("10.1.0.1"));
        untilAll("a." + web + ZONE, "A", Set.of("10.1.0.1"));
        untilAll("b." + web + ZONE, "AAAA", Set.of("2001:db8::2"));
        untilAll("a." + web + ZONE, "TXT", Set.of("id=a tag=blue zone=a"));
    }

    @Test
    void anInstanceIsGoneWithItsSession() throws NamingException {
        String web = unique("web");
        String session = open();
        register(web, "a", session, "10.1.0.1", 8080, 1);
        register(web, "b", open(), "10.1.0.2", 8080, 1);
        untilAll(web + ZONE, "A", Set.of("10.1.0.1", "10.1.0.2"));
        assertEquals(204, send("DELETE", "/v1/sessions/" + session, "").status());
        untilAll(web + ZONE, "A", Set.of("10.1.0.2"));
        assertEquals(204, send("DELETE", "/v1/services/" + web + "/b", "").status());
        untilAll(web + ZONE, "A", Set.of());
    }

    @Test
    void manyInstancesComeByTcp() {
        String web = unique("many");
        String session = open();
        Set<String> addresses = new HashSet<>();
        for (int i = 1; i <= 60; i++) {
            register(web, "n" + i, session, "10.2.0." + i, 80, 1);
            addresses.add("10.2.0." + i);
        }
        untilAll(web + ZONE, "A", addresses);
    }

    @Test
    void thoseThatNobodyMayReadAreNotShown() {
        String web = unique("web");
        String session = open();
        register(web, "a", session, "10.1.0.1", 8080, 1);
        untilAll(web + ZONE, "A", Set.of("10.1.0.1"));
        setAcls("services/" + web, new JsonObject().put("read", acl("somebody else")));
        // It takes over the ACLs of its directory.
        register(web, "b", session, "10.1.0.2", 8080, 1);
        String later = unique("web");
        register(later, "c", session, "10.1.0.3", 8080, 1);
        untilAll(later + ZONE, "A", Set.of("10.1.0.3"));
        untilAll("b." + web + ZONE, "A", Set.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"rome.ls.", "web.service.rome.ls.", "example.org.", "1.0.0.127.in-addr.arpa."})
    void otherZonesAreRefused(String name) {
        assertThrows(OperationNotSupportedException.class, () -> jdk(1, name, "A"), "REFUSED");
    }

    @Test
    void vertxResolvesToo() throws Exception {
        String web = unique("web");
        register(web, "a", open(), "10.1.0.7", 8080, 4);
        untilAll(web + ZONE, "A", Set.of("10.1.0.7"));
        Vertx vertx = Vertx.vertx();
        try {
            DnsClient client = vertx.createDnsClient(cell.dnsPorts().get(2), "127.0.0.1");
            List<SrvRecord> places = client.resolveSRV("_" + web + "._tcp.service." + ContractCell.NAME + ".ls")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get();
            assertEquals(1, places.size());
            assertEquals(
                    "a." + web + ZONE,
                    places.get(0).target() + (places.get(0).target().endsWith(".") ? "" : "."));
            assertEquals(8080, places.get(0).port());
            assertEquals(4, places.get(0).weight());
            assertEquals(
                    List.of("10.1.0.7"),
                    client.resolveA(web + ZONE)
                            .toCompletionStage()
                            .toCompletableFuture()
                            .get());
            ExecutionException denied = assertThrows(
                    ExecutionException.class,
                    () -> client.resolveA("nobody" + ZONE)
                            .toCompletionStage()
                            .toCompletableFuture()
                            .get());
            DnsException answer = assertInstanceOf(DnsException.class, denied.getCause());
            assertEquals(DnsResponseCode.NXDOMAIN, answer.code());
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get();
        }
    }
}
