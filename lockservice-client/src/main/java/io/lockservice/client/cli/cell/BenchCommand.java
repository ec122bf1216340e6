package io.lockservice.client.cli.cell;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.cli.shell.CellCommand;
import io.lockservice.client.cli.shell.CommandFailure;
import io.lockservice.client.cli.shell.Durations;
import io.lockservice.client.cli.shell.ExitStatus;
import io.lockservice.client.cli.shell.Shell;
import io.lockservice.client.cli.shell.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the cell. */
@Command(
        name = "bench",
        description =
                "Measures how fast the cell is from here: clients that each do one operation after the other, below a"
                        + " directory of their own, which is removed at the end. Do not run it where others need the cell.")
public final class BenchCommand extends CellCommand {
    private static final int MOST_CLIENTS = 256;
    private static final double MOST_SECONDS = 3_600;
    private static final long PROGRESS_MS = 200;
    private static final int BAR = 30;

    @Option(
            names = "--workload",
            split = ",",
            paramLabel = "NAME[,NAME...]",
            description = "lock-cycle (acquire and release), write and read (256 bytes); default all")
    private List<Workload> workloads = List.of(Workload.values());

    @Option(names = "--clients", paramLabel = "NUMBER", description = "clients at the same time; default 16")
    private int clients = 16;

    @Option(names = "--seconds", paramLabel = "SECONDS", description = "how long each workload is measured; default 5")
    private double seconds = 5;

    @Option(names = "--warm", paramLabel = "SECONDS", description = "and how long before that it runs; default 5")
    private double warmSeconds = 5;

    /** The command in this shell. */
    public BenchCommand(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(LockServiceClient client) throws InterruptedException {
        long warmMs = Durations.ms("--warm", warmSeconds, 0, MOST_SECONDS);
        long ms = Durations.ms("--seconds", seconds, 0.1, MOST_SECONDS);
        if (clients < 1 || clients > MOST_CLIENTS) {
            throw CommandFailure.usage("--clients is 1 to " + MOST_CLIENTS + ", not " + clients);
        }
        String directory = "/ls/local/lockctl-bench-" + UUID.randomUUID();
        // A session tells the client who leads. Else a workload without sessions would go by a follower, or not,
        // depending on what ran before it.
        await(client.openSession(SessionOptions.named("lockctl bench")));
        ask(client, Operation.put("/v1/nodes" + directory));
        List<BenchResult> results = new ArrayList<>();
        try {
            for (Workload workload : workloads) {
                BenchLoad load = BenchLoad.start(client, workload, clients, directory, warmMs, ms);
                progress(load, workload, warmMs + ms);
                results.add(await(load.result()));
            }
        } finally {
            ask(client, Operation.delete("/v1/nodes" + directory + "?recursive=true"));
        }
        report(results);
        return results.stream().anyMatch(result -> result.operations() == 0) ? ExitStatus.REFUSED : ExitStatus.DONE;
    }

    private void report(List<BenchResult> results) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        results.forEach(result -> list.add(result.json()));
        shell().print(Shell.listed("results", list), () -> {
            Table table =
                    new Table(console(), "WORKLOAD", "CLIENTS", "PER SECOND", "P50 MS", "P99 MS", "MAX MS", "ERRORS");
            for (BenchResult each : results) {
                table.row(
                        each.workload(),
                        Integer.toString(each.clients()),
                        String.format(Locale.ROOT, "%.0f", each.perSecond()),
                        ms(each.p50Ms()),
                        ms(each.p99Ms()),
                        ms(each.maxMs()),
                        each.errors() == 0 ? "0" : each.errors() + " " + each.errorKinds());
            }
            table.print();
        });
    }

    /** A bar that grows in place for people; nothing where programs or files take standard error. */
    private void progress(BenchLoad load, Workload workload, long wholeMs) throws InterruptedException {
        boolean drawn = console().colour() && !shell().json();
        if (!drawn && !shell().json()) {
            console().note(workload + ", " + clients + " clients, " + Durations.text(wholeMs));
        }
        while (!load.isOver()) {
            TimeUnit.MILLISECONDS.sleep(Math.min(PROGRESS_MS, Math.max(1, load.leftMs())));
            if (drawn) {
                int filled = (int) (BAR * Math.min(wholeMs, wholeMs - load.leftMs()) / wholeMs);
                console()
                        .err()
                        .print("\r%-10s [%s%s] %d"
                                .formatted(workload, "#".repeat(filled), ".".repeat(BAR - filled), load.operations()));
                console().err().flush();
            }
        }
        if (drawn) {
            console().err().print("\r\u001b[K");
            console().err().flush();
        }
    }

    private static String ms(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
