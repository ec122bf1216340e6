package io.lockservice.sim.invariant;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import java.util.EnumMap;
import java.util.Map;

/** What must hold of every answer to a linearizable call, whatever was asked. */
public final class AnswersChecked {
    private final RevisionsNeverGoBack revisions = new RevisionsNeverGoBack();
    private final EpochsGrow epochs;
    private final Map<ProblemCode, Integer> problems = new EnumMap<>(ProblemCode.class);

    /** Tells {@code epochs} of the answers. */
    public AnswersChecked(EpochsGrow epochs) {
        this.epochs = epochs;
    }

    /**
     * An answer came.
     *
     * @param repeated whether the call was sent more than once, so that this may be the first outcome told again
     */
    public void answered(ClientCall call, Answer answer, long calledNanos, long answeredNanos, boolean repeated) {
        if (answer.reply() instanceof Reply.Failed failed) {
            ProblemCode code = failed.problem().code();
            problems.merge(code, 1, Integer::sum);
            Violation.unless(
                    code != ProblemCode.INTERNAL && code != ProblemCode.IDEMPOTENCY_MISMATCH,
                    AnswersChecked.class,
                    "%s was answered %s",
                    call,
                    failed.problem());
            if (!code.kept()) {
                return;
            }
        }
        epochs.told(calledNanos, answeredNanos, answer.epoch());
        if (!repeated) {
            revisions.told(calledNanos, answeredNanos, answer.revision());
        }
    }

    /** How often each problem was told. */
    public Map<ProblemCode, Integer> problems() {
        return problems;
    }
}
