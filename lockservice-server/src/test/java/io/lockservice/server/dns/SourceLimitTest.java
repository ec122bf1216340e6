package io.lockservice.server.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lockservice.server.dns.SourceLimit.Allowance;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** How much each network is sent, on a clock that the test moves. */
final class SourceLimitTest {
    private static final long SECOND = 1_000_000_000;

    private final SourceLimit limit = new SourceLimit(new DnsSettings.Limits(10, 30, 1, 1), 99, -5 * SECOND);
    private long nowNanos = -5 * SECOND;

    private Map<Allowance, Integer> ask(String address, int times) {
        Map<Allowance, Integer> got = new HashMap<>();
        for (int i = 0; i < times; i++) {
            got.merge(limit.take(address, nowNanos), 1, Integer::sum);
        }
        return got;
    }

    @Test
    void wholeRepliesThenShortOnesThenNothing() {
        assertEquals(Map.of(Allowance.WHOLE, 10, Allowance.SHORT, 30, Allowance.NONE, 60), ask("192.0.2.1", 100));
        assertEquals(Map.of(Allowance.NONE, 1), ask("192.0.2.200", 1), "the same network");
        assertEquals(Map.of(Allowance.WHOLE, 1), ask("192.0.3.1", 1), "another one");
        nowNanos += SECOND / 10;
        assertEquals(Map.of(Allowance.WHOLE, 1, Allowance.SHORT, 3, Allowance.NONE, 1), ask("192.0.2.1", 5));
        nowNanos += 10 * SECOND;
        assertEquals(Map.of(Allowance.WHOLE, 10, Allowance.SHORT, 1), ask("192.0.2.1", 11), "a second's worth at once");
    }

    @Test
    void aNetworkOfIpv6Is56Bits() {
        ask("2001:db8:0:100::1", 10);
        assertEquals(Map.of(Allowance.SHORT, 1), ask("2001:db8:0:1ff:9::1", 1));
        assertEquals(Map.of(Allowance.WHOLE, 1), ask("2001:db8:0:200::1", 1));
    }

    @Test
    void thisMachineIsNotLimited() {
        assertEquals(Map.of(Allowance.WHOLE, 100), ask("127.0.0.1", 100));
        assertEquals(Map.of(Allowance.WHOLE, 100), ask("::1", 100));
        assertEquals(100 - 10, 100 - ask("::2", 100).getOrDefault(Allowance.WHOLE, 0));
    }

    @Test
    void allNetworksTogetherHaveABoundToo() {
        SplittableRandom random = new SplittableRandom(3);
        int whole = 0;
        for (int i = 0; i < 1_000_000; i++) {
            String address = random.nextInt(1, 127) + "." + random.nextInt(256) + "." + random.nextInt(256) + ".9";
            whole += limit.take(address, nowNanos) == Allowance.WHOLE ? 1 : 0;
        }
        assertEquals(10 * (1 << 14), whole);
    }
}
