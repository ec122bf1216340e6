package io.lockservice.sim.client;

import io.lockservice.api.Answer;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import org.jspecify.annotations.Nullable;

/**
 * What a client knows after a call and its repeats.
 *
 * @param answer the first answer that decides the call; null where there was none
 * @param firstSentNanos when it was sent first, in true time
 * @param sentNanos when the answered attempt was sent
 * @param answeredNanos when the answer came, or the client gave up
 * @param attempts how often it was sent
 * @param mayHaveHappened whether the call may have taken effect although it was not answered
 */
record Told(
        @Nullable Answer answer,
        long firstSentNanos,
        long sentNanos,
        long answeredNanos,
        int attempts,
        boolean mayHaveHappened) {
    /** The reply; null where none decides the call. */
    @Nullable
    Reply reply() {
        return answer == null ? null : answer.reply();
    }

    /** The problem's code; null where the reply is none. */
    @Nullable
    ProblemCode problem() {
        return answer == null ? null : problem(answer);
    }

    /** The code of the problem an answer carries; null where it carries none. */
    static @Nullable ProblemCode problem(Answer answer) {
        return answer.reply() instanceof Reply.Failed failed ? failed.problem().code() : null;
    }
}
