package io.lockservice.cell.event;

import io.lockservice.api.codec.Values;
import io.lockservice.api.event.Event;
import io.lockservice.api.event.EventPosition;
import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Events that never change any more, as bytes: a hundred thousand of them as objects would be looked at by the garbage
 * collector all the time and are hardly ever read. Immutable.
 */
final class EventBlock {
    private final byte[] bytes;
    private final int count;
    private final long sum;
    private final EventPosition last;

    private EventBlock(byte[] bytes, int count, long sum, EventPosition last) {
        this.bytes = bytes;
        this.count = count;
        this.sum = sum;
        this.last = last;
    }

    /** A block of these, which are not none; {@code sum} is that of their hashes. */
    static EventBlock of(List<Event> events, long sum) {
        WireWriter out = new WireWriter();
        events.forEach(event -> Values.event(out, event));
        Event last = events.get(events.size() - 1);
        return new EventBlock(out.toBytes(), events.size(), sum, new EventPosition(last.revision(), last.index()));
    }

    /** The events, ascending. */
    List<Event> events() {
        WireReader in = new WireReader(bytes);
        List<Event> events = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            events.add(Values.event(in));
        }
        return Collections.unmodifiableList(events);
    }

    /** How many there are. */
    int count() {
        return count;
    }

    /** The sum of their hashes. */
    long sum() {
        return sum;
    }

    /** Where the last of them stands. */
    EventPosition last() {
        return last;
    }
}
