package io.lockservice.server.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** That the program measures; what, is for a machine that does nothing else. */
@Timeout(60)
final class DnsBenchTest {
    private static final int NXDOMAIN = 3;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    /** Knows no name, and loses the first query. */
    private static void answer(DatagramSocket socket) {
        DatagramPacket packet = new DatagramPacket(new byte[2_000], 2_000);
        try {
            socket.receive(packet);
            while (true) {
                socket.receive(packet);
                packet.getData()[2] |= (byte) 0x80;
                packet.getData()[3] = NXDOMAIN;
                socket.send(packet);
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    @Test
    void repliesAreCounted() throws Exception {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            new Thread(() -> answer(socket)).start();
            String server = "127.0.0.1:" + socket.getLocalPort();
            JsonObject line = DnsBench.run(
                    new String[] {"--server", server, "--seconds", "1", "--sockets", "2", "--outstanding", "3"}, out);
            assertEquals(line, new JsonObject(printed.toString(StandardCharsets.UTF_8)));
            long answered = line.getLong("answered");
            assertTrue(answered > 0 && line.getLong("p50Us") >= 0 && line.getLong("p99Us") >= line.getLong("p50Us"));
            assertEquals(answered, line.getJsonObject("codes").getLong("3"), printed.toString(StandardCharsets.UTF_8));
        }
    }

    @Test
    void whatItDoesNotKnowItSays() {
        assertThrows(IllegalArgumentException.class, () -> DnsBench.run(new String[] {"--sockets", "0"}, out));
        assertThrows(IllegalArgumentException.class, () -> DnsBench.run(new String[] {"--port", "53"}, out));
        assertThrows(IllegalArgumentException.class, () -> DnsBench.run(new String[] {"--names"}, out));
    }
}
