package io.lockservice.client.cli;

import io.lockservice.client.cli.cell.BackupCommand;
import io.lockservice.client.cli.cell.BenchCommand;
import io.lockservice.client.cli.cell.MembersCommand;
import io.lockservice.client.cli.cell.StatusCommand;
import io.lockservice.client.cli.cell.TransferCommand;
import io.lockservice.client.cli.lock.ElectCommand;
import io.lockservice.client.cli.lock.LockCommand;
import io.lockservice.client.cli.lock.LocksCommand;
import io.lockservice.client.cli.lock.ReleaseCommand;
import io.lockservice.client.cli.lock.SessionsCommand;
import io.lockservice.client.cli.node.CatCommand;
import io.lockservice.client.cli.node.LsCommand;
import io.lockservice.client.cli.node.MkdirCommand;
import io.lockservice.client.cli.node.PutCommand;
import io.lockservice.client.cli.node.RmCommand;
import io.lockservice.client.cli.node.StatCommand;
import io.lockservice.client.cli.node.WatchCommand;
import io.lockservice.client.cli.registry.RegisterCommand;
import io.lockservice.client.cli.registry.ResolveCommand;
import io.lockservice.client.cli.registry.ServicesCommand;
import io.lockservice.client.cli.shell.CellOptions;
import io.lockservice.client.cli.shell.Console;
import io.lockservice.client.cli.shell.ExitStatus;
import io.lockservice.client.cli.shell.Shell;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** The command line of a cell. Each run makes a new one. */
@Command(
        name = "lockctl",
        description = "Asks and changes a lockservice cell. `lockctl COMMAND --help` says more about each command.",
        footer = {"", "Exit status: 0 done, 1 refused (held, mismatch, not found), 2 usage, 3 cell not reachable."},
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Lockctl.Version.class,
        sortOptions = false)
final class Lockctl {
    private static final int INTERRUPTED = 130;

    @Mixin
    private final CellOptions options = new CellOptions();

    private final Console console;

    private Lockctl(Console console) {
        this.console = console;
    }

    /** Runs one command line and returns its exit status. */
    static int run(Console console, String... arguments) {
        Lockctl root = new Lockctl(console);
        CommandLine line = root.line();
        int status = line.execute(arguments);
        console.out().flush();
        if (console.out().checkError() && status == ExitStatus.DONE) {
            console.note("not all of the output could be written");
            return ExitStatus.REFUSED;
        }
        return status;
    }

    private CommandLine line() {
        Shell shell = new Shell(console, options);
        CommandLine members = new CommandLine(new MembersCommand())
                .addSubcommand(new MembersCommand.ListMembers(shell))
                .addSubcommand(new MembersCommand.Add(shell))
                .addSubcommand(new MembersCommand.Remove(shell));
        return new CommandLine(this)
                .addSubcommand(new StatusCommand(shell))
                .addSubcommand(new LsCommand(shell))
                .addSubcommand(new CatCommand(shell))
                .addSubcommand(new PutCommand(shell))
                .addSubcommand(new RmCommand(shell))
                .addSubcommand(new MkdirCommand(shell))
                .addSubcommand(new StatCommand(shell))
                .addSubcommand(new WatchCommand(shell))
                .addSubcommand(new LockCommand(shell))
                .addSubcommand(new ElectCommand(shell))
                .addSubcommand(new LocksCommand(shell))
                .addSubcommand(new SessionsCommand(shell))
                .addSubcommand(new ReleaseCommand(shell))
                .addSubcommand(new ServicesCommand(shell))
                .addSubcommand(new ResolveCommand(shell))
                .addSubcommand(new RegisterCommand(shell))
                .addSubcommand(members)
                .addSubcommand(new TransferCommand(shell))
                .addSubcommand(new BackupCommand(shell))
                .addSubcommand(new BenchCommand(shell))
                .addSubcommand(new CompletionCommand(console))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8))
                .setColorScheme(CommandLine.Help.defaultColorScheme(console.colour() ? Ansi.ON : Ansi.OFF))
                .setParameterExceptionHandler((wrong, given) -> misspelt(wrong))
                .setExecutionExceptionHandler((failure, failed, parsed) ->
                        failure instanceof InterruptedException ? INTERRUPTED : shell.failed(failure));
    }

    private int misspelt(ParameterException wrong) {
        String command = wrong.getCommandLine().getCommandSpec().qualifiedName();
        String problem = String.valueOf(wrong.getMessage()).lines().findFirst().orElse("");
        console.note(problem + "; `" + command + " --help` shows what it takes");
        return ExitStatus.USAGE;
    }

    /** The version of the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            @Nullable String version = Lockctl.class.getPackage().getImplementationVersion();
            return new String[] {"lockctl " + (version == null ? "unreleased" : version)};
        }
    }
}
