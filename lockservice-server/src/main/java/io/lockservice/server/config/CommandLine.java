package io.lockservice.server.config;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The server's command line. Starts nothing and prints nothing itself. */
public final class CommandLine {
    /** Exit status of a command line or a configuration that cannot be used. */
    public static final int USAGE_ERROR = 2;

    private static final Path EMBEDDED_DATA = Path.of("data");
    private static final String RESTORE = "restore";
    private static final String HINT = " (--help shows the options)";

    private CommandLine() {}

    /** What {@code arguments} ask for. Reads and checks the configuration file they name. */
    public static Invocation parse(String... arguments) {
        picocli.CommandLine commandLine = new picocli.CommandLine(spec());
        try {
            ParseResult parsed = commandLine.parseArgs(arguments);
            if (parsed.isUsageHelpRequested()) {
                return new Invocation.Exit(0, commandLine.getUsageMessage().strip());
            }
            if (parsed.isVersionHelpRequested()) {
                return new Invocation.Exit(0, "lockservice " + version());
            }
            return parsed.hasSubcommand() ? subcommand(parsed.subcommand()) : invocation(parsed);
        } catch (ParameterException wrong) {
            return usageError(wrong.getMessage());
        } catch (ConfigException wrong) {
            return new Invocation.Exit(USAGE_ERROR, String.valueOf(wrong.getMessage()));
        }
    }

    private static Invocation subcommand(ParseResult parsed) {
        boolean restores = parsed.commandSpec().name().equals(RESTORE);
        if (parsed.isUsageHelpRequested()) {
            CommandSpec spec = restores ? restoreSpec() : verifySpec();
            return new Invocation.Exit(
                    0, new picocli.CommandLine(spec).getUsageMessage().strip());
        }
        if (restores) {
            return restore(parsed);
        }
        @Nullable Path data = parsed.matchedOptionValue("--data", null);
        return data == null
                ? usageError("verify needs --data DIR, the data directory of a replica that is not running")
                : new Invocation.Verify(data);
    }

    private static Invocation restore(ParseResult parsed) {
        @Nullable Path from = parsed.matchedOptionValue("--from", null);
        @Nullable Path data = parsed.matchedOptionValue("--data", null);
        @Nullable Path config = parsed.matchedOptionValue("--config", null);
        @Nullable Integer replica = parsed.matchedOptionValue("--replica", null);
        if (from == null || data == null || config == null || replica == null) {
            return usageError("restore needs --from CHECKPOINT, --data DIR, --config FILE and --replica ID");
        }
        CellConfig cell = ConfigFile.read(config);
        return cell.member(replica).isEmpty()
                ? noSuchReplica(config, cell, replica)
                : new Invocation.Restore(from, cell, replica, data);
    }

    private static Invocation noSuchReplica(Path config, CellConfig cell, int replica) {
        return usageError("--replica: " + config + " has no replica " + replica + "; give one of " + ids(cell));
    }

    private static CommandSpec restoreSpec() {
        CommandSpec spec = CommandSpec.create().name(RESTORE);
        spec.usageMessage()
                .description("Makes the data directory of one replica from a backup, so that a new cell goes on from"
                        + " it. Exit status: 0 done, 1 damaged or refused, 2 usage.")
                .sortOptions(false);
        spec.addOption(option("--from", "CHECKPOINT", Path.class, "the backup"));
        spec.addOption(option("--data", "DIR", Path.class, "a directory that is empty or does not exist"));
        spec.addOption(option("--config", "FILE", Path.class, "the cell's YAML file"));
        spec.addOption(option("--replica", "ID", Integer.class, "which replica of the file starts from the backup"));
        spec.addOption(help());
        return spec;
    }

    private static CommandSpec verifySpec() {
        CommandSpec spec = CommandSpec.create().name("verify");
        spec.usageMessage()
                .description(
                        "Reads every file of a stopped replica's data directory and says which are damaged. Changes"
                                + " nothing. Exit status: 0 all sound, 1 damaged or not readable, 2 usage.");
        spec.addOption(option("--data", "DIR", Path.class, "the replica's data directory"));
        spec.addOption(help());
        return spec;
    }

    private static OptionSpec help() {
        return OptionSpec.builder("--help")
                .usageHelp(true)
                .description("shows this")
                .build();
    }

    private static Invocation invocation(ParseResult parsed) {
        @Nullable Path config = parsed.matchedOptionValue("--config", null);
        @Nullable Integer replica = parsed.matchedOptionValue("--replica", null);
        @Nullable Path data = parsed.matchedOptionValue("--data", null);
        if (config == null) {
            return replica == null
                    ? new Invocation.Embedded(CellConfig.embedded(), data == null ? EMBEDDED_DATA : data)
                    : usageError("--replica needs --config FILE, the cell's YAML file");
        }
        if (replica == null) {
            return usageError("--config needs --replica ID, which replica of the file this is");
        }
        if (data == null) {
            return usageError("--config needs --data DIR, where this replica keeps its data");
        }
        CellConfig cell = ConfigFile.read(config);
        if (cell.member(replica).isEmpty()) {
            return noSuchReplica(config, cell, replica);
        }
        return new Invocation.OneReplica(cell, replica, parsed.hasMatchedOption("--join"), data);
    }

    private static CommandSpec spec() {
        CommandSpec spec = CommandSpec.create().name("lockservice-server");
        spec.usageMessage()
                .description(
                        "A lock and name service. Without --config: a whole cell of three replicas in this process.")
                .sortOptions(false);
        spec.addOption(option("--config", "FILE", Path.class, "the cell's YAML file"));
        spec.addOption(option("--replica", "ID", Integer.class, "which replica of the file this is"));
        spec.addOption(option("--data", "DIR", Path.class, "where the data is kept; ./data without --config"));
        spec.addOption(OptionSpec.builder("--join")
                .description("this replica joins a cell that exists: it has no vote until the cell gives it one")
                .build());
        spec.addOption(help());
        spec.addSubcommand("verify", verifySpec());
        spec.addSubcommand(RESTORE, restoreSpec());
        spec.addOption(OptionSpec.builder("--version")
                .versionHelp(true)
                .description("shows the version")
                .build());
        return spec;
    }

    private static OptionSpec option(String name, String label, Class<?> type, String description) {
        return OptionSpec.builder(name)
                .paramLabel(label)
                .arity("1")
                .type(type)
                .description(description)
                .build();
    }

    private static Invocation usageError(@Nullable String problem) {
        List<String> lines = String.valueOf(problem).lines().toList();
        return new Invocation.Exit(USAGE_ERROR, String.join(" ", lines) + HINT);
    }

    private static String ids(CellConfig cell) {
        return cell.replicas().stream()
                .map(member -> Integer.toString(member.id()))
                .collect(Collectors.joining(", "));
    }

    private static String version() {
        @Nullable String version = CommandLine.class.getPackage().getImplementationVersion();
        return version == null ? "unreleased" : version;
    }
}
