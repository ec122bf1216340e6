package io.lockservice.cell.event;

import io.lockservice.api.event.Event;
import io.lockservice.api.event.EventPosition;
import io.lockservice.check.Check;
import io.lockservice.wire.Hash64;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The newest events. What is kept depends on the events alone, so that every replica keeps the same and {@code since} means
 * the same on each of them, also after a restart: it is part of the replicated state.
 */
public final class EventLog {
    /** At least so many are kept. */
    public static final int KEPT = 100_000;

    /** They go by the block; a block that is full never changes any more. */
    private static final int BLOCK = 1_024;

    private final ArrayDeque<EventBlock> full = new ArrayDeque<>();
    private List<Event> open = new ArrayList<>();
    private long openSum;
    private long count;
    private int kept;
    private EventPosition dropped = EventPosition.START;
    private long sum;

    /** All of it at one moment; immutable. */
    public static final class Copy {
        private final Header header;
        private final List<EventBlock> full;
        private final List<Event> open;

        private Copy(Header header, List<EventBlock> full, List<Event> open) {
            this.header = header;
            this.full = full;
            this.open = open;
        }

        /** What is not an event. */
        public Header header() {
            return header;
        }

        /** Hands on the events, ascending. */
        public void forEach(Consumer<Event> sink) {
            full.forEach(block -> block.events().forEach(sink));
            open.forEach(sink);
        }
    }

    /**
     * What there was before the events that are kept.
     *
     * @param droppedCount how many there were
     * @param dropped the last of them
     */
    public record Header(long droppedCount, EventPosition dropped) {
        /** For the digest. */
        public long hash() {
            return new Hash64()
                    .add(droppedCount)
                    .add(dropped.revision())
                    .add(dropped.index())
                    .value();
        }
    }

    /** Adds the events of one command, which come behind all others. */
    public void add(List<Event> events) {
        for (Event event : events) {
            open.add(event);
            count++;
            kept++;
            openSum += hash(event);
            if (count % BLOCK == 0) {
                full.add(EventBlock.of(open, openSum));
                sum += openSum;
                openSum = 0;
                open = new ArrayList<>();
                trim();
            }
        }
    }

    private void trim() {
        while (kept - full.getFirst().count() >= KEPT) {
            EventBlock oldest = full.removeFirst();
            kept -= oldest.count();
            dropped = oldest.last();
            sum -= oldest.sum();
        }
    }

    private long droppedCount() {
        return count - kept;
    }

    /** The last event that is no longer kept: reading may begin behind it, but not before. */
    public EventPosition dropped() {
        return dropped;
    }

    /**
     * What comes of reading.
     *
     * @param events those that were wanted, in order; of a revision all or none
     * @param end to go on from; behind every event of its revision
     * @param complete whether there is nothing behind {@code end} now
     */
    public record Page(List<Event> events, EventPosition end, boolean complete) {}

    /**
     * Reads on behind {@code after}, which must not be before {@link #dropped}, until about {@code limit} events are found or
     * {@code lookAt} looked at.
     */
    public Page read(EventPosition after, Predicate<Event> wanted, int limit, int lookAt) {
        Check.that(dropped.compareTo(after) <= 0, "what is read must still be there");
        List<Event> found = new ArrayList<>();
        EventPosition end = after;
        int looked = 0;
        Iterator<List<Event>> blocks = behind(after);
        while (blocks.hasNext()) {
            List<Event> block = blocks.next();
            for (int i = firstBehind(after, block); i < block.size(); i++) {
                Event event = block.get(i);
                boolean begins = event.revision() != end.revision();
                if (begins && (found.size() >= limit || looked >= lookAt)) {
                    return new Page(List.copyOf(found), end.wholeRevision(), false);
                }
                looked++;
                if (wanted.test(event)) {
                    found.add(event);
                }
                end = new EventPosition(event.revision(), event.index());
            }
        }
        return new Page(List.copyOf(found), looked == 0 ? after : end.wholeRevision(), true);
    }

    private static int firstBehind(EventPosition after, List<Event> block) {
        int low = 0;
        int high = block.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (after.isAtOrBehind(block.get(middle))) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Those blocks in which there is something behind {@code after}; each is made of its bytes when it is asked for. */
    private Iterator<List<Event>> behind(EventPosition after) {
        Stream<List<Event>> blocks =
                full.stream().filter(block -> block.last().compareTo(after) > 0).map(EventBlock::events);
        return Stream.concat(blocks, Stream.of(open)).iterator();
    }

    /** Forgets all of them, as if they had been dropped with revision {@code revision}: nothing is missed unnoticed. */
    public void forgetThrough(long revision) {
        full.clear();
        open = new ArrayList<>();
        kept = 0;
        openSum = 0;
        sum = 0;
        // A block begins with whatever comes next.
        count = (count + BLOCK - 1) / BLOCK * BLOCK;
        dropped = new EventPosition(revision, Integer.MAX_VALUE);
    }

    /** References to all of it. */
    public Copy copy() {
        return new Copy(header(), List.copyOf(full), List.copyOf(open));
    }

    /** Takes back what was before the events, which follow by {@link #add}. */
    public void restore(Header header) {
        count = header.droppedCount();
        dropped = header.dropped();
    }

    private Header header() {
        return new Header(droppedCount(), dropped);
    }

    /** The sum of the hashes of all that is kept. */
    public long sum() {
        return sum + openSum + header().hash();
    }

    /** {@link #sum} from the events themselves. */
    public long recomputedSum() {
        long[] recomputed = {header().hash()};
        copy().forEach(event -> recomputed[0] += hash(event));
        return recomputed[0];
    }

    /** Of all that is in an event. */
    public static long hash(Event event) {
        Hash64 hash = new Hash64()
                .add(event.revision())
                .add(event.index())
                .add(event.type().name());
        hash.add(event.name() == null ? "" : event.name());
        hash.add(event.session() == null ? "" : event.session()).add(event.token());
        if (event.stat() != null) {
            hash.add(event.stat().instance()).add(event.stat().modifiedRevision());
            hash.add(event.stat().contentGeneration()).add(event.stat().childGeneration());
            hash.add(event.stat().checksum()).add(event.stat().lockGeneration());
            hash.add(event.stat().aclGeneration()).add(event.stat().childCount());
        }
        return hash.value();
    }
}
