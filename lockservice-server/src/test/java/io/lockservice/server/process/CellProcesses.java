package io.lockservice.server.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockservice.server.FreePorts;
import io.lockservice.server.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Three server processes with a data directory each, on free ports of the loopback address. */
public final class CellProcesses implements AutoCloseable {
    /** Members of the cell at first. */
    public static final int REPLICAS = 3;

    /** So many more can join. */
    private static final int SPARES = 2;

    private static final ObjectMapper JSON = new ObjectMapper();
    /** Another process is watched from outside: there is nothing to wait on but time. */
    private static final long POLL_NANOS = 20_000_000;

    private static final Duration PROBE = Duration.ofSeconds(2);

    private final Path directory;
    private final List<String> jvmOptions;
    private final List<Integer> httpPorts;
    private final List<Integer> busPorts;
    private final Map<Integer, Process> running = new TreeMap<>();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofMillis(500)).build();

    /** A cell whose processes are not started yet; everything of theirs is kept in {@code directory}. */
    public CellProcesses(Path directory, String... jvmOptions) throws IOException {
        this.directory = directory;
        this.jvmOptions = List.of(jvmOptions);
        List<Integer> ports = FreePorts.take(2 * (REPLICAS + SPARES));
        this.httpPorts = ports.subList(0, REPLICAS + SPARES);
        this.busPorts = ports.subList(REPLICAS + SPARES, ports.size());
        Files.writeString(directory.resolve("cell.yaml"), yaml(List.of(1, 2, 3)));
    }

    private String yaml(List<Integer> ids) {
        StringBuilder yaml = new StringBuilder("cell: test\nreplicas:\n");
        for (int id : ids) {
            yaml.append("  - {id: ").append(id).append(", host: 127.0.0.1, bus: ");
            yaml.append(busPort(id)).append(", http: ").append(httpPorts.get(id - 1));
            yaml.append("}\n");
        }
        return yaml.toString();
    }

    /** Where the others reach a replica. */
    int busPort(int id) {
        return busPorts.get(id - 1);
    }

    /** Starts a replica that is not in the cell yet, and knows only itself and the third. */
    void join(int id) throws IOException {
        Path file = directory.resolve("join-" + id + ".yaml");
        Files.writeString(file, yaml(List.of(3, id)));
        start(id, file, "--join");
    }

    /** Gives every member a DNS door, and tells where it is; before any replica is started. */
    List<Integer> openDns() throws IOException {
        List<Integer> ports = FreePorts.take(REPLICAS);
        Path file = directory.resolve("cell.yaml");
        String yaml = Files.readString(file);
        for (int id = 1; id <= REPLICAS; id++) {
            String http = ", http: " + httpPorts.get(id - 1);
            yaml = yaml.replace(http, http + ", dns: " + ports.get(id - 1));
        }
        Files.writeString(file, yaml);
        return ports;
    }

    /** Adds a line to the configuration; before any replica is started. */
    public void configure(String line) throws IOException {
        Files.writeString(directory.resolve("cell.yaml"), line + "\n", StandardOpenOption.APPEND);
    }

    /** Starts a replica as the operator would; its output goes to a file beside its data. */
    public void start(int id) {
        start(id, directory.resolve("cell.yaml"));
    }

    private List<String> program() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        return command;
    }

    /** Makes a replica's data directory from a backup as the operator would, and returns the exit status. */
    int restore(int id, Path from) throws IOException, InterruptedException {
        List<String> command = program();
        command.addAll(List.of("restore", "--from", from.toString(), "--data", data(id).toString()));
        command.addAll(List.of("--config", directory.resolve("cell.yaml").toString()));
        command.addAll(List.of("--replica", Integer.toString(id)));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("replica-" + id + ".log").toFile()))
                .start()
                .waitFor();
    }

    private void start(int id, Path config, String... options) {
        List<String> command = program();
        command.addAll(List.of("--config", config.toString()));
        command.addAll(List.of(options));
        command.addAll(List.of("--replica", Integer.toString(id)));
        command.addAll(List.of("--data", data(id).toString()));
        try {
            running.put(
                    id,
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(
                                    directory.resolve("replica-" + id + ".log").toFile()))
                            .start());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Starts a replica that is the whole cell, and listed alone. */
    void startAlone(int id) throws IOException {
        Path file = directory.resolve("alone.yaml");
        Files.writeString(file, yaml(List.of(id)));
        start(id, file);
    }

    /** Starts the first members. */
    public void startAll() {
        for (int id = 1; id <= REPLICAS; id++) {
            start(id);
        }
    }

    /** {@code kill -9}, and waits until the process is gone. */
    public void kill(int id) throws InterruptedException {
        Process process = process(id);
        process.destroyForcibly().waitFor();
    }

    /** Sends a signal such as {@code STOP}, {@code CONT} or {@code TERM}. */
    public void signal(int id, String name) throws IOException, InterruptedException {
        Process kill =
                new ProcessBuilder("kill", "-" + name, Long.toString(process(id).pid())).start();
        if (kill.waitFor() != 0) {
            throw new IOException("kill -" + name + " failed");
        }
    }

    /** The newest process of a replica. */
    public Process process(int id) {
        Process process = running.get(id);
        if (process == null) {
            throw new IllegalStateException("replica " + id + " was never started");
        }
        return process;
    }

    /** A replica's data directory. */
    public Path data(int id) {
        return directory.resolve("data-" + id);
    }

    /** What a replica has written to its log. */
    public String log(int id) throws IOException {
        return Files.readString(directory.resolve("replica-" + id + ".log"));
    }

    /** Where a replica answers. */
    public URI uri(int id, String path) {
        return URI.create("http://127.0.0.1:" + httpPorts.get(id - 1) + path);
    }

    /** Waits until a replica, asked in turn, sees the cell as wanted; returns what it saw. */
    public JsonNode awaitCell(Predicate<JsonNode> wanted, Duration within) throws InterruptedException {
        long endNanos = System.nanoTime() + within.toNanos();
        @Nullable JsonNode last = null;
        for (int turn = 0; System.nanoTime() - endNanos < 0; turn++) {
            JsonNode cell = cell(1 + turn % REPLICAS);
            if (cell != null && wanted.test(cell)) {
                return cell;
            }
            last = cell == null ? last : cell;
            LockSupport.parkNanos(POLL_NANOS);
        }
        throw new AssertionError("the cell is not as wanted after " + within + "; last seen: " + last + logs());
    }

    /** What a replica says of the cell, null where it does not answer or there is no leader. */
    public @Nullable JsonNode cell(int id) throws InterruptedException {
        try {
            HttpResponse<byte[]> answer = http.send(
                    HttpRequest.newBuilder(uri(id, "/v1/cell"))
                            .header("Lockservice-Timeout-Ms", "300")
                            .timeout(PROBE)
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            return answer.statusCode() == 200 ? JSON.readTree(answer.body()) : null;
        } catch (IOException noAnswer) {
            return null;
        }
    }

    /** Waits for a leader other than {@code not}, and returns its id. */
    public int awaitLeader(int not) throws InterruptedException {
        return awaitCell(
                        cell -> cell.get("leader").asInt() != 0
                                && cell.get("leader").asInt() != not,
                        Duration.ofSeconds(20))
                .get("leader")
                .asInt();
    }

    /** Waits until all replicas are reachable and have the whole log. */
    public void awaitAllCaughtUp() throws InterruptedException {
        awaitCell(CellProcesses::allCaughtUp, Duration.ofSeconds(30));
    }

    /** Whether all replicas are reachable and have the whole log, as {@code cell} tells. */
    public static boolean allCaughtUp(JsonNode cell) {
        int good = 0;
        for (JsonNode replica : cell.get("replicas")) {
            boolean near = replica.get("lagSlots").asLong() >= 0
                    && replica.get("lagSlots").asLong() < 50;
            good += replica.get("reachable").asBoolean() && near ? 1 : 0;
        }
        return good == REPLICAS;
    }

    private String logs() {
        StringBuilder all = new StringBuilder();
        for (int id = 1; id <= REPLICAS; id++) {
            try {
                all.append("\n--- replica ").append(id).append('\n');
                all.append(Files.readString(directory.resolve("replica-" + id + ".log")));
            } catch (IOException none) {
                all.append(none);
            }
        }
        return all.toString();
    }

    @Override
    public void close() {
        running.values().forEach(Process::destroyForcibly);
        running.values().forEach(process -> process.onExit().join());
    }
}
