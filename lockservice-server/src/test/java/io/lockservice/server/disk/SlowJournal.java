package io.lockservice.server.disk;

import io.lockservice.log.Journal;
import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** A journal on a disk whose syncs take as long as it is told. */
final class SlowJournal implements Journal {
    private final Journal journal;
    private volatile long syncNanos;

    SlowJournal(Journal journal) {
        this.journal = journal;
    }

    void syncTakes(long millis) {
        syncNanos = millis * 1_000_000;
    }

    @Override
    public void append(List<LogRecord> records) {
        long endNanos = System.nanoTime() + syncNanos;
        journal.append(records);
        for (long left = endNanos - System.nanoTime(); left > 0; left = endNanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    @Override
    public void replay(Consumer<LogRecord> consumer) {
        journal.replay(consumer);
    }

    @Override
    public List<LogEntry> read(long fromSlot, int maxBytes) {
        return journal.read(fromSlot, maxBytes);
    }

    @Override
    public void drop(long slot) {
        journal.drop(slot);
    }

    @Override
    public void close() {
        journal.close();
    }
}
