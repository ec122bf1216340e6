package io.lockservice.server.driver;

import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import java.util.List;
import java.util.function.Consumer;

/** What the driver asks of storage. Neither call blocks; answers come on the replica's event loop. */
public interface LogStore {
    /** Appends; {@link ReplicaDriver#durable} is told {@code upToSequence} once it is done. */
    void submit(List<LogRecord> records, long upToSequence);

    /** Reads the entries of chosen slots for a lagging peer; no answer where too much is being read. */
    void read(long fromSlot, int maxBytes, Consumer<List<LogEntry>> answer);

    /** The log up to {@code slot} is not needed any more; after all that was submitted. */
    void drop(long slot);
}
