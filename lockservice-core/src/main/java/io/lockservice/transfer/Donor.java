package io.lockservice.transfer;

import io.lockservice.log.CheckpointName;
import io.lockservice.log.Chunk;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Serves this replica's checkpoints to peers that lag. One read at a time for each of them and two in all: who asks
 * meanwhile is not answered and asks again, so that laggards cost neither memory nor the disk that the log is on.
 */
public final class Donor {
    private static final int READS_AT_ONCE = 2;

    private final TransferHost host;
    private final int chunkBytes;
    private final Set<Integer> reading = new TreeSet<>();
    private @Nullable CheckpointName newest;

    /** A donor of chunks of up to {@code chunkBytes}; {@code newest} is null where there is no checkpoint yet. */
    public Donor(TransferHost host, int chunkBytes, @Nullable CheckpointName newest) {
        this.host = host;
        this.chunkBytes = chunkBytes;
        this.newest = newest;
    }

    /** There is a newer checkpoint. */
    public void renewed(CheckpointName name) {
        newest = name;
    }

    /** {@code peer} lacks what the log no longer has from {@code fromSlot}. */
    public void offer(int peer, long fromSlot) {
        CheckpointName name = newest;
        if (name != null && name.slot() >= fromSlot) {
            host.send(peer, new TransferMessage.Offered(name));
        }
    }

    /** {@code peer} wants a chunk. */
    public void fetch(int peer, TransferMessage.Fetch fetch) {
        if (fetch.offset() >= fetch.name().lengthBytes() || reading.contains(peer) || reading.size() >= READS_AT_ONCE) {
            return;
        }
        reading.add(peer);
        host.readChunk(peer, fetch.name(), fetch.offset(), chunkBytes);
    }

    /** The answer to {@link TransferHost#readChunk}: no bytes where that checkpoint is gone. */
    public void chunkRead(int peer, Chunk chunk) {
        reading.remove(peer);
        if (chunk.bytes().length > 0) {
            host.send(peer, new TransferMessage.Fetched(chunk));
        } else {
            offer(peer, 0);
        }
    }
}
