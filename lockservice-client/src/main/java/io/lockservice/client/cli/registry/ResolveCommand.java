package io.lockservice.client.cli.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lockservice.api.PercentText;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.cli.shell.CellCommand;
import io.lockservice.client.cli.shell.CommandFailure;
import io.lockservice.client.cli.shell.Console;
import io.lockservice.client.cli.shell.Durations;
import io.lockservice.client.cli.shell.ExitStatus;
import io.lockservice.client.cli.shell.Shell;
import io.lockservice.client.registry.NameRegistry;
import io.lockservice.client.registry.Service;
import io.lockservice.client.registry.ServiceChange;
import io.lockservice.client.registry.ServiceInstance;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says where a service answers. */
@Command(
        name = "resolve",
        description = {
            "Prints where a service answers, one ADDRESS:PORT a line; exit status 1 where nobody offers it.",
            "With --watch what is there, and then each change: + comes, ~ says something else, - goes."
        })
public final class ResolveCommand extends CellCommand {
    private static final long LOOK_MS = 1_000;

    /** Longer than a poll waits, so that it means something. */
    private static final long AWAY_MS = 30_000;

    @Parameters(index = "0", paramLabel = "NAME", description = "the service")
    private String service = "";

    @Option(names = "--tag", paramLabel = "TAG", description = "only instances with this tag")
    private @Nullable String tag;

    @Option(names = "--watch", description = "goes on with what changes, until it is stopped")
    private boolean watch;

    @Option(names = "--count", paramLabel = "N", description = "with --watch: ends after so many lines")
    private long count = Long.MAX_VALUE;

    private List<ServiceInstance> shown = List.of();
    private long printed;
    private boolean isAway;

    /** The command in this shell. */
    public ResolveCommand(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(LockServiceClient client) throws InterruptedException {
        ServiceNames.plain(service);
        if (count < 1 || (count != Long.MAX_VALUE && !watch)) {
            throw CommandFailure.usage("--count is 1 or more, and goes with --watch");
        }
        return watch ? watch(client) : resolve(client);
    }

    private int resolve(LockServiceClient client) throws InterruptedException {
        String path = ServiceNames.path(service) + (tag == null ? "" : "?tag=" + PercentText.encode(tag));
        JsonNode found = ask(client, Operation.get(path)).json();
        JsonNode instances = found.path("instances");
        if (instances.isEmpty()) {
            throw CommandFailure.refused(
                    "no-instances",
                    "nobody offers " + service + (tag == null ? "" : " with the tag " + tag)
                            + " now; `lockctl services` lists what is offered");
        }
        shell().print(
                        found,
                        () -> instances.forEach(each -> console().line(Console.plain(ServiceNames.hostAndPort(each)))));
        return ExitStatus.DONE;
    }

    private int watch(LockServiceClient client) throws InterruptedException {
        BlockingQueue<ServiceChange> changes = new LinkedBlockingQueue<>();
        try (NameRegistry registry = NameRegistry.of(client, "lockctl resolve")) {
            Service watched = await(registry.resolve(service));
            watched.addListener(changes::add);
            while (printed < count && !console().out().checkError()) {
                ServiceChange change = changes.poll(LOOK_MS, TimeUnit.MILLISECONDS);
                noteAbsence(watched);
                if (change != null) {
                    print(change.instances());
                }
            }
        }
        return ExitStatus.DONE;
    }

    private void noteAbsence(Service watched) {
        boolean away = watched.ageMs() > AWAY_MS;
        if (away != isAway) {
            isAway = away;
            console()
                    .note(
                            away
                                    ? "the cell has not answered for " + Durations.text(watched.ageMs())
                                            + "; this is the last that was known"
                                    : "the cell answers again");
        }
    }

    private void print(List<ServiceInstance> instances) {
        List<ServiceInstance> now = instances.stream()
                .filter(each -> tag == null || each.tags().contains(tag))
                .toList();
        ServiceChange change = ServiceChange.between(shown, now);
        shown = now;
        change.added().forEach(each -> print("+", "added", each));
        change.updated().forEach(each -> print("~", "updated", each));
        change.removed().forEach(each -> print("-", "removed", each));
        console().out().flush();
    }

    private void print(String mark, String change, ServiceInstance instance) {
        if (printed >= count) {
            return;
        }
        printed++;
        if (!shell().json()) {
            console().line(mark + " " + Console.plain(instance.id() + "  " + instance.hostAndPort()));
            return;
        }
        ObjectNode line = JsonNodeFactory.instance
                .objectNode()
                .put("change", change)
                .put("service", instance.service())
                .put("id", instance.id())
                .put("address", instance.address())
                .put("port", instance.port());
        instance.tags().forEach(line.putArray("tags")::add);
        instance.metadata().forEach(line.putObject("metadata")::put);
        line.put("weight", instance.weight()).put("session", instance.session());
        console().json(line);
    }
}
