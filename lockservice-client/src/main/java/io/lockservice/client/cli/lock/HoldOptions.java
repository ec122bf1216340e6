package io.lockservice.client.cli.lock;

import io.lockservice.client.SessionOptions;
import io.lockservice.client.cli.program.Margins;
import io.lockservice.client.cli.shell.CommandFailure;
import io.lockservice.client.cli.shell.Durations;
import io.lockservice.client.lock.LockOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What running a program under a lock takes: the lock, the lease, the program. */
final class HoldOptions {
    private static final int LONGEST_NOTE = 256;
    private static final double LONGEST_LEASE_SECONDS = 86_400;

    @Parameters(index = "0", paramLabel = "NAME", description = "the lock")
    private String name = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "COMMAND",
            description = "the program and its arguments; put -- in front of it")
    private List<String> command = List.of();

    @Option(
            names = "--lease",
            paramLabel = "SECONDS",
            description = "how long the cell keeps the lock when nothing is heard from here; default 12")
    private double leaseSeconds = 12;

    @Option(
            names = "--grace",
            paramLabel = "SECONDS",
            description = "from TERM to KILL where the lock is in doubt; default a quarter of the lease, at most 5")
    private @Nullable Double graceSeconds;

    @Option(names = "--note", paramLabel = "TEXT", description = "shown to others; default: the command")
    private @Nullable String note;

    @Option(
            names = "--lock-delay",
            paramLabel = "SECONDS",
            description = "how long nobody gets the lock after this program was lost with it; default 0")
    private double lockDelaySeconds;

    String name() {
        return name;
    }

    List<String> command() {
        return command;
    }

    SessionOptions session() {
        String who = System.getProperty("user.name", "somebody") + ", process "
                + ProcessHandle.current().pid();
        return SessionOptions.named("lockctl of " + who).withLeaseMs(leaseMs());
    }

    Margins margins() {
        long leaseMs = leaseMs();
        if (graceSeconds == null) {
            return Margins.of(leaseMs);
        }
        long graceMs = Durations.ms("--grace", graceSeconds, 0, LONGEST_LEASE_SECONDS);
        if (graceMs > Margins.longestGraceMs(leaseMs)) {
            throw CommandFailure.usage("--grace is too long for a lease of " + Durations.text(leaseMs)
                    + ": give at most " + Durations.text(Margins.longestGraceMs(leaseMs)) + ", or a longer --lease");
        }
        return Margins.of(leaseMs, graceMs);
    }

    LockOptions lock() {
        String text = note == null ? String.join(" ", command) : note;
        String shown = text.replaceAll("\\p{Cntrl}", " ");
        return LockOptions.exclusive()
                .withLockDelayMs(Durations.ms("--lock-delay", lockDelaySeconds, 0, 60))
                .withNote(shown.length() <= LONGEST_NOTE ? shown : shown.substring(0, LONGEST_NOTE - 3) + "...");
    }

    private long leaseMs() {
        return Durations.ms("--lease", leaseSeconds, 1, LONGEST_LEASE_SECONDS);
    }
}
