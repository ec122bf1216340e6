package io.lockservice.server.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.server.registry.ServiceInstance;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each name and type is answered with, without sockets. */
final class AnswersTest {
    private static final String SOA = "paris.ls. 5 SOA paris.ls. hostmaster.paris.ls. 42 3600 600 86400 5";

    private final Directory directory = new Directory();
    private final Answers answers = directory.answers(new SplittableRandom(7));

    @BeforeEach
    void register() {
        directory.add(
                "web", "a", new ServiceInstance("10.0.0.1", 8080, List.of("blue", "eu"), Map.of("zone", "one"), 3));
        directory.add("web", "b", "2001:db8::2", 81, 1);
        directory.add("web", "c", "web3.example", 82, 65_535);
    }

    private Answers.Answer ask(String name, DnsRecordType type) {
        return answers.to(new DefaultDnsQuestion(name, type), true);
    }

    private Answers.Answer ask(String name, String type) {
        return ask(name, DnsRecordType.valueOf(type));
    }

    private static List<String> lines(List<DnsRecord> records) {
        return records.stream().map(Messages::line).sorted().toList();
    }

    private static void assertNegative(DnsResponseCode code, Answers.Answer answer) {
        assertEquals(code, answer.code());
        assertTrue(answer.authoritative());
        assertEquals(List.of(), lines(answer.answers()));
        assertEquals(List.of(SOA), lines(answer.authority()));
        assertEquals(List.of(), lines(answer.additional()));
    }

    private static void assertPositive(List<String> expected, Answers.Answer answer) {
        assertEquals(DnsResponseCode.NOERROR, answer.code());
        assertTrue(answer.authoritative());
        assertEquals(expected, lines(answer.answers()));
        assertEquals(List.of(), lines(answer.authority()));
    }

