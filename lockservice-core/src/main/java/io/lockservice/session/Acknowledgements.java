package io.lockservice.session;

import io.lockservice.cell.Command;
import io.lockservice.cell.StateMachine;
import io.lockservice.cell.table.Session;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How far sessions have taken in what they are told (Burrows, section 2.8), as this leader has heard from them. What was
 * taken in is forgotten by the cell a little later, for many sessions at once; a new leader may say it again until then,
 * under the same numbers.
 */
final class Acknowledgements {
    private static final long EVERY_NANOS = 500_000_000;

    /** So many sessions in one command. */
    private static final int AT_ONCE = 1_000;

    private final DutyHost host;
    private final StateMachine state;
    private final Map<String, Long> takenIn = new HashMap<>();
    private final Map<String, Long> sent = new HashMap<>();

    /** What there was before this leader began: earlier ones may have sent it. The last is that it began. */
    private final Map<String, Long> found = new HashMap<>();

    private final LinkedHashMap<String, Long> news = new LinkedHashMap<>();
    private long proposedNanos = Long.MIN_VALUE;
    private Consumer<String> listener = session -> {};

    Acknowledgements(DutyHost host, StateMachine state) {
        this.host = host;
        this.state = state;
    }

    /** Has {@code told} told of every session that says it has taken in more. */
    void tell(Consumer<String> told) {
        listener = told;
    }

    /** This replica begins to serve: what there is may have been sent by an earlier leader. */
    void start() {
        for (Session session : state.sessions()) {
            long last = state.lastSessionEvent(session.id());
            if (last > 1) {
                found.put(session.id(), last - 1);
            }
        }
    }

    /** The last event that a session has taken in, 0 for none. */
    long takenIn(String session) {
        return takenIn.getOrDefault(session, 0L);
    }

    /** The last event that this leader has sent a session, 0 for none. */
    long sent(String session) {
        return sent.getOrDefault(session, 0L);
    }

    /** The last event that a session can have been sent by any leader, 0 for none. */
    long possiblySent(String session) {
        return Math.max(sent(session), found.getOrDefault(session, 0L));
    }

    /** A session was sent its events up to {@code seq}. */
    void sent(String session, long seq) {
        sent.merge(session, seq, Math::max);
    }

    /** A session says that it has taken in its events up to {@code seq}, which were sent. */
    void heard(String session, long seq) {
        if (seq > takenIn(session)) {
            takenIn.put(session, seq);
            news.put(session, seq);
            listener.accept(session);
        }
    }

    /** A session is over. */
    void ended(String session) {
        takenIn.remove(session);
        sent.remove(session);
        found.remove(session);
        news.remove(session);
    }

    void tick(long nowNanos) {
        if (news.isEmpty() || nowNanos - EVERY_NANOS < proposedNanos) {
            return;
        }
        proposedNanos = nowNanos;
        Map<String, Long> batch = new LinkedHashMap<>();
        news.entrySet().stream().limit(AT_ONCE).forEach(each -> batch.put(each.getKey(), each.getValue()));
        if (host.propose(new Command.AcknowledgeEvents(batch))) {
            batch.forEach(news::remove);
        }
    }

    void clear() {
        takenIn.clear();
        sent.clear();
        found.clear();
        news.clear();
        proposedNanos = Long.MIN_VALUE;
    }
}
