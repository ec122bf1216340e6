package io.lockservice.cell.repeat;

import io.lockservice.api.Name;
import io.lockservice.api.Reply;
import io.lockservice.api.codec.ReplyCodec;
import io.lockservice.wire.Hash64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The waits for a lock that outcomes refer to, by ticket; each goes with the last outcome that refers to it. */
public final class Waits {
    private final TreeMap<Long, Wait> waits = new TreeMap<>();
    private long sum;

    /**
     * A wait.
     *
     * @param name of the lock
     * @param session who waits
     * @param references how many outcomes refer to it
     * @param ended what came of it, null while its place is there
     */
    public record Wait(
            Name name,
            String session,
            int references,
            @Nullable Reply ended) {
        private long hash(long ticket) {
            Hash64 hash = new Hash64().add(ticket).add(name.path()).add(session).add(references);
            return hash.add(ended == null ? new byte[0] : ReplyCodec.encode(ended))
                    .value();
        }
    }

    /** The wait at the place with this ticket; null where no outcome refers to one. */
    public @Nullable Wait find(long ticket) {
        return waits.get(ticket);
    }

    /** One outcome more refers to the wait, which has not ended. */
    public void refer(long ticket, Name name, String session) {
        Wait wait = waits.get(ticket);
        put(
                ticket,
                wait == null
                        ? new Wait(name, session, 1, null)
                        : new Wait(wait.name(), wait.session(), wait.references() + 1, wait.ended()));
    }

    /** That came of the wait; does nothing where no outcome refers to it. */
    public void end(long ticket, Reply reply) {
        Wait wait = waits.get(ticket);
        if (wait != null) {
            put(ticket, new Wait(wait.name(), wait.session(), wait.references(), reply));
        }
    }

    /** One outcome less refers to the wait. */
    public void release(long ticket) {
        Wait wait = waits.get(ticket);
        if (wait != null && wait.references() > 1) {
            put(ticket, new Wait(wait.name(), wait.session(), wait.references() - 1, wait.ended()));
        } else if (wait != null) {
            waits.remove(ticket);
            sum -= wait.hash(ticket);
        }
    }

    /** Puts a wait in the place of what was there: for what {@link #entries} gave. */
    public void put(long ticket, Wait wait) {
        Wait before = waits.put(ticket, wait);
        sum += wait.hash(ticket) - (before == null ? 0 : before.hash(ticket));
    }

    /** All, in the order of their tickets. */
    public List<Map.Entry<Long, Wait>> entries() {
        return waits.entrySet().stream()
                .map(each -> Map.entry(each.getKey(), each.getValue()))
                .toList();
    }

    /** The sum of the hashes of all waits. */
    public long sum() {
        return sum;
    }

    /** {@link #sum} from the waits themselves. */
    public long recomputedSum() {
        long recomputed = 0;
        for (Map.Entry<Long, Wait> each : waits.entrySet()) {
            recomputed += each.getValue().hash(each.getKey());
        }
        return recomputed;
    }
}
