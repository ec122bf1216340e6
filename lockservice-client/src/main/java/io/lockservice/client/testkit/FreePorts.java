package io.lockservice.client.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of the loopback interface that are free for TCP and UDP, below those that systems give to outgoing connections: such a connection could take the
 * port of a replica that is stopped for a while.
 */
final class FreePorts {
    private static final int FIRST = 10_000;
    private static final int BEHIND_LAST = 30_000;

    private FreePorts() {}

    /** As many that are free now; another process may still be quicker. */
    static List<Integer> find(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            while (sockets.size() < count) {
                int port = ThreadLocalRandom.current().nextInt(FIRST, BEHIND_LAST);
                InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
                ServerSocket socket = new ServerSocket();
                try (DatagramSocket datagrams = new DatagramSocket(null)) {
                    socket.bind(address);
                    datagrams.bind(address);
                    sockets.add(socket);
                } catch (BindException taken) {
                    socket.close();
                }
            }
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no free ports were found", e);
        }
        return sockets.stream().map(ServerSocket::getLocalPort).toList();
    }
}
