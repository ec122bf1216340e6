package io.lockservice.server.dns;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Name;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.server.driver.ReplicaPort;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Whether what this replica knows is of lately: a read that refuses to be too old says so. All who ask while one is under
 * way share it.
 *
 * <p>Threading: the event loop of the replica.
 */
final class Freshness {
    private static final long TIMEOUT_MS = 1_000;

    /** So the directory answers that is not there, or not for everybody. */
    private static final Set<ProblemCode> FRESH =
            EnumSet.of(ProblemCode.NO_SUCH_NODE, ProblemCode.PERMISSION_DENIED, ProblemCode.NOT_A_DIRECTORY);

    private final ReplicaPort port;
    private final ClientCall look;
    private final long maxStaleMs;
    private final BooleanSupplier known;
    private List<Consumer<Boolean>> waiting = new ArrayList<>();

    /**
     * Looks at the directory {@code services}.
     *
     * @param known whether anything was read from it yet
     */
    Freshness(ReplicaPort port, Name services, long maxStaleMs, BooleanSupplier known) {
        this.port = port;
        this.look = new ClientCall(new Request.GetStat(services, false), ClientCall.ANONYMOUS, null, null, null);
        this.maxStaleMs = maxStaleMs;
        this.known = known;
    }

    /** How many wait. */
    int waiting() {
        return waiting.size();
    }

    /** Tells {@code then}, which throws nothing. */
    void whenKnown(Consumer<Boolean> then) {
        waiting.add(then);
        if (waiting.size() == 1) {
            port.call(look, TIMEOUT_MS, maxStaleMs, answer -> tell(isFresh(answer.reply()) && known.getAsBoolean()));
        }
    }

    private void tell(boolean fresh) {
        List<Consumer<Boolean>> now = waiting;
        waiting = new ArrayList<>();
        now.forEach(each -> each.accept(fresh));
    }

    private static boolean isFresh(Reply reply) {
        return !(reply instanceof Reply.Failed failed)
                || FRESH.contains(failed.problem().code());
    }
}
