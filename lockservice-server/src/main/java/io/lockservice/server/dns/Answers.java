package io.lockservice.server.dns;

import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a question is answered with, from the services as they are now.
 *
 * <p>Threading: one event loop.
 */
final class Answers {
    /** A reply names so many instances at most, whatever its size: what a query costs has a bound. */
    static final int MAX_INSTANCES = 256;

    private static final DnsRecordType HINFO = DnsRecordType.valueOf(13);

    /** Types from here to {@link #LAST_OF_QUERIES} are no records but wishes: transfers, signatures, mail. */
    private static final int FIRST_OF_QUERIES = 249;

    private static final int LAST_OF_QUERIES = 254;

    /**
     * What is known about a question, before anybody looks at how much fits into a reply.
     *
     * @param code whether there is such a name, or why nothing is said
     * @param authoritative whether the name is in this zone
     * @param answers the records that were asked for
     * @param authority the zone's SOA record where there are none
     * @param additional what will be asked for next; left out where it does not fit
     */
    record Answer(
            DnsResponseCode code,
            boolean authoritative,
            List<DnsRecord> answers,
            List<DnsRecord> authority,
            List<DnsRecord> additional) {
        /** Nothing but a code. */
        static Answer refused(DnsResponseCode code) {
            return new Answer(code, false, List.of(), List.of(), List.of());
        }
    }

    private final Zone zone;
    private final RandomGenerator random;
    private final LongSupplier serial;
    private final long ttlSeconds;

    /**
     * Answers from {@code zone}.
     *
     * @param serial grows when something changes
     * @param ttlSeconds how long an answer may be kept, also that there is none
     */
    Answers(Zone zone, RandomGenerator random, LongSupplier serial, long ttlSeconds) {
        this.zone = zone;
        this.random = random;
        this.serial = serial;
        this.ttlSeconds = ttlSeconds;
    }

    /**
     * The answer to {@code question}.
     *
     * @param fresh whether what this replica knows is not too old to be told
     */
    Answer to(DnsQuestion question, boolean fresh) {
        Zone.@Nullable Place place = zone.at(question.name());
        if (place == null || question.dnsClass() != DnsRecord.CLASS_IN || isWish(question.type())) {
            return Answer.refused(DnsResponseCode.REFUSED);
        }
        if (!fresh) {
            return Answer.refused(DnsResponseCode.SERVFAIL);
        }
        if (place instanceof Zone.Place.Nothing) {
            return negative(DnsResponseCode.NXDOMAIN);
        }
        if (question.type().equals(DnsRecordType.ANY)) {
            return positive(List.of(record(question, HINFO, Records.rfc8482())), List.of());
        }
        if (place instanceof Zone.Place.Named named) {
            return named(question, named.offer());
        }
        if (place instanceof Zone.Place.Located located) {
            return located(question, located.offer());
        }
        boolean soa = place instanceof Zone.Place.Apex && question.type().equals(DnsRecordType.SOA);
        return soa ? positive(List.of(soa(question.name())), List.of()) : negative(DnsResponseCode.NOERROR);
    }

    private static boolean isWish(DnsRecordType type) {
        int number = type.intValue();
        return type.equals(DnsRecordType.OPT) || (number >= FIRST_OF_QUERIES && number <= LAST_OF_QUERIES);
    }

    private Answer named(DnsQuestion question, Offer offer) {
        DnsRecordType type = question.type();
        if (type.equals(DnsRecordType.A)) {
            return addresses(question, offer.ipv4());
        }
        if (type.equals(DnsRecordType.AAAA)) {
            return addresses(question, offer.ipv6());
        }
        if (type.equals(DnsRecordType.TXT)) {
            return positive(
                    choose(offer.all()).stream()
                            .map(each -> record(question, DnsRecordType.TXT, each.text()))
                            .toList(),
                    List.of());
        }
        return type.equals(DnsRecordType.SRV) ? places(question, offer) : negative(DnsResponseCode.NOERROR);
    }

    private Answer located(DnsQuestion question, Offer offer) {
        if (question.type().equals(DnsRecordType.PTR)) {
            return positive(
                    choose(offer.all()).stream()
                            .map(Target::name)
                            .distinct()
                            .map(each -> Records.ptr(question.name(), ttlSeconds, each))
                            .toList(),
                    List.of());
        }
        return question.type().equals(DnsRecordType.SRV) ? places(question, offer) : negative(DnsResponseCode.NOERROR);
    }

    /** Instances on the same machine have one record, with the chances of all of them. */
    private Answer addresses(DnsQuestion question, Targets targets) {
        Set<ByteBuffer> seen = new HashSet<>();
        List<DnsRecord> records = new ArrayList<>();
        for (Target each : choose(targets)) {
            byte[] address = each.address();
            if (address != null && seen.add(ByteBuffer.wrap(address))) {
                records.add(record(question, question.type(), address));
            }
        }
        return positive(records, List.of());
    }

    private Answer places(DnsQuestion question, Offer offer) {
        List<DnsRecord> places = new ArrayList<>();
        List<DnsRecord> addresses = new ArrayList<>();
        for (Target each : choose(offer.all())) {
            places.add(record(question, DnsRecordType.SRV, each.srv()));
            byte[] address = each.address();
            if (address != null) {
                DnsRecordType type = each.isIpv4() ? DnsRecordType.A : DnsRecordType.AAAA;
                addresses.add(Records.raw(each.name(), type, ttlSeconds, address));
            }
        }
        return positive(places, addresses);
    }

    private List<Target> choose(Targets targets) {
        return targets.isEmpty() ? List.of() : targets.choose(MAX_INSTANCES, random);
    }

    private DnsRecord record(DnsQuestion question, DnsRecordType type, byte[] data) {
        return Records.raw(question.name(), type, ttlSeconds, data);
    }

    private DnsRecord soa(String owner) {
        return Records.raw(
                owner, DnsRecordType.SOA, ttlSeconds, Records.soa(zone.apex(), serial.getAsLong(), ttlSeconds));
    }

    /** Where the name is there but no such record, that is said. */
    private Answer positive(List<DnsRecord> answers, List<DnsRecord> additional) {
        return answers.isEmpty()
                ? negative(DnsResponseCode.NOERROR)
                : new Answer(DnsResponseCode.NOERROR, true, answers, List.of(), additional);
    }

    /** RFC 2308: for how long it may be kept that there is nothing is told by the SOA record. */
    private Answer negative(DnsResponseCode code) {
        return new Answer(code, true, List.of(), List.of(soa(zone.apex())), List.of());
    }
}
