package io.lockservice.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.log.CheckpointName;
import io.lockservice.log.Chunk;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransferTest {
    private static final long MS = 1_000_000;
    private static final CheckpointName ONE = new CheckpointName(100, 5, 11);
    private static final CheckpointName OTHER = new CheckpointName(200, 4, 12);

    private final List<Object> did = new ArrayList<>();
    private final Transfer transfer = new Transfer(new Host(), 100);

    @Test
    void aFollowersCheckpointIsFetchedChunkByChunkAndInstalled() {
        transfer.offered(2, ONE, false, 7, 0);
        expect("resume " + ONE);
        transfer.stored(ONE, 0, 0);
        expect("2 " + new TransferMessage.Fetch(ONE, 0));
        transfer.fetched(chunk(ONE, 0, 3), 0);
        expect("store 0");
        transfer.stored(ONE, 3, 0);
        expect("2 " + new TransferMessage.Fetch(ONE, 3));
        transfer.fetched(chunk(ONE, 3, 2), 0);
        expect("store 3");
        transfer.stored(ONE, 5, 0);
        expect("install " + ONE);
        transfer.ended(ONE);
        assertFalse(transfer.isUnderWay());
    }

    @Test
    void whatIsHereFromAnEarlierTryIsNotFetchedAgain() {
        transfer.offered(2, ONE, false, 7, 0);
        transfer.stored(ONE, 3, 0);
        expect("resume " + ONE, "2 " + new TransferMessage.Fetch(ONE, 3));
    }

    @Test
    void theLeaderIsAskedOnlyWhereNobodyElseHelps() {
        transfer.offered(1, ONE, true, 7, 0);
        expect("ask a follower");
        transfer.tick(7, 199 * MS);
        expect();
        transfer.tick(7, 200 * MS);
        expect("resume " + ONE);
        assertTrue(transfer.isUnderWay());
    }

    @Test
    void aFollowersOfferIsBetterThanTheLeaders() {
        transfer.offered(1, ONE, true, 7, 0);
        transfer.offered(2, OTHER, false, 7, MS);
        expect("ask a follower", "resume " + OTHER);
        transfer.tick(7, 500 * MS);
        transfer.offered(1, ONE, true, 7, 500 * MS);
        expect();
    }

    @Test
    void whoCaughtUpByTheLogNeedsNoCheckpoint() {
        transfer.offered(1, ONE, true, 7, 0);
        transfer.tick(100, 500 * MS);
        expect("ask a follower");
        transfer.offered(2, ONE, false, 100, 500 * MS);
        expect();
        assertFalse(transfer.isUnderWay());
    }

    @Test
    void aSilentDonorIsAskedAgainAndThenGivenUp() {
        transfer.offered(2, ONE, false, 7, 0);
        transfer.stored(ONE, 0, 0);
        did.clear();
        transfer.tick(7, 100 * MS);
        transfer.tick(7, 200 * MS);
        expect("2 " + new TransferMessage.Fetch(ONE, 0), "2 " + new TransferMessage.Fetch(ONE, 0));
        transfer.tick(7, 300 * MS);
        assertFalse(transfer.isUnderWay());
        transfer.offered(3, OTHER, false, 7, 300 * MS);
        expect("resume " + OTHER);
    }

    @Test
    void aDonorThatHasANewerOneStartsAnew() {
        transfer.offered(2, ONE, false, 7, 0);
        transfer.stored(ONE, 3, 0);
        did.clear();
        transfer.offered(2, OTHER, false, 7, 0);
        expect("resume " + OTHER);
        transfer.fetched(chunk(ONE, 3, 2), 0);
        transfer.stored(ONE, 5, 0);
        expect();
        transfer.stored(OTHER, 0, 0);
        expect("2 " + new TransferMessage.Fetch(OTHER, 0));
        transfer.fetched(chunk(ONE, 0, 3), 0);
        transfer.fetched(chunk(OTHER, 1, 3), 0);
        transfer.fetched(chunk(OTHER, 0, 5), 0);
        transfer.fetched(chunk(OTHER, 0, 0), 0);
        expect();
    }

    @Test
    void afterAFailureThereIsAPause() {
        transfer.offered(2, ONE, false, 7, 0);
        transfer.failed(ONE, 0);
        did.clear();
        transfer.offered(2, ONE, false, 7, 1_999 * MS);
        expect();
        transfer.offered(2, ONE, false, 7, 2_000 * MS);
        expect("resume " + ONE);
    }

    @Test
    void aDonorReadsOnceForEachPeerAndTwiceInAll() {
        Donor donor = new Donor(new Host(), 3, ONE);
        for (int peer : List.of(2, 2, 3, 4)) {
            donor.fetch(peer, new TransferMessage.Fetch(ONE, 1));
        }
        expect("read 1 for 2", "read 1 for 3");
        donor.chunkRead(2, chunk(ONE, 1, 3));
        donor.fetch(4, new TransferMessage.Fetch(ONE, 5));
        expect("2 " + new TransferMessage.Fetched(chunk(ONE, 1, 3)));
        donor.fetch(4, new TransferMessage.Fetch(ONE, 4));
        expect("read 4 for 4");
    }

    @Test
    void aDonorOffersWhatItHasInThePlaceOfWhatIsGone() {
        Donor donor = new Donor(new Host(), 3, null);
        donor.offer(2, 1);
        expect();
        donor.renewed(ONE);
        donor.offer(2, 101);
        expect();
        donor.offer(2, 100);
        donor.renewed(OTHER);
        donor.fetch(2, new TransferMessage.Fetch(ONE, 0));
        donor.chunkRead(2, chunk(ONE, 0, 0));
        expect("2 " + new TransferMessage.Offered(ONE), "read 0 for 2", "2 " + new TransferMessage.Offered(OTHER));
    }

    private void expect(String... expected) {
        assertEquals(List.of(expected), did);
        did.clear();
    }

    private static Chunk chunk(CheckpointName name, long offset, int length) {
        return new Chunk(name, offset, new byte[length]);
    }

    private final class Host implements TransferHost {
        @Override
        public void send(int to, TransferMessage message) {
            did.add(to + " " + message);
        }

        @Override
        public void readChunk(int peer, CheckpointName name, long offset, int maxBytes) {
            did.add("read " + offset + " for " + peer);
        }

        @Override
        public void resumeTransfer(CheckpointName name) {
            did.add("resume " + name);
        }

        @Override
        public void storeChunk(Chunk chunk) {
            did.add("store " + chunk.offset());
        }

        @Override
        public void installCheckpoint(CheckpointName name) {
            did.add("install " + name);
        }

        @Override
        public void askFollower() {
            did.add("ask a follower");
        }
    }
}
