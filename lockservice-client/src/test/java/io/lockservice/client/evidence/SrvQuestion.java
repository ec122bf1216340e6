package io.lockservice.client.evidence;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/** Asks one replica by UDP for the SRV records of a service, one question after the other. Used by one thread. */
final class SrvQuestion implements AutoCloseable {
    private static final int SRV = 33;
    private static final int NXDOMAIN = 3;
    private static final int POINTER = 0xC0;
    private static final int MAX_REPLY_BYTES = 4_096;

    private final DatagramSocket socket = new DatagramSocket();
    private final Seen.View view;
    private final String service;
    private final byte[] query;
    private int number;

    SrvQuestion(int replica, int port, String service, int timeoutMs) throws IOException {
        this.view = new Seen.View(Seen.Kind.DNS, replica);
        this.service = service;
        this.query = query(service + ".service.test.ls");
        socket.setSoTimeout(timeoutMs);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    private static byte[] query(String name) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        // One question, and EDNS that allows replies of 1,232 bytes.
        out.writeBytes(new byte[] {0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1});
        for (String label : name.split("\\.", -1)) {
            out.write(label.length());
            out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        out.writeBytes(new byte[] {0, 0, SRV, 0, 1});
        out.writeBytes(new byte[] {0, 0, 41, 4, (byte) 0xD0, 0, 0, 0, 0, 0, 0});
        return out.toByteArray();
    }

    /** Asks, and waits for the reply. */
    Seen ask() throws IOException {
        number = (number + 1) & 0xFFFF;
        ByteBuffer.wrap(query).putShort((short) number);
        long sentNanos = System.nanoTime();
        try {
            socket.send(new DatagramPacket(query, query.length));
            DatagramPacket reply = new DatagramPacket(new byte[MAX_REPLY_BYTES], MAX_REPLY_BYTES);
            do {
                // One that came too late for the question before is not the answer to this.
                socket.receive(reply);
            } while ((ByteBuffer.wrap(reply.getData()).getShort() & 0xFFFF) != number);
            return read(ByteBuffer.wrap(reply.getData(), 0, reply.getLength()), sentNanos);
        } catch (SocketTimeoutException | PortUnreachableException e) {
            return new Seen(view, sentNanos, System.nanoTime(), Seen.Outcome.SILENCE, Set.of(), 0);
        }
    }

    private Seen read(ByteBuffer reply, long sentNanos) throws IOException {
        long nowNanos = System.nanoTime();
        int code = reply.get(3) & 0xF;
        if (code != 0 && code != NXDOMAIN) {
            return new Seen(view, sentNanos, nowNanos, Seen.Outcome.REFUSED, Set.of(), 0);
        }
        int answers = reply.getShort(6);
        reply.position(12);
        name(reply);
        reply.position(reply.position() + 4);
        Set<Place> places = new HashSet<>();
        for (int i = 0; i < answers; i++) {
            name(reply);
            int type = reply.getShort();
            reply.position(reply.position() + 6);
            int end = reply.getShort() + reply.position();
            if (type == SRV) {
                int port = reply.getShort(reply.position() + 4) & 0xFFFF;
                reply.position(reply.position() + 6);
                String target = name(reply);
                if (!places.add(new Place(service, target.substring(0, target.indexOf('.')), port))) {
                    throw new IOException(view + " tells " + target + " twice");
                }
            }
            reply.position(end);
        }
        return new Seen(view, sentNanos, nowNanos, Seen.Outcome.ANSWER, places, 0);
    }

    private static String name(ByteBuffer reply) {
        StringBuilder name = new StringBuilder();
        int back = -1;
        for (int length = reply.get() & 0xFF; length != 0; length = reply.get() & 0xFF) {
            if (length >= POINTER) {
                int to = (length & ~POINTER) << 8 | (reply.get() & 0xFF);
                back = back < 0 ? reply.position() : back;
                reply.position(to);
            } else {
                byte[] label = new byte[length];
                reply.get(label);
                name.append(new String(label, StandardCharsets.US_ASCII)).append('.');
            }
        }
        if (back >= 0) {
            reply.position(back);
        }
        return name.toString();
    }

    @Override
    public void close() {
        socket.close();
    }
}
