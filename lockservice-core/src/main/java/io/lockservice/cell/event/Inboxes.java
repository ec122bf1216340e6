package io.lockservice.cell.event;

import io.lockservice.api.codec.HandleFields;
import io.lockservice.api.event.SessionEvent;
import io.lockservice.wire.Hash64;
import io.lockservice.wire.WireWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What each living session is told with its keep-alives and has not yet said to have taken in (Burrows, sections 2.5 and
 * 2.8). Part of the replicated state: so nothing is lost, and nothing gets another number, when the leader changes.
 */
public final class Inboxes {
    /** So many events wait for one session; of more the oldest are dropped, and it is told. */
    public static final int KEPT = 1_000;

    private final TreeMap<String, Inbox> inboxes = new TreeMap<>();
    private long sum;

    private record Kept(SessionEvent event, long hash) {}

    private static final class Inbox {
        final ArrayDeque<Kept> events = new ArrayDeque<>();
        long lastSeq;
    }

    /**
     * One session's.
     *
     * @param session whose
     * @param lastSeq the last number given
     * @param events those that wait, ascending
     */
    public record Copy(String session, long lastSeq, List<SessionEvent> events) {}

    /** Tells a living session something. */
    public void add(String session, SessionEvent.Notice notice) {
        Inbox inbox = inboxes.computeIfAbsent(session, any -> new Inbox());
        if (notice instanceof SessionEvent.LeaderChanged) {
            forgetEarlierLeaders(inbox);
        }
        numbered(session, inbox, inbox.lastSeq + 1);
        put(session, inbox, new SessionEvent(inbox.lastSeq, notice), false);
        if (inbox.events.size() > KEPT) {
            dropOldest(session, inbox);
        }
    }

    private void forgetEarlierLeaders(Inbox inbox) {
        inbox.events.removeIf(kept -> {
            boolean overtaken = kept.event().notice() instanceof SessionEvent.LeaderChanged;
            sum -= overtaken ? kept.hash() : 0;
            return overtaken;
        });
    }

    /** The first event says how many are missing, under the number of the last of them. */
    private void dropOldest(String session, Inbox inbox) {
        long count = 0;
        long seq = 0;
        while (inbox.events.size() >= KEPT) {
            SessionEvent oldest = take(inbox);
            count += oldest.notice() instanceof SessionEvent.Dropped dropped ? dropped.count() : 1;
            seq = oldest.seq();
        }
        put(session, inbox, new SessionEvent(seq, new SessionEvent.Dropped(count)), true);
    }

    private SessionEvent take(Inbox inbox) {
        Kept oldest = inbox.events.removeFirst();
        sum -= oldest.hash();
        return oldest.event();
    }

    private void put(String session, Inbox inbox, SessionEvent event, boolean first) {
        Kept kept = new Kept(event, hash(session, event));
        sum += kept.hash();
        if (first) {
            inbox.events.addFirst(kept);
        } else {
            inbox.events.addLast(kept);
        }
    }

    private void numbered(String session, Inbox inbox, long lastSeq) {
        sum += hash(session, lastSeq) - (inbox.lastSeq == 0 ? 0 : hash(session, inbox.lastSeq));
        inbox.lastSeq = lastSeq;
    }

    /** A session has taken in its events up to {@code seq}. */
    public void acknowledge(String session, long seq) {
        Inbox inbox = inboxes.get(session);
        while (inbox != null
                && !inbox.events.isEmpty()
                && inbox.events.getFirst().event().seq() <= seq) {
            take(inbox);
        }
    }

    /** A session is over. */
    public void forget(String session) {
        Inbox gone = inboxes.remove(session);
        if (gone != null) {
            gone.events.forEach(kept -> sum -= kept.hash());
            sum -= hash(session, gone.lastSeq);
        }
    }

    /** The last number that was given to an event of a session, 0 for none. */
    public long lastSeq(String session) {
        Inbox inbox = inboxes.get(session);
        return inbox == null ? 0 : inbox.lastSeq;
    }

    /** Up to {@code limit} events that wait for a session behind {@code seq}. */
    public List<SessionEvent> after(String session, long seq, int limit) {
        Inbox inbox = inboxes.get(session);
        if (inbox == null || inbox.events.isEmpty()) {
            return List.of();
        }
        List<SessionEvent> events = new ArrayList<>();
        for (Kept kept : inbox.events) {
            if (kept.event().seq() > seq) {
                events.add(kept.event());
            }
            if (events.size() == limit) {
                break;
            }
        }
        return Collections.unmodifiableList(events);
    }

    /** All of it, in the order of the sessions. */
    public List<Copy> copy() {
        return inboxes.entrySet().stream()
                .map(each -> new Copy(
                        each.getKey(),
                        each.getValue().lastSeq,
                        each.getValue().events.stream().map(Kept::event).toList()))
                .toList();
    }

    /** Takes back one session's. */
    public void restore(Copy copy) {
        Inbox inbox = new Inbox();
        @Nullable Inbox before = inboxes.put(copy.session(), inbox);
        if (before == null) {
            numbered(copy.session(), inbox, copy.lastSeq());
            copy.events().forEach(event -> put(copy.session(), inbox, event, false));
        }
    }

    /** The sum of the hashes of all of it. */
    public long sum() {
        return sum;
    }

    /** {@link #sum} from the events themselves. */
    public long recomputedSum() {
        long recomputed = 0;
        for (Copy copy : copy()) {
            recomputed += hash(copy.session(), copy.lastSeq());
            for (SessionEvent event : copy.events()) {
                recomputed += hash(copy.session(), event);
            }
        }
        return recomputed;
    }

    private static long hash(String session, long lastSeq) {
        return new Hash64().add(session).add(lastSeq).value();
    }

    private static long hash(String session, SessionEvent event) {
        WireWriter out = new WireWriter();
        HandleFields.event(out, event);
        return new Hash64().add(session).add(out.toBytes()).value();
    }
}
