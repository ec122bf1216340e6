package io.lockservice.client.evidence;

import io.lockservice.server.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** A cell of three server processes that answer DNS too, on free ports of the loopback address. From any thread. */
final class ReplicaProcesses implements AutoCloseable {
    static final List<Integer> ALL = List.of(1, 2, 3);

    /** Below those that systems give to outgoing connections, which could take the port of a replica that is away. */
    private static final int FIRST_PORT = 10_000;

    private static final int BEHIND_LAST_PORT = 30_000;

    private final Path directory;
    private final List<Integer> ports = freePorts(3 * ALL.size());
    private final Map<Integer, Process> running = new ConcurrentHashMap<>();

    /** Not started yet; everything of theirs is kept in {@code directory}. */
    ReplicaProcesses(Path directory, long dnsMaxStaleMs) throws IOException {
        this.directory = directory;
        StringBuilder yaml = new StringBuilder("cell: test\nreplicas:\n");
        for (int id : ALL) {
            yaml.append("  - {id: %d, host: 127.0.0.1, bus: %d, http: %d, dns: %d}%n"
                    .formatted(id, port(id, 0), port(id, 1), dnsPort(id)));
        }
        yaml.append("dns: {maxStaleMs: ").append(dnsMaxStaleMs).append("}\n");
        // Small files, so that a restart has a checkpoint and a log, and the disk little to do.
        yaml.append("journal: {segmentBytes: 16777216}\ncheckpoint: {slots: 1000}\n");
        Files.writeString(directory.resolve("cell.yaml"), yaml);
    }

    private static List<Integer> freePorts(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        List<Integer> found = new ArrayList<>();
        try {
            while (sockets.size() < count) {
                int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, BEHIND_LAST_PORT);
                try {
                    sockets.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
                    found.add(port);
                } catch (BindException taken) {
                    // The next one.
                }
            }
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private int port(int id, int which) {
        return ports.get(which * ALL.size() + id - 1);
    }

    int dnsPort(int id) {
        return port(id, 2);
    }

    /** Where a replica answers. */
    URI uri(int id, String path) {
        return URI.create("http://127.0.0.1:" + port(id, 1) + path);
    }

    String[] urls() {
        return ALL.stream()
                .map(id -> "http://127.0.0.1:" + port(id, 1))
                .toList()
                .toArray(String[]::new);
    }

    /** Starts a replica; its output goes to a file beside its data. */
    void start(int id) {
        List<String> command = javaCommand();
        command.add(Main.class.getName());
        command.addAll(List.of("--config", directory.resolve("cell.yaml").toString()));
        command.addAll(List.of("--replica", Integer.toString(id)));
        command.addAll(List.of("--data", directory.resolve("data-" + id).toString()));
        try {
            running.put(
                    id,
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(
                                    directory.resolve("replica-" + id + ".log").toFile()))
                            .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A JVM that is started often: with this one's class path. */
    static List<String> javaCommand() {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path")));
    }

    /** {@code kill -9} of all of them together; returns when they are gone. */
    void kill(List<Integer> ids) throws InterruptedException {
        List<Process> victims = new ArrayList<>();
        for (int id : ids) {
            Process process = running.remove(id);
            if (process != null) {
                victims.add(process.destroyForcibly());
            }
        }
        for (Process process : victims) {
            process.waitFor();
        }
    }

    @Override
    public void close() {
        running.values().forEach(Process::destroyForcibly);
        running.values().forEach(process -> process.onExit().join());
    }
}
