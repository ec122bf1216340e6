package io.lockservice.server.evidence.sessions;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.UnixOperatingSystemMXBean;
import io.lockservice.server.process.CellProcesses;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Very many sessions at the leader of a cell of three processes: what each costs while it is kept alive, and then half of
 * them go silent at once: when each is ended, and that the others live on. Prints a line of JSON for each step; fails where
 * a keep-alive is not accepted, a session is ended before its lease has run out or more than a second later, or another
 * one than those that fell silent.
 *
 * <p>A keep-alive waits at the leader until half of the lease is left, and the next follows at once. Over fewer connections
 * than sessions none waits, and the client sends one in each half of a lease. Silent sessions keep their connections, or
 * close them: the keep-alive that waits then counts when it comes and again half a lease later, when it would be answered.
 *
 * <p>This process and the leader have a file open for each connection, and 300 more are enough for what else they have:
 * {@code ulimit -Hn} has to be 10,300 for the default; the JVM raises the soft limit by itself. Arguments: sessions (10000),
 * minutes (5, or a fraction), {@code --lease-ms=} (12000), {@code --connections=} (as many as sessions), {@code --close}.
 */
public final class ManySessions {
    private static final int LOOPS = 2;
    private static final int OTHER_FILES = 300;
    private static final int SPARE = 1_000;
    private static final int SHOWN = 10;
    private static final int PAGE = 1_000;
    private static final long LATE_MS = 1_000;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double SECONDS_PER_MINUTE = 60;
    private static final Duration WARM = Duration.ofSeconds(20);
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final Duration WITHIN = Duration.ofMinutes(3);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SessionsOptions options;
    private final CellProcesses cell;
    private final Vertx vertx;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<KeptSession> sessions = new ArrayList<>();
    private final List<SessionLoop> loops = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final Lateness answers = new Lateness();
    private final Lateness lags = new Lateness();
    private int leader;

    private ManySessions(SessionsOptions options, CellProcesses cell, Vertx vertx) {
        this.options = options;
        this.cell = cell;
        this.vertx = vertx;
    }

