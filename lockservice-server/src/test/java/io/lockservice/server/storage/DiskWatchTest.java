package io.lockservice.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lockservice.log.DiskRoom;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DiskWatchTest {
    private final FakeDisk disk = new FakeDisk();
    private final List<DiskRoom> told = new ArrayList<>();
    private final DiskWatch watch =
            new DiskWatch("replica 1", new DiskLimits(1_000, 100), disk, Runnable::run, told::add);

    /** Numbers instead of a disk. */
    private static final class FakeDisk implements DiskWatch.Disk {
        private long freeBytes = 10_000;
        private long checkpointBytes;
        private long unfinishedBytes;
        private boolean waiting;
        private boolean reserve;
        private boolean broken;

        @Override
        public long freeBytes() throws IOException {
            if (broken) {
                throw new IOException("no answer");
            }
            return freeBytes;
        }

        @Override
        public long checkpointBytes() {
            return checkpointBytes;
        }

        @Override
        public long unfinishedBytes() {
            return unfinishedBytes;
        }

        @Override
        public boolean isJournalWaiting() {
            return waiting;
        }

        @Override
        public boolean hasReserve() {
            return reserve;
        }

        @Override
        public void makeReserve() {
            reserve = true;
            freeBytes -= 100;
        }
    }

    private void look(long freeBytes) {
        disk.freeBytes = freeBytes;
        watch.look();
    }

    @Test
    void whereThereIsRoomTheReserveIsMadeAndNothingIsTold() {
        watch.look();
        assertEquals(9_900, disk.freeBytes);
        watch.look();
        assertEquals(9_900, disk.freeBytes);
        assertEquals(List.of(), told);
    }

    @Test
    void lessThanNeededIsLowAndALittleMoreIsNotYetEnough() {
        watch.look();
        look(1_000);
        assertEquals(List.of(), told);
        look(999);
        look(1_249);
        assertEquals(List.of(DiskRoom.LOW), told);
        look(1_250);
        assertEquals(List.of(DiskRoom.LOW, DiskRoom.ENOUGH), told);
    }

    @Test
    void theReserveIsMadeOnlyWhereThereIsRoomForItToo() {
        look(1_099);
        assertEquals(List.of(DiskRoom.LOW), told);
        assertEquals(1_099, disk.freeBytes);
        look(1_350);
        assertEquals(List.of(DiskRoom.LOW, DiskRoom.ENOUGH), told);
        assertEquals(1_250, disk.freeBytes);
    }

    @Test
    void theNextCheckpointNeedsAsMuchAsTheNewestTookAndWhatIsBeingWrittenCountsAsFree() {
        watch.look();
        disk.checkpointBytes = 5_000;
        look(5_999);
        assertEquals(List.of(DiskRoom.LOW), told);
        look(7_500);
        disk.unfinishedBytes = 4_000;
        look(2_000);
        assertEquals(List.of(DiskRoom.LOW, DiskRoom.ENOUGH), told);
    }

    @Test
    void aJournalThatWaitsHasNoRoomWhateverIsFree() {
        disk.waiting = true;
        watch.look();
        disk.waiting = false;
        watch.look();
        assertEquals(List.of(DiskRoom.NONE, DiskRoom.ENOUGH), told);
    }

    @Test
    void aDiskThatCannotBeLookedAtIsTakenToBeAsItWas() {
        disk.broken = true;
        watch.look();
        assertEquals(List.of(), told);
    }
}
