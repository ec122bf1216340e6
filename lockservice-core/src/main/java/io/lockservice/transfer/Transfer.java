package io.lockservice.transfer;

import io.lockservice.log.CheckpointName;
import io.lockservice.log.Chunk;
import org.jspecify.annotations.Nullable;

/**
 * Gets a checkpoint from a peer, because no peer's log goes back far enough: one chunk at a time, each stored before the
 * next is asked for. What was stored is good for the same file only: a checkpoint of another name starts anew. Where the
 * donor falls silent the transfer is given up, what was stored is kept, and any peer may offer a checkpoint.
 */
public final class Transfer {
    /** Unanswered requests after which a donor is given up. */
    private static final int TRIES = 3;

    /** So long nothing is begun after the disk failed or the file proved wrong, and after so long a disk is given up. */
    private static final long PAUSE_NANOS = 2_000_000_000L;

    private final TransferHost host;
    private final long retryNanos;
    private @Nullable CheckpointName name;
    private int donor;
    private long offset;
    private boolean waitingForDisk;
    private int tries;
    private long askedNanos;
    private boolean paused;
    private long pausedNanos;
    private @Nullable CheckpointName leadersOffer;
    private int leader;
    private long leadersOfferNanos;

    /** Nothing under way; an unanswered request is repeated after {@code retryMs}. */
    public Transfer(TransferHost host, long retryMs) {
        this.host = host;
        this.retryNanos = retryMs * 1_000_000;
    }

    /** Whether a checkpoint is being fetched. */
    public boolean isUnderWay() {
        return name != null;
    }

    /**
     * {@code from} offers a checkpoint. The leader has enough to do: its offer is taken only where no other peer makes one,
     * or can help out of its log, within the time of a retry.
     */
    public void offered(int from, CheckpointName offer, boolean isLeader, long chosenSlot, long nowNanos) {
        if (offer.slot() <= chosenSlot || offer.lengthBytes() == 0 || isPaused(nowNanos) || waitingForDisk) {
            return;
        }
        if (name != null && from != donor) {
            return;
        }
        if (name == null && isLeader && leadersOffer == null) {
            leadersOffer = offer;
            leader = from;
            leadersOfferNanos = nowNanos;
            host.askFollower();
        } else if (name == null && isLeader) {
            leadersOffer = offer;
        } else {
            begin(from, offer, nowNanos);
        }
    }

    private boolean isPaused(long nowNanos) {
        return paused && nowNanos - pausedNanos < PAUSE_NANOS;
    }

    private void begin(int from, CheckpointName offer, long nowNanos) {
        leadersOffer = null;
        paused = false;
        donor = from;
        name = offer;
        offset = 0;
        tries = 0;
        askDisk(nowNanos);
        host.resumeTransfer(offer);
    }

    private void askDisk(long nowNanos) {
        waitingForDisk = true;
        askedNanos = nowNanos;
    }

    /** So much of {@code stored} is here. */
    public void stored(CheckpointName stored, long endOffset, long nowNanos) {
        if (!stored.equals(name) || !waitingForDisk) {
            return;
        }
        waitingForDisk = false;
        offset = endOffset;
        tries = 0;
        if (offset == stored.lengthBytes()) {
            askDisk(nowNanos);
            host.installCheckpoint(stored);
        } else {
            fetch(stored, nowNanos);
        }
    }

    private void fetch(CheckpointName wanted, long nowNanos) {
        tries++;
        askedNanos = nowNanos;
        host.send(donor, new TransferMessage.Fetch(wanted, offset));
    }

    /** A chunk has come. Only the one that was asked for counts, of the file that is being fetched. */
    public void fetched(Chunk chunk, long nowNanos) {
        boolean fits = chunk.name().equals(name) && !waitingForDisk && chunk.offset() == offset;
        if (fits
                && chunk.bytes().length > 0
                && chunk.endOffset() <= chunk.name().lengthBytes()) {
            askDisk(nowNanos);
            host.storeChunk(chunk);
        }
    }

    /** The file is installed. */
    public void ended(CheckpointName ended) {
        if (ended.equals(name)) {
            name = null;
            waitingForDisk = false;
        }
    }

    /** The disk could not take {@code failed}, or it was not what it should be. */
    public void failed(CheckpointName failed, long nowNanos) {
        if (failed.equals(name)) {
            ended(failed);
            paused = true;
            pausedNanos = nowNanos;
        }
    }

    /** Asks again, gives up, or takes the leader's offer. {@code chosenSlot} is what this replica has by now. */
    public void tick(long chosenSlot, long nowNanos) {
        CheckpointName wanted = name;
        CheckpointName offer = leadersOffer;
        if (wanted != null && !waitingForDisk) {
            if (wanted.slot() <= chosenSlot || (tries >= TRIES && isLate(nowNanos))) {
                name = null;
            } else if (isLate(nowNanos)) {
                fetch(wanted, nowNanos);
            }
        } else if (offer != null && nowNanos - leadersOfferNanos >= 2 * retryNanos) {
            leadersOffer = null;
            if (wanted == null && offer.slot() > chosenSlot) {
                begin(leader, offer, nowNanos);
            }
        }
    }

    private boolean isLate(long nowNanos) {
        return nowNanos - askedNanos >= retryNanos;
    }
}
