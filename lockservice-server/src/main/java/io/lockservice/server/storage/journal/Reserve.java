package io.lockservice.server.storage.journal;

import io.lockservice.server.storage.files.SegmentFiles;
import io.lockservice.server.storage.files.SegmentFiles.SegmentFile;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A file full of zeroes that becomes a segment when the disk has no room for a new one. It is renamed, not deleted to make
 * room: whatever filled the disk would be quicker.
 *
 * <p>Threading: {@link #make} may be called by a thread of its own; the rest belongs to the journal's owner.
 */
final class Reserve {
    /** The file once it is complete. */
    static final String FILE = "reserve";

    /** Its name until then; left over by a crash it means nothing. */
    static final String NEW = "reserve.new";

    private final SegmentFiles files;
    private final int bytes;
    private volatile boolean there;

    /** {@code bytes} is its length, 0 for none at all. */
    Reserve(SegmentFiles files, int bytes) {
        this.files = files;
        this.bytes = bytes;
    }

    /** Finds the one that an earlier process made. One of another length was made by other settings, and is deleted. */
    void find() throws IOException {
        files.delete(NEW);
        if (!files.names().contains(FILE)) {
            return;
        }
        try (SegmentFile file = files.openToRead(FILE)) {
            there = bytes > 0 && file.size() == bytes;
        }
        if (!there) {
            files.delete(FILE);
        }
    }

    /** Whether there is one, or none is wanted. Any thread. */
    boolean isThere() {
        return there || bytes == 0;
    }

    /** Makes one where there is none; blocks for as long as that takes. */
    void make() throws IOException {
        if (isThere()) {
            return;
        }
        try (SegmentFile file = files.create(NEW)) {
            SegmentPreparer.fill(file, bytes, () -> false);
        } catch (IOException failed) {
            files.delete(NEW);
            throw failed;
        }
        files.rename(NEW, FILE);
        files.force();
        there = true;
    }

    /**
     * Takes it, renamed to {@link SegmentPreparer#SPARE}; null where there is none or it is shorter than {@code leastBytes}.
     * Its zeroes are written over once more, which takes no room: they have been lying there for a long time.
     */
    @Nullable
    SegmentFile take(int leastBytes) throws IOException {
        if (!there || bytes < leastBytes) {
            return null;
        }
        there = false;
        files.rename(FILE, SegmentPreparer.SPARE);
        SegmentFile file = files.open(SegmentPreparer.SPARE);
        SegmentPreparer.fill(file, bytes, () -> false);
        return file;
    }
}
