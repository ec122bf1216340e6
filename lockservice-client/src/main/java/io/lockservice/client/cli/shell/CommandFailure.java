package io.lockservice.client.cli.shell;

/** A command that could not do what it was asked: the line that says why, and the exit status. */
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;

    private CommandFailure(int status, String code, String message) {
        super(message);
        this.status = status;
        this.code = code;
    }

    /** The command line cannot be understood. */
    public static CommandFailure usage(String message) {
        return new CommandFailure(ExitStatus.USAGE, "usage", message);
    }

    /** It was refused, or went wrong here. */
    public static CommandFailure refused(String code, String message) {
        return new CommandFailure(ExitStatus.REFUSED, code, message);
    }

    /** No replica answered. */
    public static CommandFailure unreachable(String message) {
        return new CommandFailure(ExitStatus.UNREACHABLE, ExitStatus.UNREACHABLE_CODE, message);
    }

    /** The program to run cannot be started; the status is what a shell gives. */
    public static CommandFailure notFound(String message) {
        return new CommandFailure(ExitStatus.COMMAND_NOT_FOUND, "command-not-found", message);
    }

    /** The exit status. */
    public int status() {
        return status;
    }

    /** What kind, for programs. */
    public String code() {
        return code;
    }
}
