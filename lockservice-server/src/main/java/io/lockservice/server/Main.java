package io.lockservice.server;

import io.lockservice.server.backup.Restoration;
import io.lockservice.server.config.CommandLine;
import io.lockservice.server.config.Invocation;
import io.lockservice.server.storage.Verification;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The server program. Exit status: 0 or 143 after an orderly stop, 1 where it could not start or had to stop, found
 * damage or refused to restore, 2 for a wrong command line or configuration.
 */
public final class Main {
    private static final int FAILED = 1;
    private static final long STOP_WITHIN_MS = 4_500;

    private Main() {}

    /** Starts what {@code arguments} ask for; returns once it runs. */
    public static void main(String[] arguments) {
        setLogFormat();
        PrintStream out = System.out;
        Invocation invocation = CommandLine.parse(arguments);
        if (invocation instanceof Invocation.Exit exit) {
            (exit.status() == 0 ? out : System.err).println(exit.text());
            System.exit(exit.status());
        } else if (invocation instanceof Invocation.Verify verify) {
            System.exit(verify(verify.data(), out));
        } else if (invocation instanceof Invocation.Restore restore) {
            System.exit(restore(restore, out));
        } else if (invocation instanceof Invocation.OneReplica one) {
            ReplicaServer server = started(
                    () -> ReplicaServer.start(one.config(), one.replicaId(), one.joins(), one.data(), Main::halt));
            stopOnSignal(server::stop);
            out.println("replica " + server.id() + " of cell '" + one.config().cell() + "' answers at " + server.url()
                    + (server.dnsPort() < 0 ? "" : ", and DNS on port " + server.dnsPort()));
        } else if (invocation instanceof Invocation.Embedded embedded) {
            EmbeddedCell cell = started(() -> EmbeddedCell.start(embedded.config(), embedded.data(), Main::halt));
            stopOnSignal(cell::stop);
            out.print(welcome(embedded, cell));
        }
        out.flush();
    }

    private static int verify(Path data, PrintStream out) {
        try {
            Verification found = Verification.of(data);
            found.lines().forEach(out::println);
            return found.isSound() ? 0 : FAILED;
        } catch (IOException | RuntimeException failed) {
            System.err.println("cannot verify: " + reason(failed));
            return FAILED;
        }
    }

    private static int restore(Invocation.Restore asked, PrintStream out) {
        try {
            Restoration.of(asked.from(), asked.config(), asked.replicaId(), asked.data(), System.currentTimeMillis())
                    .lines()
                    .forEach(out::println);
            return 0;
        } catch (IOException | RuntimeException refused) {
            System.err.println("cannot restore: " + reason(refused));
            return FAILED;
        }
    }

    /** The version of this program, as its jar states it. */
    static String version() {
        @Nullable String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "unreleased" : version;
    }

    private static String welcome(Invocation.Embedded embedded, EmbeddedCell cell) {
        StringBuilder text = new StringBuilder();
        text.append("A cell of ")
                .append(cell.replicas().size())
                .append(" replicas runs in this process, data in ")
                .append(embedded.data().toAbsolutePath().normalize())
                .append('\n');
        for (ReplicaServer replica : cell.replicas()) {
            text.append("  replica ")
                    .append(replica.id())
                    .append("  ")
                    .append(replica.url())
                    .append("  DNS on port ")
                    .append(replica.dnsPort())
                    .append('\n');
        }
        String url = cell.replicas().get(0).url();
        text.append("Look at it:     curl -s ").append(url).append("/v1/cell\n");
        text.append("Write a file:   curl -s -X PUT --data-binary hello ")
                .append(url)
                .append("/v1/files/ls/local/greeting\n");
        text.append("Find a service: dig @127.0.0.1 -p ")
                .append(cell.replicas().get(0).dnsPort())
                .append(" web.service.")
                .append(embedded.config().cell())
                .append(".ls SRV\n");
        text.append("Stop it with Ctrl-C; the data stays.\n");
        return text.toString();
    }

    private static <T> T started(Supplier<Future<T>> start) {
        try {
            return start.get().toCompletionStage().toCompletableFuture().get();
        } catch (ExecutionException | CompletionException failed) {
            throw refuse(failed.getCause() == null ? failed : failed.getCause());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw refuse(stopped);
        } catch (RuntimeException refused) {
            throw refuse(refused);
        }
    }

    /** Says in one line why it cannot start, and exits. */
    private static IllegalStateException refuse(Throwable cause) {
        System.err.println("cannot start: " + reason(cause));
        System.exit(FAILED);
        return new IllegalStateException(cause);
    }

    /** A replica that had to stop takes the process with it: an operator's supervisor starts it again. */
    private static void halt(Throwable cause) {
        System.err.println("stopped: " + reason(cause));
        cause.printStackTrace(System.err);
        Runtime.getRuntime().halt(FAILED);
    }

    private static String reason(Throwable cause) {
        @Nullable String message = cause.getMessage();
        return message == null ? cause.toString() : message;
    }

    private static void stopOnSignal(Supplier<Future<Void>> stop) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> awaitStop(stop.get()), "stop"));
    }

    private static void awaitStop(Future<Void> stopped) {
        try {
            stopped.toCompletionStage().toCompletableFuture().get(STOP_WITHIN_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException late) {
            System.err.println("did not stop in order: " + late);
        } catch (InterruptedException again) {
            Thread.currentThread().interrupt();
        }
    }

    private static void setLogFormat() {
        if (System.getProperty("java.util.logging.SimpleFormatter.format") == null) {
            System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tFT%1$tT.%1$tL %4$s %3$s: %5$s%6$s%n");
        }
    }
}
