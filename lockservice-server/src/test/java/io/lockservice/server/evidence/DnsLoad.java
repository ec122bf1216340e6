package io.lockservice.server.evidence;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks a replica's DNS door by UDP, so many queries a second from one thread, and says how many were answered and how late.
 * Latencies count from the moment at which a query was due. Arguments: the replica's HTTP address, its DNS port, queries a
 * second, seconds, instances of the service that is asked for.
 */
public final class DnsLoad {
    private static final String SERVICE = "dnsload";
    private static final int IDS = 1 << 16;
    private static final long SECOND_NANOS = 1_000_000_000;
    private static final long LAST_REPLIES_NANOS = SECOND_NANOS;
    private static final long REST_NANOS = 50_000;
    private static final int RECEIVED_BYTES = 1 << 20;
    private static final int TRUNCATED = 2;
    private static final int CODE = 0xF;

    private final DatagramChannel channel = DatagramChannel.open();
    private final ByteBuffer in = ByteBuffer.allocate(2_000);
    private final long[] dueNanos = new long[IDS];
    private final long[] latencies;
    private int answered;
    private int refused;
    private int truncated;

    private DnsLoad(int port, int queries) throws IOException {
        latencies = new long[queries];
        channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVED_BYTES);
        channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.configureBlocking(false);
    }

    /** Runs it; the service is gone afterwards. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        String http = arguments.length > 0 ? arguments[0] : "http://127.0.0.1:7301";
        int port = number(arguments, 1, 7_351);
        int perSecond = number(arguments, 2, 5_000);
        int seconds = number(arguments, 3, 10);
        int instances = number(arguments, 4, 10);
        HttpClient client = HttpClient.newHttpClient();
        String session = new JsonObject(send(client, "POST", http + "/v1/sessions", "{\"leaseMs\":600000}", ""))
                .getString("session");
        for (int i = 0; i < instances; i++) {
            String where = http + "/v1/services/" + SERVICE + "/n" + i;
            send(
                    client,
                    "PUT",
                    where,
                    "{\"address\":\"10.0.0." + i + "\",\"port\":80,\"weight\":" + (1 + i) + "}",
                    session);
        }
        String cell = new JsonObject(send(client, "GET", http + "/v1/cell", "", "")).getString("cell");
        DnsLoad load = new DnsLoad(port, perSecond * seconds);
        load.run(query(SERVICE + ".service." + cell + ".ls"), perSecond);
        load.print(perSecond, seconds);
        send(client, "DELETE", http + "/v1/sessions/" + session, "", "");
    }

    private static int number(String[] arguments, int place, int standard) {
        return arguments.length > place ? Integer.parseInt(arguments[place]) : standard;
    }

    private static String send(HttpClient client, String method, String url, String body, String session)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", "application/json");
        if (!session.isEmpty()) {
            request.header("Lockservice-Session", session);
        }
        HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
            throw new IOException(method + " " + url + ": " + response.body());
        }
        return response.body();
    }

    /** A question for addresses, with EDNS. */
    private static byte[] query(String name) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1});
        for (String label : name.split("\\.", -1)) {
            out.write(label.length());
            out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        out.writeBytes(new byte[] {0, 0, 1, 0, 1});
        out.writeBytes(new byte[] {0, 0, 41, 4, (byte) 0xD0, 0, 0, 0, 0, 0, 0});
        return out.toByteArray();
    }

    private void run(byte[] query, int perSecond) throws IOException {
        long startNanos = System.nanoTime();
        ByteBuffer out = ByteBuffer.wrap(query);
        for (int i = 0; i < latencies.length; i++) {
            long due = startNanos + i * SECOND_NANOS / perSecond;
            while (System.nanoTime() - due < 0) {
                if (!read()) {
                    LockSupport.parkNanos(REST_NANOS);
                }
            }
            dueNanos[i % IDS] = due;
            out.clear().putShort(0, (short) i);
            while (channel.write(out) == 0) {
                read();
            }
        }
        long endNanos = System.nanoTime() + LAST_REPLIES_NANOS;
        while (answered + refused < latencies.length && System.nanoTime() - endNanos < 0) {
            read();
        }
        channel.close();
    }

    /** Whether there was a reply. */
    private boolean read() throws IOException {
        in.clear();
        if (channel.read(in) <= 0) {
            return false;
        }
        truncated += (in.get(2) & TRUNCATED) == 0 ? 0 : 1;
        if ((in.get(3) & CODE) == 0) {
            latencies[answered++] = System.nanoTime() - dueNanos[in.getShort(0) & 0xFFFF];
        } else {
            refused++;
        }
        return true;
    }

    private void print(int perSecond, int seconds) {
        Arrays.sort(latencies, 0, answered);
        System.out.printf(
                "%,d queries/s for %d s: %,d answered, %,d refused, %,d lost, %,d truncated; p50 %.2f ms, p99 %.2f ms, slowest"
                        + " %.1f ms%n",
                perSecond,
                seconds,
                answered,
                refused,
                latencies.length - answered - refused,
                truncated,
                percentile(0.5),
                percentile(0.99),
                percentile(1));
    }

    private double percentile(double share) {
        return answered == 0 ? Double.NaN : latencies[(int) Math.ceil((answered - 1) * share)] / 1e6;
    }
}
