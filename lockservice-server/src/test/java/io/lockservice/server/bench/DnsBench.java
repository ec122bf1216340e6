package io.lockservice.server.bench;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * How many queries a second a replica's DNS door answers by UDP, and how soon: each socket keeps so many queries under way, each
 * followed by the next as soon as it is answered, or given up after a second. One thread a socket. Prints one line of JSON;
 * latencies are in microseconds, from sending to the reply, the first second left out. The names are
 * {@code n0.bench.service.<cell>.ls} and so on: where nobody has registered them, it is NXDOMAIN that is measured.
 *
 * <p>{@code --server HOST:PORT} (127.0.0.1:7351), {@code --cell NAME} (local), {@code --names N} (100), {@code --type NUMBER}
 * (1, for A), {@code --seconds S} (10), {@code --sockets K} (2), {@code --outstanding W} (16, a socket).
 */
public final class DnsBench {
    private static final long SECOND_NANOS = 1_000_000_000;
    private static final int MAX_OUTSTANDING = 1 << 16;
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int TRUNCATED = 2;
    private static final int CODE = 0xF;
    private static final int MAX_SAMPLES = 1 << 20;

    private final InetSocketAddress server;
    private final byte[][] queries;
    private final double seconds;
    private final int outstanding;

    private DnsBench(InetSocketAddress server, byte[][] queries, double seconds, int outstanding) {
        this.server = server;
        this.queries = queries;
        this.seconds = seconds;
        this.outstanding = outstanding;
    }

    /** Measures. */
    public static void main(String[] arguments) throws Exception {
        run(arguments, System.out);
    }

    /** The line that was printed. */
    static JsonObject run(String[] arguments, PrintStream out) throws Exception {
        Map<String, String> options = new HashMap<>(Map.of(
                "--server", "127.0.0.1:7351",
                "--cell", "local",
                "--names", "100",
                "--type", "1",
                "--seconds", "10",
                "--sockets", "2",
                "--outstanding", "16"));
        for (int i = 0; i < arguments.length; i += 2) {
            if (!options.containsKey(arguments[i]) || i + 1 == arguments.length) {
                throw new IllegalArgumentException(
                        arguments[i] + " is none of " + options.keySet() + ", or says nothing");
            }
            options.put(arguments[i], arguments[i + 1]);
        }
        byte[][] queries = new byte[number(options, "--names", 1, MAX_SAMPLES)][];
        for (int i = 0; i < queries.length; i++) {
            queries[i] = query(
                    "n" + i + ".bench.service." + options.get("--cell") + ".ls",
                    number(options, "--type", 1, Short.MAX_VALUE));
        }
        String[] server = options.getOrDefault("--server", "").split(":", 2);
        DnsBench bench = new DnsBench(
                new InetSocketAddress(server[0], Integer.parseInt(server[1])),
                queries,
                number(options, "--seconds", 1, 86_400),
                number(options, "--outstanding", 1, MAX_OUTSTANDING));
        JsonObject measured = bench.measure(number(options, "--sockets", 1, 1_000));
        out.println(measured.encode());
        return measured;
    }

