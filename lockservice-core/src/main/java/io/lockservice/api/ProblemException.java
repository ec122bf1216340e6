package io.lockservice.api;

/** Carries a {@link Problem} out of decoding and validation. Has no stack trace: it is an answer, not a fault. */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    /** An exception that carries {@code problem}. */
    public ProblemException(Problem problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    /** An exception with a problem that adds nothing to its code. */
    public ProblemException(ProblemCode code, String detail) {
        this(new Problem(code, detail));
    }

    /** The problem. */
    public Problem problem() {
        return problem;
    }
}
