package io.lockservice.api.event;

/**
 * A place in the order of a cell's events: behind the event {@code index} of a revision, which counts from 1.
 *
 * @param revision the revision
 * @param index 0 before all of its events, {@link Integer#MAX_VALUE} behind them
 */
public record EventPosition(long revision, int index) implements Comparable<EventPosition> {
    /** Before the first event of a new cell. */
    public static final EventPosition START = new EventPosition(0, Integer.MAX_VALUE);

    /** Behind all events of a revision. */
    public static EventPosition after(long revision) {
        return new EventPosition(revision, Integer.MAX_VALUE);
    }

    /** Behind all events of this one's revision. */
    public EventPosition wholeRevision() {
        return after(revision);
    }

    /** Whether {@code event} is before or at this place. */
    public boolean isAtOrBehind(Event event) {
        return event.revision() < revision || (event.revision() == revision && event.index() <= index);
    }

    @Override
    public int compareTo(EventPosition other) {
        return revision == other.revision
                ? Integer.compare(index, other.index)
                : Long.compare(revision, other.revision);
    }
}
