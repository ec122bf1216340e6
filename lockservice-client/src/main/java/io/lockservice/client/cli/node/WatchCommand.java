package io.lockservice.client.cli.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockservice.api.PercentText;
import io.lockservice.client.Backoff;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.cli.shell.CellCommand;
import io.lockservice.client.cli.shell.CellStream;
import io.lockservice.client.cli.shell.CommandFailure;
import io.lockservice.client.cli.shell.Console;
import io.lockservice.client.cli.shell.ExitStatus;
import io.lockservice.client.cli.shell.Shell;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Prints events as they happen. Where the connection is lost, it goes on behind the last event that was printed, at
 * another replica: nothing is left out, nothing printed twice.
 */
@Command(name = "watch", description = "Prints what happens to a node and its direct children, until it is stopped.")
public final class WatchCommand extends CellCommand {
    private static final long FIRST_PAUSE_MS = 100;
    private static final long MAX_PAUSE_MS = 5_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Parameters(index = "0", paramLabel = "NAME", description = "a file or directory, which need not exist")
    private String name = "";

    @Option(
            names = {"-r", "--recursive"},
            description = "all that is below it too")
    private boolean recursive;

    @Option(
            names = "--since",
            paramLabel = "REVISION",
            description = "begins behind this revision of the cell; default: with what happens from now on")
    private @Nullable Long since;

    @Option(names = "--count", paramLabel = "EVENTS", description = "ends after so many events")
    private long count = Long.MAX_VALUE;

    private String position = "";
    private long printed;
    private int failures;

    /** The command in this shell. */
    public WatchCommand(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(LockServiceClient client) throws InterruptedException {
        path("nodes", name);
        String path = "/v1/events?name=" + PercentText.encode(name) + (recursive ? "&recursive=true" : "");
        CellStream cell = new CellStream(shell(), client.loop());
        Backoff pauses = new Backoff(FIRST_PAUSE_MS, MAX_PAUSE_MS, new Random());
        boolean everOpened = false;
        while (printed < count && !console().out().checkError()) {
            TimeUnit.MILLISECONDS.sleep(pauses.delayMs(failures));
            try (EventReader events = new EventReader(cell.open(path + start(), headers()))) {
                everOpened = true;
                read(events);
                lost("the connection ended");
            } catch (IOException e) {
                lost(String.valueOf(e.getMessage()));
            } catch (CommandFailure away) {
                if (!everOpened || away.status() != ExitStatus.UNREACHABLE) {
                    throw away;
                }
                lost("no replica answers");
            }
        }
        return ExitStatus.DONE;
    }

    private String start() {
        return position.isEmpty() && since != null ? "&since=" + since : "";
    }

    private Map<String, String> headers() {
        Map<String, String> headers = new HashMap<>(Map.of("Accept", "text/event-stream"));
        if (!position.isEmpty()) {
            headers.put("Last-Event-ID", position);
        }
        return headers;
    }

    private void read(EventReader events) throws IOException {
        for (EventReader.Event event = events.next(); event != null; event = events.next()) {
            failures = 0;
            if (event.type().equals("problem")) {
                throw CommandFailure.refused(
                        JSON.readTree(event.data()).path("code").asText("problem"),
                        JSON.readTree(event.data()).path("detail").asText("the stream was ended by the replica"));
            }
            if (!event.id().isEmpty()) {
                position = event.id();
            }
            if (!event.type().equals("ready") && !event.data().isEmpty()) {
                print(event, JSON.readTree(event.data()));
                printed++;
            }
            if (printed >= count || console().out().checkError()) {
                return;
            }
        }
    }

    private void print(EventReader.Event event, JsonNode data) {
        shell().print(data, () -> {
            JsonNode stat = data.path("stat");
            boolean isFile = stat.path("kind").asText().equals("file");
            String more = data.has("token")
                    ? "  token " + data.path("token").asText()
                    : isFile ? "  " + stat.path("length").asText() + " bytes, version " + version(stat) : "";
            String whose = data.path("name").asText(data.path("session").asText(""));
            console().line(Console.plain("%-10s %-16s %s%s".formatted(event.id(), event.type(), whose, more)));
        });
        console().out().flush();
    }

    /** Said once for every time the stream is lost, not for every attempt to have it back. */
    private void lost(String why) {
        if (failures == 0 && printed < count) {
            console().note(why + "; going on" + (position.isEmpty() ? "" : " behind " + position));
        }
        failures++;
    }
}
