package io.lockservice.paxos;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Commands that wait for a slot, in order, and no more bytes of them than allowed. */
final class CommandQueue {
    private final ArrayDeque<byte[]> commands = new ArrayDeque<>();
    private final long maxBytes;
    private long bytes;

    CommandQueue(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Takes one more; false where there is no room. */
    boolean offer(byte[] command) {
        if (bytes + command.length > maxBytes) {
            return false;
        }
        commands.add(command);
        bytes += command.length;
        return true;
    }

    boolean isEmpty() {
        return commands.isEmpty();
    }

    /** Takes away the first, and those behind it as long as they have {@code batchBytes} together. */
    List<byte[]> nextBatch(long batchBytes) {
        List<byte[]> batch = new ArrayList<>();
        long taken = 0;
        while (!commands.isEmpty() && (batch.isEmpty() || taken + commands.peek().length <= batchBytes)) {
            byte[] command = commands.remove();
            taken += command.length;
            batch.add(command);
        }
        bytes -= taken;
        return batch;
    }

    void clear() {
        commands.clear();
        bytes = 0;
    }
}
