package io.lockservice.client.cli.registry;

import io.lockservice.client.SessionOptions;
import io.lockservice.client.cli.program.Margins;
import io.lockservice.client.cli.shell.CommandFailure;
import io.lockservice.client.cli.shell.Durations;
import io.lockservice.client.registry.Instance;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What registering a program takes. */
final class RegisterOptions {
    private static final double LONGEST_SECONDS = 86_400;

    @Parameters(index = "0", paramLabel = "SERVICE", description = "the service")
    private String service = "";

    @Parameters(index = "1", paramLabel = "ID", description = "what this instance is called among those of the service")
    private String id = "";

    @Parameters(
            index = "2..*",
            arity = "1..*",
            paramLabel = "COMMAND",
            description = "the program and its arguments; put -- in front of it")
    private List<String> command = List.of();

    @Option(names = "--address", required = true, paramLabel = "ADDRESS", description = "IP address or host name")
    private String address = "";

    @Option(names = "--port", required = true, paramLabel = "PORT", description = "where it answers")
    private int port;

    @Option(names = "--tag", paramLabel = "TAG", description = "a mark to choose by; may be repeated")
    private List<String> tags = List.of();

    @Option(names = "--metadata", paramLabel = "KEY=VALUE", description = "what it says of itself; may be repeated")
    private Map<String, String> metadata = new LinkedHashMap<>();

    @Option(names = "--weight", paramLabel = "N", description = "how much of the work it takes; default 1")
    private int weight = 1;

    @Option(
            names = "--health-url",
            paramLabel = "URL",
            description = "registered only while GET of this answers with a status below 400")
    private @Nullable String healthUrl;

    @Option(
            names = "--health-interval",
            paramLabel = "SECONDS",
            description = "between two checks, and the longest that one may take; default 5")
    private double healthSeconds = 5;

    @Option(
            names = "--health-failures",
            paramLabel = "N",
            description = "deregistered after so many failures in a row; default 3")
    private int healthFailures = 3;

    @Option(
            names = "--lease",
            paramLabel = "SECONDS",
            description = "how long it is found when nothing is heard from here any more; default 12")
    private double leaseSeconds = 12;

    @Option(
            names = "--grace",
            paramLabel = "SECONDS",
            description = "from TERM to KILL where this process is told to stop; default 5")
    private double graceSeconds = 5;

    String service() {
        return ServiceNames.plain(service);
    }

    String id() {
        return ServiceNames.plain(id);
    }

    List<String> command() {
        return command;
    }

    Instance instance() {
        try {
            return new Instance(address, port, tags, metadata, weight);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        }
    }

    /** The same each time this instance starts, and another's only where that answers at the same place. */
    SessionOptions session() {
        return SessionOptions.named(service + "/" + id + " at " + instance().hostAndPort())
                .withLeaseMs(Durations.ms("--lease", leaseSeconds, 1, LONGEST_SECONDS));
    }

    Margins margins() {
        return new Margins(Durations.ms("--grace", graceSeconds, 0, LONGEST_SECONDS), 0);
    }

    /** What is asked whether the program is well; null where nothing is. */
    @Nullable
    URI healthUrl() {
        if (healthUrl == null) {
            return null;
        }
        try {
            URI url = new URI(healthUrl);
            boolean http = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
            if (http && url.getHost() != null) {
                return url;
            }
        } catch (URISyntaxException e) {
            throw CommandFailure.usage("--health-url: " + e.getMessage());
        }
        throw CommandFailure.usage("--health-url is such as http://127.0.0.1:8080/health, not '" + healthUrl + "'");
    }

    long healthMs() {
        return Durations.ms("--health-interval", healthSeconds, 0.1, 3_600);
    }

    int healthFailures() {
        if (healthFailures < 1) {
            throw CommandFailure.usage("--health-failures is 1 or more, not " + healthFailures);
        }
        return healthFailures;
    }
}
