package io.lockservice.client.cli;

import io.lockservice.client.cli.shell.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import picocli.CommandLine.Help.Ansi;

/** The program {@code lockctl}. */
public final class Main {
    private static final Logger ALL = LogManager.getLogManager().getLogger("");

    private Main() {}

    /** Runs the command line and exits with its status. */
    public static void main(String[] arguments) {
        // What a command has to say it says itself, in one line.
        ALL.setLevel(Level.OFF);
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        Console console = new Console(System.in, out, err, System.getenv(), Ansi.AUTO.enabled());
        System.exit(Lockctl.run(console, arguments));
    }
}
