package io.lockservice.server.registry;

import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;

/** What a refused reading says of a node. */
final class Refusals {
    private Refusals() {}

    /** Whether there is nothing for everybody to see, and that is certain: else the reading failed. */
    static boolean isNothingThere(Reply reply) {
        return isDenied(reply)
                || (reply instanceof Reply.Failed failed
                        && (failed.problem().code() == ProblemCode.NO_SUCH_NODE
                                || failed.problem().code() == ProblemCode.NOT_A_DIRECTORY));
    }

    /** Whether not everybody may see it. */
    static boolean isDenied(Reply reply) {
        return reply instanceof Reply.Failed failed && failed.problem().code() == ProblemCode.PERMISSION_DENIED;
    }
}
