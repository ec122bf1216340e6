package io.lockservice.server.dns;

import io.netty.handler.codec.dns.AbstractDnsOptPseudoRrRecord;
import io.netty.handler.codec.dns.DnsQuery;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsSection;

/**
 * What a query says of EDNS (RFC 6891).
 *
 * @param present whether it says anything
 * @param wellFormed whether that makes sense: one OPT record, of the root
 * @param payloadBytes the largest datagram that the client takes
 * @param version what it speaks; here that is 0
 */
record Edns(boolean present, boolean wellFormed, int payloadBytes, int version) {
    /** The largest reply in a datagram: it crosses any network in one piece. */
    static final int MAX_PAYLOAD_BYTES = 1_232;

    /** The largest reply in a datagram for who says nothing. */
    static final int PLAIN_PAYLOAD_BYTES = 512;

    private static final Edns NONE = new Edns(false, true, PLAIN_PAYLOAD_BYTES, 0);
    private static final int VERSION_SHIFT = 16;
    private static final int BYTE = 0xFF;

    static Edns of(DnsQuery query) {
        Edns found = NONE;
        int count = query.count(DnsSection.ADDITIONAL);
        for (int i = 0; i < count; i++) {
            DnsRecord record = query.recordAt(DnsSection.ADDITIONAL, i);
            if (record.type().equals(DnsRecordType.OPT)) {
                found = new Edns(
                        true,
                        !found.present && record.name().equals("."),
                        Math.min(MAX_PAYLOAD_BYTES, Math.max(PLAIN_PAYLOAD_BYTES, record.dnsClass())),
                        (int) (record.timeToLive() >> VERSION_SHIFT) & BYTE);
            }
        }
        return found;
    }

    /** The record that says the same of this side. */
    static DnsRecord record(int extendedCode) {
        return new Opt(extendedCode);
    }

    private static final class Opt extends AbstractDnsOptPseudoRrRecord {
        Opt(int extendedCode) {
            super(MAX_PAYLOAD_BYTES, extendedCode, 0);
        }
    }
}
