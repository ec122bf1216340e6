package io.lockservice.api.codec;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import io.lockservice.wire.WireException;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;

/** Feeds a decoder with bytes that are not what was encoded. It may only refuse them, or take them for another value. */
public final class DamagedBytes {
    private DamagedBytes() {}

    /** Every proper prefix of what was encoded, and one byte more, must be refused. */
    public static void assertCutAndExtendedRefused(byte[] encoded, Consumer<byte[]> decoder) {
        for (int length = 0; length < encoded.length; length++) {
            byte[] prefix = Arrays.copyOf(encoded, length);
            assertThrows(WireException.class, () -> decoder.accept(prefix));
        }
        assertThrows(WireException.class, () -> decoder.accept(Arrays.copyOf(encoded, encoded.length + 1)));
    }

    /** Random bit flips, and random bytes behind a right beginning, must not throw anything but a refusal. */
    public static void assertNothingElseThrown(byte[] encoded, Consumer<byte[]> decoder, Random random) {
        for (int i = 0; i < 20; i++) {
            byte[] flipped = encoded.clone();
            for (int flips = random.nextInt(3); flips >= 0; flips--) {
                flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
            }
            decode(flipped, decoder);
            byte[] noise = new byte[random.nextInt(60)];
            random.nextBytes(noise);
            System.arraycopy(encoded, 0, noise, 0, Math.min(random.nextInt(4), Math.min(noise.length, encoded.length)));
            decode(noise, decoder);
        }
    }

    private static void decode(byte[] bytes, Consumer<byte[]> decoder) {
        try {
            decoder.accept(bytes);
        } catch (WireException refused) {
            return;
        } catch (RuntimeException | Error e) {
            fail("decoding " + Arrays.toString(bytes) + " threw something else", e);
        }
    }
}