    @Test
    void addressesAreThoseOfTheirKind() {
        assertPositive(List.of("web.service.paris.ls. 5 A 10.0.0.1"), ask("web.service.paris.ls.", "A"));
        assertPositive(List.of("web.service.paris.ls. 5 AAAA 2001:db8::2"), ask("web.service.paris.ls.", "AAAA"));
        assertPositive(List.of("a.web.service.paris.ls. 5 A 10.0.0.1"), ask("a.web.service.paris.ls.", "A"));
        assertNegative(DnsResponseCode.NOERROR, ask("a.web.service.paris.ls.", "AAAA"));
        assertNegative(DnsResponseCode.NOERROR, ask("c.web.service.paris.ls.", "A"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"web.service", "_web._tcp.service", "_web._udp.service"})
    void placesHavePortsAndWeightsAndTheirAddressesComeWithThem(String name) {
        String owner = name + ".paris.ls.";
        Answers.Answer places = ask(owner, "SRV");
        assertPositive(
                List.of(
                        owner + " 5 SRV 0 1 81 b.web.service.paris.ls.",
                        owner + " 5 SRV 0 3 8080 a.web.service.paris.ls.",
                        owner + " 5 SRV 0 65535 82 web3.example."),
                places);
        assertEquals(
                List.of("a.web.service.paris.ls. 5 A 10.0.0.1", "b.web.service.paris.ls. 5 AAAA 2001:db8::2"),
                lines(places.additional()));
    }

    @Test
    void anInstanceHasItsOwnPlace() {
        Answers.Answer place = ask("c.web.service.paris.ls.", "SRV");
        assertPositive(List.of("c.web.service.paris.ls. 5 SRV 0 65535 82 web3.example."), place);
        assertEquals(List.of(), place.additional());
    }

    @Test
    void textIsIdTagsAndMetadata() {
        assertPositive(
                List.of("a.web.service.paris.ls. 5 TXT \"id=a\" \"tag=blue\" \"tag=eu\" \"zone=one\""),
                ask("a.web.service.paris.ls.", "TXT"));
        assertEquals(3, ask("web.service.paris.ls.", "TXT").answers().size());
    }

    @Test
    void whatDoesNotFitIntoTextIsLeftOut() {
        String most = "v".repeat(253);
        directory.add(
                "big", "1", new ServiceInstance("10.0.0.1", 1, List.of(), Map.of("k", most, "", "x", "a=b", "x"), 1));
        directory.add("big", "2", new ServiceInstance("10.0.0.1", 1, List.of(), Map.of("k", most + "v"), 1));
        assertEquals(
                List.of(
                        "big.service.paris.ls. 5 TXT \"id=1\" \"k=" + most + "\"",
                        "big.service.paris.ls. 5 TXT \"id=2\""),
                lines(ask("big.service.paris.ls.", "TXT").answers()));
        directory.add("many", "1", new ServiceInstance("10.0.0.1", 1, List.of("x".repeat(200)), Map.of(), 1));
        List<String> tags = Collections.nCopies(1_000, "x".repeat(200));
        directory.add("many", "2", new ServiceInstance("10.0.0.1", 1, tags, Map.of(), 1));
        DnsRecord text = ask("2.many.service.paris.ls.", "TXT").answers().get(0);
        assertTrue(Records.bytes(text) <= 4_096 + 50, "bounded");
    }

    @Test
    void servicesAreBrowsedByPointers() {
        assertPositive(
                List.of(
                        "_web._tcp.service.paris.ls. 5 PTR a.web.service.paris.ls.",
                        "_web._tcp.service.paris.ls. 5 PTR b.web.service.paris.ls.",
                        "_web._tcp.service.paris.ls. 5 PTR c.web.service.paris.ls."),
                ask("_web._tcp.service.paris.ls.", "PTR"));
        assertNegative(DnsResponseCode.NOERROR, ask("web.service.paris.ls.", "PTR"));
        assertNegative(DnsResponseCode.NOERROR, ask("_web._tcp.service.paris.ls.", "A"));
    }

    @Test
    void theCaseOfANameIsOfNoMatterAndGivenBack() {
        directory.add("WEB", "A", "10.0.0.4", 84, 1);
        assertPositive(
                List.of("WeB.SERVICE.Paris.LS. 5 A 10.0.0.1", "WeB.SERVICE.Paris.LS. 5 A 10.0.0.4"),
                ask("WeB.SERVICE.Paris.LS.", "A"));
        assertEquals(2, ask("A.web.service.paris.ls.", "A").answers().size());
        assertEquals(4, ask("_WEB._TCP.service.paris.ls.", "SRV").answers().size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "paris.ls.",
                "service.paris.ls.",
                "_tcp.service.paris.ls.",
                "_udp.service.paris.ls.",
                "web.service.paris.ls."
            })
    void namesWithoutSuchARecordAreThere(String name) {
        assertNegative(DnsResponseCode.NOERROR, ask(name, "MX"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nobody.service.paris.ls.",
                "z.web.service.paris.ls.",
                "x.a.web.service.paris.ls.",
                "_nobody._tcp.service.paris.ls.",
                "web._tcp.service.paris.ls.",
                "_web._sctp.service.paris.ls.",
                "_web.service.paris.ls.",
                "x._web._tcp.service.paris.ls.",
                "web.paris.ls.",
                "ns.paris.ls.",
            })
    void namesThatAreNotThereAreDenied(String name) {
        for (String type : List.of("A", "SRV", "TXT", "ANY", "SOA")) {
            assertNegative(DnsResponseCode.NXDOMAIN, ask(name, type));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".",
                "ls.",
                "rome.ls.",
                "web.service.rome.ls.",
                "paris.ls.example.",
                "xparis.ls.",
                "1.0.0.10.in-addr.arpa."
            })
    void otherZonesAreNotOurs(String name) {
        Answers.Answer refused = ask(name, "A");
        assertEquals(Answers.Answer.refused(DnsResponseCode.REFUSED), refused);
        assertFalse(refused.authoritative());
    }

    @ParameterizedTest
    @CsvSource({"3, A", "255, A", "254, A", "0, A"})
    void otherClassesAreNotOurs(int dnsClass, String type) {
        DnsQuestion question = new DefaultDnsQuestion("web.service.paris.ls.", DnsRecordType.valueOf(type), dnsClass);
        assertEquals(Answers.Answer.refused(DnsResponseCode.REFUSED), answers.to(question, true));
    }

    @ParameterizedTest
    @ValueSource(ints = {41, 249, 250, 251, 252, 253, 254})
    void thereIsNoTransferAndNothingElseThatIsNoRecord(int type) {
        assertEquals(Answers.Answer.refused(DnsResponseCode.REFUSED), ask("paris.ls.", DnsRecordType.valueOf(type)));
    }

    @Test
    void aQuestionForAnythingGetsLittle() {
        for (String name : List.of("web.service.paris.ls.", "_web._tcp.service.paris.ls.", "paris.ls.")) {
            assertPositive(List.of(name + " 5 UNKNOWN \"RFC8482\" \"\""), ask(name, "ANY"));
        }
    }

    @Test
    void theZoneSaysWhoItIs() {
        assertPositive(List.of(SOA), ask("paris.ls.", "SOA"));
        assertPositive(List.of(SOA.replaceFirst("paris", "PARIS")), ask("PARIS.ls.", "SOA"));
        assertNegative(DnsResponseCode.NOERROR, ask("service.paris.ls.", "SOA"));
    }

    @Test
    void whoeverKnowsTooLittleSaysNothingOfItsZone() {
        for (String name : List.of("web.service.paris.ls.", "nobody.service.paris.ls.", "paris.ls.")) {
            assertEquals(
                    Answers.Answer.refused(DnsResponseCode.SERVFAIL),
                    answers.to(new DefaultDnsQuestion(name, DnsRecordType.A), false));
        }
        assertEquals(
                Answers.Answer.refused(DnsResponseCode.REFUSED),
                answers.to(new DefaultDnsQuestion("rome.ls.", DnsRecordType.A), false));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "host:80  | 10.0.0.1",
                "a b      | 10.0.0.1",
                "-a       | 10.0.0.1",
                "a.b      | 10.0.0.1",
                "ü        | 10.0.0.1",
                "x        | not a host",
                "x        | a..b",
                "x        | fe80::1%eth0",
                "x        | [::1]",
                "x        | host_name",
                "x        | .",
            })
    void whatDnsCannotSayIsForHttpAlone(String id, String address) {
        directory.add("odd", id, address, 80, 1);
        assertNegative(DnsResponseCode.NXDOMAIN, ask("odd.service.paris.ls.", "SRV"));
        directory.add("odd", "good", "10.0.0.2", 80, 1);
        assertEquals(1, ask("odd.service.paris.ls.", "SRV").answers().size());
    }

    @Test
    void aHostMayHaveADotAtItsEnd() {
        directory.add("dotted", "1", "host.example.", 80, 1);
        assertPositive(
                List.of("dotted.service.paris.ls. 5 SRV 0 1 80 host.example."), ask("dotted.service.paris.ls.", "SRV"));
    }

    @Test
    void instancesOfOneMachineHaveOneAddress() {
        directory.add("web", "d", "10.0.0.1", 8081, 1);
        assertEquals(1, ask("web.service.paris.ls.", "A").answers().size());
        assertEquals(4, ask("web.service.paris.ls.", "SRV").answers().size());
    }

    @Test
    void answersRotate() {
        directory.clear();
        for (int i = 1; i <= 4; i++) {
            directory.add("web", "n" + i, "10.0.0." + i, 80, 1);
        }
        Set<String> first = new HashSet<>();
        Set<List<String>> orders = new HashSet<>();
        for (int i = 0; i < 400; i++) {
            List<String> order = ask("web.service.paris.ls.", "A").answers().stream()
                    .map(Messages::line)
                    .toList();
            assertEquals(4, new HashSet<>(order).size(), "each of them, each time");
            first.add(order.get(0));
            orders.add(order);
        }
        assertEquals(4, first.size());
        assertEquals(24, orders.size());
    }

    @Test
    void whatChangesIsAnsweredAtOnce() {
        assertEquals(1, ask("web.service.paris.ls.", "A").answers().size());
        directory.add("web", "d", "10.0.0.9", 80, 1);
        assertEquals(2, ask("web.service.paris.ls.", "A").answers().size());
        directory.clear();
        assertNegative(DnsResponseCode.NXDOMAIN, ask("web.service.paris.ls.", "A"));
    }

    @Test
    void aReplyNamesABoundedNumber() {
        for (int i = 0; i < 2_000; i++) {
            directory.add("huge", "n" + i, "10.1." + i / 250 + "." + i % 250, 80, 1 + i % 3);
        }
        Answers.Answer some = ask("huge.service.paris.ls.", "A");
        assertEquals(Answers.MAX_INSTANCES, new HashSet<>(lines(some.answers())).size());
    }

    @Test
    void aCellNeedsANameInDns() {
        assertThrows(IllegalArgumentException.class, () -> new Zone("my cell", label -> List.of()));
    }
}
