package io.lockservice.server.bus;

import static io.lockservice.server.bus.TestCell.await;
import static io.lockservice.server.bus.TestCell.line;
import static io.lockservice.server.bus.TestCell.message;
import static io.lockservice.server.bus.TestCell.send;
import static io.lockservice.server.bus.TestCell.untilOn;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.lockservice.replica.MessageCodec;
import io.lockservice.server.LogLines;
import io.lockservice.wire.WireWriter;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever arrives, the event loop goes on and the next good message is delivered. */
@Timeout(60)
class HostileFramesTest {
    private static final DeliveryOptions CODEC = new DeliveryOptions().setCodecName(EnvelopeCodec.NAME);

    private final TestCell cell = new TestCell(2);
    private ReplicaBus one = cell.open(1, 1);
    private ReplicaBus two = cell.open(2, 1);
    private final EventBus raw = one.vertx().eventBus();
    private final String address = new Addresses(TestCell.CELL).of(2);

    @BeforeEach
    void exchange() {
        send(one, 2, 1);
        untilOn(two, bus -> {}, () -> cell.received(2).contains(line(1, 1)));
    }

    @AfterEach
    void stillDelivers() {
        send(one, 2, 99);
        untilOn(two, bus -> {}, () -> cell.received(2).contains(line(1, 99)));
        cell.close();
    }

    @Test
    void damagedEnvelopesAreDroppedAndCounted() {
        Random random = new Random(5);
        byte[] good = envelope(TestCell.CELL, 1, 2).seal();
        for (int i = 0; i < 200; i++) {
            byte[] damaged = good.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            raw.send(address, damaged, CODEC);
        }
        untilOn(two, bus -> {}, () -> two.status().damaged() == 200);
        assertEquals(1, cell.received(2).size());
    }

    @Test
    void envelopesOfOthersAreDroppedAndCounted() {
        raw.send(address, envelope("rome", 1, 2).seal(), CODEC);
        raw.send(address, envelope(TestCell.CELL, 2, 2).seal(), CODEC);
        raw.send(address, envelope(TestCell.CELL, 3, 2).seal(), CODEC);
        untilOn(two, bus -> {}, () -> two.status().strangers() == 3);
        assertEquals(1, cell.received(2).size());
    }

    @Test
    void anEnvelopeThatIsTooLargeIsDropped() {
        raw.send(address, new byte[Envelope.MAX_BYTES + 1], CODEC);
        untilOn(two, bus -> {}, () -> two.status().damaged() == 1);
    }

    @Test
    void aMessageOfANewerVersionDoesNotTakeTheOthersWithIt() {
        byte[] newer = {(byte) 200, 1, 2};
        WireWriter known = new WireWriter();
        MessageCodec.write(message(5), known);
        Envelope mixed = new Envelope(TestCell.CELL, 1, new Incarnation(1, 7), 2, List.of(newer, known.toBytes()));
        raw.send(address, mixed.seal(), CODEC);
        untilOn(two, bus -> {}, () -> cell.received(2).contains(line(1, 5)));
        assertEquals(1, two.status().damaged());
    }

    @Test
    void bodiesOfOtherKindsAreDropped() {
        raw.send(address, "text");
        raw.send(address, 5);
        untilOn(two, bus -> {}, () -> two.status().damaged() == 2);
    }

    @Test
    void javaObjectsAreNeverRead() {
        raw.clusterSerializableChecker(name -> true).serializableChecker(name -> true);
        raw.send(address, new Trap());
        untilOn(two, bus -> {}, () -> two.status().damaged() == 1);
        assertFalse(Trap.sprung);
    }

    @Test
    void noiseOnThePortHarmsNobodyAndIsOneLineEach() throws IOException {
        Random random = new Random(8);
        try (LogLines log = new LogLines(BusVertx.class.getName())) {
            for (int length : new int[] {Integer.MIN_VALUE, -1, 0, 1, 2, 50, 100, 200}) {
                byte[] noise = new byte[Math.max(8, length)];
                random.nextBytes(noise);
                connectAndSend(ByteBuffer.allocate(4 + noise.length)
                        .putInt(length)
                        .put(noise)
                        .array());
            }
            assertFalse(log.containing("the event bus ignored something").isEmpty());
            assertEquals(List.of(), log.containing("unexpected failure"));
        }
    }

    private void connectAndSend(byte[] bytes) throws IOException {
        int port = cell.config().member(2).orElseThrow().bus();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
            socket.shutdownOutput();
            assertEquals(-1, socket.getInputStream().read());
        }
    }

    @Test
    void framesForUnknownAddressesAndCodecsAreIgnored() {
        raw.registerCodec(new OtherCodec());
        raw.send(address, new byte[] {1}, new DeliveryOptions().setCodecName("unknown"));
        await(raw.sender(new Addresses("rome").of(2), CODEC)
                .write(new byte[] {1})
                .transform(outcome -> io.vertx.core.Future.succeededFuture(outcome.failed())));
        assertEquals(0, two.status().damaged());
    }

    private static Envelope envelope(String cellName, int sender, long incarnation) {
        WireWriter out = new WireWriter();
        MessageCodec.write(message(7), out);
        return new Envelope(cellName, sender, new Incarnation(incarnation, 7), 1, List.of(out.toBytes()));
    }

    /** Remembers that it was read. */
    private static final class Trap implements Serializable {
        private static final long serialVersionUID = 1L;
        static volatile boolean sprung;

        private void readObject(ObjectInputStream in) {
            sprung = true;
        }
    }

    /** A codec that the receiver does not know. */
    private static final class OtherCodec implements io.vertx.core.eventbus.MessageCodec<byte[], byte[]> {
        private final EnvelopeCodec codec = new EnvelopeCodec();

        @Override
        public void encodeToWire(io.vertx.core.buffer.Buffer buffer, byte[] bytes) {
            codec.encodeToWire(buffer, bytes);
        }

        @Override
        public byte[] decodeFromWire(int position, io.vertx.core.buffer.Buffer buffer) {
            return codec.decodeFromWire(position, buffer);
        }

        @Override
        public byte[] transform(byte[] bytes) {
            return bytes;
        }

        @Override
        public String name() {
            return "unknown";
        }

        @Override
        public byte systemCodecID() {
            return -1;
        }
    }
}
