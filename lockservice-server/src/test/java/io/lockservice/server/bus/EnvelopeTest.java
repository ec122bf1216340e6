package io.lockservice.server.bus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.wire.WireException;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class EnvelopeTest {
    private static final Envelope ENVELOPE = new Envelope(
            "paris",
            255,
            new Incarnation(Long.MAX_VALUE, -5),
            300,
            List.of(new byte[] {1, 2, 3}, new byte[0], new byte[70_000]));

    @Test
    void opensWhatItSealed() {
        Envelope opened = Envelope.open(ENVELOPE.seal());
        assertEquals("paris", opened.cell());
        assertEquals(255, opened.sender());
        assertEquals(Long.MAX_VALUE, opened.incarnation().process());
        assertEquals(-5, opened.incarnation().data());
        assertEquals(300, opened.number());
        assertEquals(3, opened.messages().size());
        for (int i = 0; i < 3; i++) {
            assertArrayEquals(ENVELOPE.messages().get(i), opened.messages().get(i));
        }
    }

    /** The bytes of format 1: a change here breaks replicas one version apart. */
    @Test
    void theBytesAreThoseOfFormat1() {
        byte[] sealed = new Envelope("a", 1, new Incarnation(2, 7), 3, List.of(new byte[] {9})).seal();
        assertEquals("0101610102000000000000000703010109", HexFormat.of().formatHex(sealed, 0, sealed.length - 4));
    }

    @Test
    void everyFlippedBitIsNoticed() {
        byte[] sealed =
                new Envelope("paris", 1, new Incarnation(2, 7), 3, List.of(new byte[] {1, 2, 3}, new byte[20])).seal();
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] damaged = sealed.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThrows(WireException.class, () -> Envelope.open(damaged));
        }
    }

    @Test
    void everyTruncationIsNoticed() {
        byte[] sealed =
                new Envelope("paris", 1, new Incarnation(2, 7), 3, List.of(new byte[] {1, 2, 3}, new byte[20])).seal();
        for (int length = 0; length < sealed.length; length++) {
            byte[] cut = Arrays.copyOf(sealed, length);
            assertThrows(WireException.class, () -> Envelope.open(cut));
        }
    }

    @Test
    void damageUnderAGoodChecksumIsAWireExceptionAndNothingElse() {
        Random random = new Random(3);
        byte[] sealed =
                new Envelope("paris", 1, new Incarnation(2, 7), 3, List.of(new byte[] {1, 2, 3}, new byte[20])).seal();
        int opened = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] damaged = sealed.clone();
            damaged[random.nextInt(sealed.length - 4)] = (byte) random.nextInt(256);
            damaged[random.nextInt(sealed.length - 4)] = (byte) random.nextInt(256);
            try {
                Envelope.open(withChecksum(damaged));
                opened++;
            } catch (WireException refused) {
                assertTrue(refused.getMessage() != null);
            }
        }
        assertTrue(opened > 0, "the checksum of this test is wrong");
    }

    @Test
    void anotherFormatIsRefused() {
        byte[] sealed = ENVELOPE.seal();
        sealed[0] = 2;
        WireException refused = assertThrows(WireException.class, () -> Envelope.open(withChecksum(sealed)));
        assertTrue(String.valueOf(refused.getMessage()).contains("format 2"));
    }

    @Test
    void theCodecCarriesTheBytesFromAnywhereInTheFrame() {
        EnvelopeCodec codec = new EnvelopeCodec();
        Buffer frame = Buffer.buffer("head");
        codec.encodeToWire(frame, new byte[] {1, 2, 3});
        assertArrayEquals(new byte[] {1, 2, 3}, codec.decodeFromWire(4, frame));
    }

    @Test
    void theCodecRefusesAFrameThatIsTooLarge() {
        EnvelopeCodec codec = new EnvelopeCodec();
        Buffer frame = Buffer.buffer(new byte[Envelope.MAX_BYTES + 1]);
        assertThrows(WireException.class, () -> codec.decodeFromWire(0, frame));
        assertEquals(Envelope.MAX_BYTES, codec.decodeFromWire(1, frame).length);
    }

    private static byte[] withChecksum(byte[] sealed) {
        CRC32C crc = new CRC32C();
        crc.update(sealed, 0, sealed.length - 4);
        ByteBuffer.wrap(sealed).putInt(sealed.length - 4, (int) crc.getValue());
        return sealed;
    }
}
