package io.lockservice.client.evidence;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** An {@link InstanceProgram} that runs. Used by one thread. */
final class InstanceProcess implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final BlockingQueue<Said> said = new LinkedBlockingQueue<>();

    private record Said(String line, long atNanos) {}

    /** Starts one, which registers nothing yet. */
    InstanceProcess(long leaseMs, String[] urls) throws IOException {
        List<String> command = ReplicaProcesses.javaCommand();
        command.add(InstanceProgram.class.getName());
        command.add(Long.toString(leaseMs));
        command.addAll(Arrays.asList(urls));
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Thread reader = new Thread(this::read, "what an instance says");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                said.add(new Said(line, System.nanoTime()));
            }
        } catch (IOException e) {
            said.add(new Said("broken: " + e.getMessage(), System.nanoTime()));
        }
    }

    /** What it is to register. */
    void register(String clientName, Place place) throws IOException {
        String line =
                String.join(" ", clientName, place.service(), place.id(), "127.0.0.1", Integer.toString(place.port()));
        process.outputWriter(StandardCharsets.UTF_8).append(line).append('\n').flush();
    }

    /** Until it says so; when that was heard. */
    long await(String word) throws InterruptedException {
        while (true) {
            Said next = said.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("an instance did not say '" + word + "'");
            } else if (next.line().startsWith(word)) {
                return next.atNanos();
            }
        }
    }

    /** As if it had just said so. */
    void hold(String word) {
        said.add(new Said(word, System.nanoTime()));
    }

    /** What it has said since the last time, and nobody asked for. */
    List<String> more() {
        List<Said> all = new ArrayList<>();
        said.drainTo(all);
        return all.stream().map(Said::line).toList();
    }

    /** {@code kill -9}; returns when it is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** {@code kill -9}, whatever state it is in. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    /** Sends a signal such as {@code STOP} or {@code CONT}. */
    void signal(String name) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("kill -" + name + " failed");
        }
    }
}
