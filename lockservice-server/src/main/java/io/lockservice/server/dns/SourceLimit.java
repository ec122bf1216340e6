package io.lockservice.server.dns;

import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * How much is sent to whom by UDP, where anybody can write any sender: to each network, a /24 of IPv4 or a /56 of IPv6, so many
 * whole replies a second, and then so many short ones. This machine itself is not limited: nobody else can send as it. Networks
 * that happen to share a place share what there is, so memory is bounded, and nobody can choose with whom.
 *
 * <p>Threading: one event loop.
 */
final class SourceLimit {
    /** What a sender gets. */
    enum Allowance {
        WHOLE,
        SHORT,
        NONE
    }

    private static final int PLACES = 1 << 14;
    private static final int IPV4_NETWORK_BYTES = 3;
    private static final int IPV6_NETWORK_BYTES = 7;
    private static final int IPV4_BYTES = 4;
    private static final int LOOPBACK_NETWORK = 127;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long MIX = 0x9E3779B97F4A7C15L;
    private static final int HIGH_BITS = 32;

    private final long secret;
    private final long startNanos;
    private final Rate whole;
    private final Rate cut;

    /**
     * Limits from {@code nowNanos} on.
     *
     * @param secret decides which networks share a place
     */
    SourceLimit(DnsSettings.Limits limits, long secret, long nowNanos) {
        this.secret = secret;
        this.startNanos = nowNanos;
        this.whole = new Rate(limits.repliesPerSecond());
        this.cut = new Rate(limits.shortRepliesPerSecond());
    }

    /** What the sender of a query gets, which counts against it. */
    Allowance take(String address, long nowNanos) {
        byte @Nullable [] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        byte[] known = bytes == null ? address.getBytes(StandardCharsets.UTF_8) : bytes;
        if (isThisMachine(known)) {
            return Allowance.WHOLE;
        }
        int place = place(known);
        if (whole.take(place, nowNanos - startNanos)) {
            return Allowance.WHOLE;
        }
        return cut.take(place, nowNanos - startNanos) ? Allowance.SHORT : Allowance.NONE;
    }

    private static boolean isThisMachine(byte[] address) {
        if (address.length == IPV4_BYTES) {
            return address[0] == LOOPBACK_NETWORK;
        }
        int sum = 0;
        for (byte each : address) {
            sum += each & 0xFF;
        }
        return sum == 1 && address[address.length - 1] == 1;
    }

    private int place(byte[] address) {
        int network = address.length == IPV4_BYTES ? IPV4_NETWORK_BYTES : Math.min(IPV6_NETWORK_BYTES, address.length);
        long hash = secret ^ address.length;
        for (int i = 0; i < network; i++) {
            hash = (hash ^ (address[i] & 0xFF)) * MIX;
            hash ^= hash >>> HIGH_BITS;
        }
        return (int) (hash & (PLACES - 1));
    }

    /** So many a second, a second's worth at once. */
    private static final class Rate {
        private final long everyNanos;
        private final long[] nextNanos = new long[PLACES];

        Rate(int perSecond) {
            everyNanos = (NANOS_PER_SECOND + perSecond - 1) / perSecond;
        }

        /** One more has its time behind the one before; where that is more than a second ahead there is none. */
        boolean take(int place, long nowNanos) {
            long next = Math.max(nextNanos[place], nowNanos);
            if (next - nowNanos >= NANOS_PER_SECOND) {
                return false;
            }
            nextNanos[place] = next + everyNanos;
            return true;
        }
    }
}
