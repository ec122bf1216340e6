package io.lockservice.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of the loopback address that are free. They are below those that the system gives to outgoing connections, one
 * of which could take them before they are used, or while a replica that has them is being started again.
 */
public final class FreePorts {
    private static final int FIRST_PORT = 10_000;
    private static final int LAST_PORT = 30_000;

    private FreePorts() {}

    /** So many ports, all held at once so that they differ. */
    public static List<Integer> take(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        while (sockets.size() < count) {
            bound(ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT)).ifPresent(sockets::add);
        }
        List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
        sockets.forEach(FreePorts::release);
        return ports;
    }

    private static Optional<ServerSocket> bound(int port) {
        try {
            return Optional.of(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
        } catch (IOException taken) {
            return Optional.empty();
        }
    }

    private static void release(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
