package io.lockservice.server;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.server.config.CellConfig;
import io.lockservice.server.storage.DataDirectory;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica that cannot start says so: whoever waits for it is told, and what it had opened is closed. */
final class RefusedStartTest {
    private static final String CELL = "refused";

    @TempDir
    private Path data;

    @Test
    void aPortInUseIsSaidAndTheDirectoryIsFree() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String refusal = refusal(taken.getLocalPort());
            assertTrue(refusal.contains("cannot listen on 127.0.0.1:" + taken.getLocalPort()), refusal);
        }
        DataDirectory.open(data, CELL, 1).close();
    }

    @Test
    void aDnsPortInUseIsSaidAndTheDirectoryIsFree() throws Exception {
        // One that is free by TCP, which is listened on first.
        int port = FreePorts.take(1).get(0);
        try (DatagramSocket taken = new DatagramSocket(port, InetAddress.getLoopbackAddress())) {
            String refusal = String.valueOf(
                    assertThrows(ExecutionException.class, () -> start(0, port)).getMessage());
            assertTrue(taken.isBound());
            assertTrue(refusal.contains("cannot listen on 127.0.0.1:" + port + " for DNS by UDP"), refusal);
        }
        DataDirectory.open(data, CELL, 1).close();
    }

    @Test
    void aDamagedJournalIsSaid() throws Exception {
        start(0).stop().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        Path segment = data.resolve("journal").resolve("segment-0000000000000001.journal");
        byte[] bytes = Files.readAllBytes(segment);
        bytes[0] ^= 1;
        Files.write(segment, bytes);
        String refusal = refusal(0);
        assertTrue(refusal.contains("this is not the header of a journal segment"), refusal);
    }

    private String refusal(int httpPort) {
        return String.valueOf(
                assertThrows(ExecutionException.class, () -> start(httpPort)).getMessage());
    }

    private ReplicaServer start(int httpPort) throws Exception {
        return start(httpPort, 0);
    }

    private ReplicaServer start(int httpPort, int dnsPort) throws Exception {
        CellConfig config = CellConfig.of(
                CELL, List.of(new CellConfig.Member(1, "127.0.0.1", "127.0.0.1", freePort(), httpPort, dnsPort)));
        return ReplicaServer.start(config, 1, data, failure -> {})
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    /** For the bus, which must know its port beforehand. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
