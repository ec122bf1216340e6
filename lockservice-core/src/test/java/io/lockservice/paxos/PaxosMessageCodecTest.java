package io.lockservice.paxos;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.log.LogEntry;
import io.lockservice.log.ProposalNumber;
import io.lockservice.log.Value;
import io.lockservice.wire.WireException;
import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PaxosMessageCodecTest {
    private static final ProposalNumber NUMBER = new ProposalNumber(300, 2);
    private static final ProposalNumber LARGEST = new ProposalNumber(Long.MAX_VALUE, 255);
    private static final Value VALUE = Value.batch(List.of(new byte[] {1, 2, 3}, new byte[0], new byte[200]));

    static List<PaxosMessage> messages() {
        return List.of(
                new PaxosMessage.Probe(-5, 7),
                new PaxosMessage.ProbeAnswer(7, true, ProposalNumber.NONE),
                new PaxosMessage.ProbeAnswer(Long.MIN_VALUE, false, LARGEST),
                new PaxosMessage.Prepare(NUMBER, 1),
                new PaxosMessage.Promise(NUMBER, 4, List.of(), 0, 3),
                new PaxosMessage.Promise(LARGEST, 4, entries(), 7, 3),
                new PaxosMessage.Rejected(NUMBER, LARGEST),
                new PaxosMessage.Accept(NUMBER, 9, 4, VALUE, 3),
                new PaxosMessage.Accept(NUMBER, 9, Long.MAX_VALUE, Value.NO_OP, 3),
                new PaxosMessage.Accepted(NUMBER, 9, 4),
                new PaxosMessage.Heartbeat(NUMBER, 10, 4, 7),
                new PaxosMessage.HeartbeatAnswer(NUMBER, 10, 4),
                new PaxosMessage.CatchUp(2),
                new PaxosMessage.ChosenEntries(entries(), 6),
                new PaxosMessage.ChosenEntries(List.of(), 0),
                new PaxosMessage.Resigned(NUMBER, 3));
    }

    private static List<LogEntry> entries() {
        return List.of(
                new LogEntry(4, NUMBER, VALUE),
                new LogEntry(5, ProposalNumber.NONE, Value.NO_OP),
                new LogEntry(6, LARGEST, Value.batch(List.of())));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void readsWhatItWrote(PaxosMessage message) {
        WireReader in = new WireReader(encode(message));
        assertEquals(message, PaxosMessageCodec.read(in));
        in.expectEnd();
    }

    @Test
    void theListAboveHasEveryKindOfMessage() {
        Set<Class<?>> tested = messages().stream().map(Object::getClass).collect(Collectors.toSet());
        kinds(PaxosMessage.class).forEach(kind -> assertTrue(tested.contains(kind), kind + " is not tested"));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void aMessageCutShortIsRefused(PaxosMessage message) {
        byte[] whole = encode(message);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThrows(WireException.class, () -> PaxosMessageCodec.read(new WireReader(cut)));
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    void damageIsRefusedOrGivesAnotherMessageButNothingElse(PaxosMessage message) {
        Random random = new Random(20261123);
        byte[] whole = encode(message);
        for (int round = 0; round < 2_000; round++) {
            byte[] damaged = whole.clone();
            int flips = 1 + random.nextInt(3);
            for (int i = 0; i < flips; i++) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            assertReadOrRefused(damaged);
        }
    }

    @Test
    void noiseIsRefusedOrGivesAMessageButNothingElse() {
        Random random = new Random(11);
        for (int round = 0; round < 20_000; round++) {
            byte[] noise = new byte[1 + random.nextInt(60)];
            random.nextBytes(noise);
            noise[0] = (byte) random.nextInt(14);
            assertReadOrRefused(noise);
        }
    }

    @Test
    void aNegativeSlotIsRefused() {
        WireWriter out = new WireWriter();
        out.tag(10).number(-1);
        assertThrows(WireException.class, () -> PaxosMessageCodec.read(new WireReader(out.toBytes())));
    }

    /** The bytes of version 1: a change here breaks replicas one version apart. */
    @Test
    void theBytesAreThoseOfVersion1() {
        PaxosMessage accept = new PaxosMessage.Accept(NUMBER, 9, 4, Value.batch(List.of(new byte[] {7})), 3);
        assertArrayEquals(HexFormat.of().parseHex("06ac020209040401010107" + "03"), encode(accept));
        assertArrayEquals(
                HexFormat.of().parseHex("08ac02020a0407"), encode(new PaxosMessage.Heartbeat(NUMBER, 10, 4, 7)));
    }

    private static void assertReadOrRefused(byte[] bytes) {
        try {
            PaxosMessage read = PaxosMessageCodec.read(new WireReader(bytes));
            assertEquals(read, PaxosMessageCodec.read(new WireReader(encode(read))));
        } catch (WireException refused) {
            assertTrue(refused.getMessage() != null && !refused.getMessage().isEmpty());
        }
    }

    private static Stream<Class<?>> kinds(Class<?> sealed) {
        return sealed.isSealed()
                ? Arrays.stream(sealed.getPermittedSubclasses()).flatMap(PaxosMessageCodecTest::kinds)
                : Stream.of(sealed);
    }

    private static byte[] encode(PaxosMessage message) {
        WireWriter out = new WireWriter();
        PaxosMessageCodec.write(message, out);
        return out.toBytes();
    }
}
