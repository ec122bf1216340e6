package io.lockservice.server.dns;

import io.lockservice.server.dns.DnsMetrics.Transport;
import io.netty.handler.codec.dns.DefaultDnsResponse;
import io.netty.handler.codec.dns.DnsOpCode;
import io.netty.handler.codec.dns.DnsQuery;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The reply to each query, no larger than it may be. Queries are not released here.
 *
 * <p>Threading: one event loop.
 */
final class Replies {
    /** The largest message on a connection. */
    private static final int MAX_TCP_BYTES = 65_535;

    private static final int HEADER_CODE_BITS = 4;
    private static final int HEADER_CODE_MASK = 0xF;

    private final Answers answers;

    /**
     * A reply that fits.
     *
     * @param message to be written, which releases it
     * @param code its whole code: of the header, with what EDNS adds to it
     * @param truncated whether it says that there is more by TCP
     */
    record Reply(DnsResponse message, int code, boolean truncated) {}

    Replies(Answers answers) {
        this.answers = answers;
    }

    /**
     * What is sent.
     *
     * @param fresh whether what this replica knows is not too old to be told
     */
    Reply to(DnsQuery query, Transport transport, boolean fresh) {
        Edns edns = Edns.of(query);
        Answers.Answer answer = answer(query, edns, fresh);
        int most = transport == Transport.TCP ? MAX_TCP_BYTES : edns.payloadBytes();
        return new Fitting(query, edns, most).reply(answer, transport == Transport.UDP);
    }

    /** No records, and that there is more by TCP: no larger than the query. */
    Reply cutShort(DnsQuery query) {
        Fitting reply = new Fitting(query, Edns.of(query), Edns.PLAIN_PAYLOAD_BYTES);
        reply.message.setTruncated(true);
        return reply.finish(DnsResponseCode.NOERROR, true);
    }

    private Answers.Answer answer(DnsQuery query, Edns edns, boolean fresh) {
        if (!query.opCode().equals(DnsOpCode.QUERY)) {
            return Answers.Answer.refused(DnsResponseCode.NOTIMP);
        }
        if (!edns.wellFormed() || query.count(DnsSection.QUESTION) != 1) {
            return Answers.Answer.refused(DnsResponseCode.FORMERR);
        }
        if (edns.version() > 0) {
            return Answers.Answer.refused(DnsResponseCode.BADVERS_OR_BADSIG);
        }
        return answers.to(query.recordAt(DnsSection.QUESTION), fresh);
    }

    /** A reply that grows as long as there is room. */
    private static final class Fitting {
        private final DnsResponse message;
        private final Edns edns;
        private int left;

        Fitting(DnsQuery query, Edns edns, int mostBytes) {
            this.edns = edns;
            left = mostBytes - Records.HEADER_BYTES - (edns.present() ? Records.OPT_BYTES : 0);
            message = new DefaultDnsResponse(query.id(), query.opCode());
            message.setRecursionDesired(query.isRecursionDesired());
            @Nullable Question question = question(query);
            if (question != null) {
                message.addRecord(DnsSection.QUESTION, question);
                left -= question.bytes();
            }
        }

        /** The question that is repeated: none where there is not one, or where the sections may mean something else. */
        private static @Nullable Question question(DnsQuery query) {
            boolean one = query.opCode().equals(DnsOpCode.QUERY) && query.count(DnsSection.QUESTION) == 1;
            return one ? query.recordAt(DnsSection.QUESTION) : null;
        }

        Reply reply(Answers.Answer answer, boolean moreByTcp) {
            message.setAuthoritativeAnswer(answer.authoritative());
            boolean whole = add(DnsSection.ANSWER, answer.answers()) && add(DnsSection.AUTHORITY, answer.authority());
            if (whole) {
                // What does not fit here is asked for (RFC 2181, section 9).
                add(DnsSection.ADDITIONAL, answer.additional());
            }
            boolean truncated = moreByTcp && !whole;
            message.setTruncated(truncated);
            return finish(answer.code(), truncated);
        }

        /** Those that fit, up to the first that does not; whether that was all. The others are released. */
        private boolean add(DnsSection section, List<DnsRecord> records) {
            for (DnsRecord each : records) {
                int bytes = Records.bytes(each);
                if (bytes > left) {
                    return false;
                }
                left -= bytes;
                message.addRecord(section, each);
            }
            return true;
        }

        Reply finish(DnsResponseCode code, boolean truncated) {
            message.setCode(DnsResponseCode.valueOf(code.intValue() & HEADER_CODE_MASK));
            if (edns.present()) {
                message.addRecord(DnsSection.ADDITIONAL, Edns.record(code.intValue() >> HEADER_CODE_BITS));
            }
            return new Reply(message, code.intValue(), truncated);
        }
    }
}