    /** Measures; exits with an error where something was not as it should be. */
    public static void main(String... arguments) throws Exception {
        SessionsOptions options = SessionsOptions.parse(arguments);
        requireFiles(options.connections() + OTHER_FILES);
        Path directory = Files.createTempDirectory("many-sessions");
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(LOOPS).setPreferNativeTransport(true));
        // As it is run in earnest, not as the tests run it: with the whole compiler.
        try (CellProcesses cell = new CellProcesses(directory, "-XX:TieredStopAtLevel=4")) {
            cell.configure("http: {maxConnections: " + (options.connections() + SPARE) + "}");
            cell.configure("calls: {maxOpen: " + (options.sessions() + SPARE) + "}");
            new ManySessions(options, cell, vertx).run();
        } finally {
            await(vertx.close());
        }
        delete(directory);
    }

    private static void requireFiles(int files) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                && system.getMaxFileDescriptorCount() < files) {
            throw new IllegalStateException("raise ulimit -Hn to " + files + ", or share connections");
        }
    }

    private void run() throws Exception {
        cell.startAll();
        leader = cell.awaitLeader(0);
        cell.awaitAllCaughtUp();
        ProcessUse use = new ProcessUse(cell.process(leader).pid());
        sleep(WARM.toNanos());
        double idleCpu = cpuPerMinute(use, IDLE);
        long heapBefore = use.heapBytes();
        open();
        try (SessionEnds ends = new SessionEnds(cell.uri(leader, ""))) {
            keptAlive(use, idleCpu, heapBefore);
            expectSessions("kept alive", session -> true);
            halfSilent(use, ends);
            checkEnds(ends);
            ends.check();
        }
        if (cell.awaitLeader(0) != leader) {
            failures.add("another replica leads");
        }
        sessions.stream().map(KeptSession::failure).forEach(this::failed);
        System.out.printf("{\"step\":\"summary\",\"failures\":%d}%n", failures.size());
        if (!failures.isEmpty()) {
            failures.stream().limit(SHOWN).forEach(System.out::println);
            throw new AssertionError(failures.size() + " failures, of which the first are above");
        }
    }

    private void failed(@Nullable String why) {
        if (why != null) {
            failures.add(why);
        }
    }

    private void open() throws Exception {
        List<List<List<KeptSession>>> shares = IntStream.range(0, LOOPS)
                .<List<List<KeptSession>>>mapToObj(loop -> new ArrayList<>())
                .toList();
        int onEach = options.sessions() / options.connections();
        for (int connection = 0; connection < options.connections(); connection++) {
            List<KeptSession> here = IntStream.range(connection * onEach, (connection + 1) * onEach)
                    .mapToObj(KeptSession::new)
                    .toList();
            sessions.addAll(here);
            shares.get(connection % LOOPS).add(here);
        }
        for (List<List<KeptSession>> share : shares) {
            SessionLoop loop = new SessionLoop(options, cell.uri(leader, ""), share, answers, lags);
            await(vertx.deployVerticle(loop));
            loops.add(loop);
        }
        long began = System.nanoTime();
        await(Future.join(loops.stream().map(SessionLoop::open).toList()));
        System.out.printf(
                "{\"step\":\"open\",\"sessions\":%d,\"connections\":%d,\"lease_ms\":%d,\"seconds\":%.1f}%n",
                sessions.size(), options.connections(), options.leaseMs(), secondsSince(began));
    }

    /** The cost while nothing happens but keep-alives; each has been answered before it is counted. */
    private void keptAlive(ProcessUse use, double idleCpu, long heapBefore) throws Exception {
        sleep(TimeUnit.MILLISECONDS.toNanos(options.leaseMs()));
        long heapBytes = use.heapBytes() - heapBefore;
        answers.takeJson();
        lags.takeJson();
        double cpu = cpuPerMinute(use, options.steady());
        System.out.printf(
                "{\"step\":\"kept alive\",\"minutes\":%.2f,\"answers_late\":%s,\"loop_late\":%s,"
                        + "\"leader_cpu_s_per_minute\":%.2f,\"idle_cpu_s_per_minute\":%.2f,"
                        + "\"cpu_ms_per_session_and_minute\":%.2f,\"heap_bytes\":%d,\"heap_bytes_per_session\":%d}%n",
                options.steady().toMillis() / 1e3 / SECONDS_PER_MINUTE,
                answers.takeJson(),
                lags.takeJson(),
                cpu,
                idleCpu,
                1e3 * (cpu - idleCpu) / sessions.size(),
                heapBytes,
                heapBytes / sessions.size());
    }

    private double cpuPerMinute(ProcessUse use, Duration during) throws IOException {
        double before = use.cpuSeconds();
        long began = System.nanoTime();
        sleep(during.toNanos());
        return (use.cpuSeconds() - before) * SECONDS_PER_MINUTE / secondsSince(began);
    }

    private void halfSilent(ProcessUse use, SessionEnds ends) throws Exception {
        if (ends.count() > 0) {
            failures.add(ends.count() + " sessions were ended that were kept alive");
        }
        JsonNode before = leadersView();
        double cpuBefore = use.cpuSeconds();
        long began = System.nanoTime();
        await(Future.join(loops.stream().map(SessionLoop::silence).toList()));
        long expected = sessions.stream().filter(KeptSession::isSilent).count();
        // Half a lease until the last is answered, and its lease; what is later than that is found to be late.
        long deadlineNanos = began + TimeUnit.MILLISECONDS.toNanos(3 * options.leaseMs());
        while (ends.count() < expected && System.nanoTime() - deadlineNanos < 0) {
            sleep(POLL_NANOS);
        }
        double seconds = secondsSince(began);
        JsonNode after = leadersView();
        double cpu = use.cpuSeconds() - cpuBefore;
        // Those that live on are to do so for a while.
        sleep(TimeUnit.MILLISECONDS.toNanos(options.leaseMs() + LATE_MS));
        System.out.printf(
                "{\"step\":\"half silent\",\"connections\":\"%s\",\"silent\":%d,\"ended\":%d,\"settled_s\":%.2f,"
                        + "\"revisions\":%d,\"slots\":%d,\"leader_cpu_s\":%.2f,\"answers_late\":%s,\"loop_late\":%s}%n",
                options.closes() ? "closed" : "kept",
                expected,
                ends.count(),
                seconds,
                after.get("revision").asLong() - before.get("revision").asLong(),
                appliedSlot(after) - appliedSlot(before),
                cpu,
                answers.takeJson(),
                lags.takeJson());
        expectSessions("the other half", session -> !session.isSilent());
    }

    /** When sessions were ended, counted from when their leases had run out. */
    private void checkEnds(SessionEnds ends) {
        long leaseNanos = TimeUnit.MILLISECONDS.toNanos(options.leaseMs());
        long firstNanos = Long.MAX_VALUE;
        long lastNanos = Long.MIN_VALUE;
        Lateness all = new Lateness();
        for (KeptSession session : sessions) {
            Long endNanos = ends.endNanos(session.id());
            if (!session.isSilent()) {
                failed(endNanos == null ? null : session.id() + " was ended though it was kept alive");
            } else if (endNanos == null) {
                failed(session.id() + " was silent and was not ended");
            } else {
                long afterNanos = endNanos - session.acceptedByNanos() - leaseNanos;
                firstNanos = Math.min(firstNanos, afterNanos);
                lastNanos = Math.max(lastNanos, afterNanos);
                all.add(afterNanos);
                boolean early = endNanos - session.acceptedFromNanos() < leaseNanos;
                boolean late = afterNanos > TimeUnit.MILLISECONDS.toNanos(LATE_MS);
                failed(
                        early || late
                                ? session.id() + " was ended " + afterNanos / 1_000_000 + " ms after its lease"
                                : null);
            }
        }
        System.out.printf(
                "{\"step\":\"ends\",\"earliest_after_lease_ms\":%.1f,\"latest_after_lease_ms\":%.1f,\"all\":%s}%n",
                firstNanos / 1e6, lastNanos / 1e6, all.takeJson());
    }

    /** The cell lists these sessions, and no others. */
    private void expectSessions(String when, Predicate<KeptSession> which) throws Exception {
        Set<String> expected = new HashSet<>();
        sessions.stream().filter(which).forEach(session -> expected.add(session.id()));
        Set<String> listed = new HashSet<>();
        @Nullable String after = "";
        while (after != null) {
            String from = after.isEmpty() ? "" : "&after=" + after;
            JsonNode page = get("/v1/sessions?limit=" + PAGE + from);
            page.get("sessions").forEach(each -> listed.add(each.get("session").asText()));
            after = page.hasNonNull("next") ? page.get("next").asText() : null;
        }
        if (!listed.equals(expected)) {
            failures.add(
                    when + ": the cell lists " + listed.size() + " sessions, and not the expected " + expected.size());
        }
    }

    private JsonNode leadersView() throws Exception {
        return get("/v1/cell");
    }

    private long appliedSlot(JsonNode view) {
        for (JsonNode replica : view.get("replicas")) {
            if (replica.get("id").asInt() == leader) {
                return replica.get("appliedSlot").asLong();
            }
        }
        throw new IllegalStateException("the leader is not in " + view);
    }

    private JsonNode get(String path) throws Exception {
        URI uri = cell.uri(leader, path);
        HttpResponse<byte[]> answer =
                http.send(HttpRequest.newBuilder(uri).timeout(IDLE).build(), HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200) {
            throw new IOException("status " + answer.statusCode() + " for " + path);
        }
        return JSON.readTree(answer.body());
    }

    private static void sleep(long nanos) {
        long endNanos = System.nanoTime() + nanos;
        for (long now = System.nanoTime(); endNanos - now > 0; now = System.nanoTime()) {
            LockSupport.parkNanos(endNanos - now);
        }
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / NANOS_PER_SECOND;
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(WITHIN.toSeconds(), TimeUnit.SECONDS);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