    private static int number(Map<String, String> options, String name, int least, int most) {
        int value = Integer.parseInt(options.getOrDefault(name, ""));
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " is " + least + " to " + most);
        }
        return value;
    }

    /** With EDNS. */
    private static byte[] query(String name, int type) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1});
        for (String label : name.split("\\.", -1)) {
            out.write(label.length());
            out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        out.writeBytes(new byte[] {0, (byte) (type >> 8), (byte) type, 0, 1});
        out.writeBytes(new byte[] {0, 0, 41, 4, (byte) 0xD0, 0, 0, 0, 0, 0, 0});
        return out.toByteArray();
    }

    private JsonObject measure(int sockets) throws InterruptedException {
        AtomicReference<IOException> failure = new AtomicReference<>();
        List<Asker> askers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < sockets; i++) {
            Asker asker = new Asker(i);
            askers.add(asker);
            threads.add(new Thread(() -> asker.run(failure)));
        }
        threads.forEach(Thread::start);
        for (Thread each : threads) {
            each.join();
        }
        if (failure.get() != null) {
            throw new IllegalStateException("nothing was measured", failure.get());
        }
        long[] all = askers.stream()
                .flatMapToLong(each -> Arrays.stream(each.latencies, 0, (int) Math.min(MAX_SAMPLES, each.answered)))
                .sorted()
                .toArray();
        long answered = askers.stream().mapToLong(each -> each.answered).sum();
        return new JsonObject()
                .put("queriesPerSecond", Math.round(answered / seconds))
                .put("p50Us", percentile(all, 0.5))
                .put("p99Us", percentile(all, 0.99))
                .put("maxUs", percentile(all, 1))
                .put("answered", answered)
                .put("lost", askers.stream().mapToLong(each -> each.lost).sum())
                .put(
                        "truncated",
                        askers.stream().mapToLong(each -> each.truncated).sum())
                .put("codes", codes(askers))
                .put("sockets", sockets)
                .put("outstanding", outstanding)
                .put("names", queries.length)
                .put("seconds", seconds);
    }

    private static JsonObject codes(List<Asker> askers) {
        JsonObject codes = new JsonObject();
        for (int code = 0; code <= CODE; code++) {
            int each = code;
            long count = askers.stream().mapToLong(asker -> asker.codes[each]).sum();
            if (count > 0) {
                codes.put(Integer.toString(code), count);
            }
        }
        return codes;
    }

    private static long percentile(long[] sorted, double share) {
        int place = (int) Math.ceil((sorted.length - 1) * share);
        return sorted.length == 0 ? -1 : TimeUnit.NANOSECONDS.toMicros(sorted[place]);
    }

    /** One socket. Confined to its thread. */
    private final class Asker {
        private final ByteBuffer in = ByteBuffer.allocateDirect(2_048);
        private final ByteBuffer out = ByteBuffer.allocateDirect(512);

        /** By the id of a query; 0 for one that is not under way. */
        private final long[] sentNanos = new long[outstanding];

        private final long[] latencies = new long[MAX_SAMPLES];
        private final long[] codes = new long[CODE + 1];
        private long answered;
        private long lost;
        private long truncated;
        private int next;

        Asker(int number) {
            next = number;
        }

        void run(AtomicReference<IOException> failure) {
            try (DatagramChannel channel = DatagramChannel.open();
                    Selector selector = Selector.open()) {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
                channel.connect(server);
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ);
                ask(channel, selector);
            } catch (IOException failed) {
                failure.compareAndSet(null, failed);
            }
        }

        private void ask(DatagramChannel channel, Selector selector) throws IOException {
            long beginNanos = System.nanoTime() + SECOND_NANOS;
            long endNanos = beginNanos + (long) (seconds * SECOND_NANOS);
            for (int id = 0; id < outstanding; id++) {
                send(channel, id);
            }
            for (long now = System.nanoTime(); now - endNanos < 0; now = System.nanoTime()) {
                selector.select(100);
                selector.selectedKeys().clear();
                while (read(channel, beginNanos)) {
                    // Until there are no more.
                }
                giveUp(channel, beginNanos);
            }
        }

        private void send(DatagramChannel channel, int id) throws IOException {
            out.clear();
            out.put(queries[next++ % queries.length]).putShort(0, (short) id).flip();
            sentNanos[id] = System.nanoTime();
            while (channel.write(out) == 0) {
                Thread.onSpinWait();
            }
        }

        private boolean read(DatagramChannel channel, long beginNanos) throws IOException {
            in.clear();
            if (channel.read(in) <= 0) {
                return false;
            }
            int id = in.getShort(0) & 0xFFFF;
            if (id >= outstanding || sentNanos[id] == 0) {
                return true;
            }
            long now = System.nanoTime();
            if (now - beginNanos >= 0) {
                latencies[(int) (answered % MAX_SAMPLES)] = now - sentNanos[id];
                answered++;
                truncated += (in.get(2) & TRUNCATED) == 0 ? 0 : 1;
                codes[in.get(3) & CODE]++;
            }
            send(channel, id);
            return true;
        }

        private void giveUp(DatagramChannel channel, long beginNanos) throws IOException {
            long now = System.nanoTime();
            for (int id = 0; id < outstanding; id++) {
                if (now - sentNanos[id] > SECOND_NANOS) {
                    lost += now - beginNanos >= 0 ? 1 : 0;
                    send(channel, id);
                }
            }
        }
    }
}
