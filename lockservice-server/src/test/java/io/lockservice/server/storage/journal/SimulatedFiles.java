package io.lockservice.server.storage.journal;

import io.lockservice.server.storage.files.SegmentFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A disk in memory that promises only what a real one does: what was not synced is lost or kept sector by sector when the
 * power goes, names are durable only after the directory was synced, and a sync that failed has thrown the written pages
 * away while reads still show them.
 */
final class SimulatedFiles implements SegmentFiles {
    private static final int SECTOR_BYTES = 512;

    /** What can be made to fail. */
    enum Operation {
        CREATE,
        WRITE,
        FORCE,
        RENAME,
        DELETE,
        FORCE_NAMES
    }

    /** Decides whether an operation fails, by throwing. */
    interface Faults {
        void before(Operation operation, String name) throws IOException;
    }

    private Map<String, Content> names = new TreeMap<>();
    private final List<Map<String, Content>> unsynced = new ArrayList<>();
    private Map<String, Content> durableNames = new TreeMap<>();
    private Faults faults = (operation, name) -> {};
    private boolean off;
    private volatile long capacityBytes = Long.MAX_VALUE;

    void setFaults(Faults faults) {
        this.faults = faults;
    }

    /** From now on all files together have so much room. Any thread. */
    void setCapacity(long bytes) {
        capacityBytes = bytes;
    }

    /** Everything fails from now on, the operation of this call included. */
    IOException powerCut() {
        off = true;
        return new IOException("power cut");
    }

    /** The power is back; of what was not durable, chance decides what is there. */
    void powerOn(Random random) {
        off = false;
        faults = (operation, name) -> {};
        int kept = random.nextInt(unsynced.size() + 1);
        durableNames = kept == 0 ? durableNames : unsynced.get(kept - 1);
        unsynced.clear();
        durableNames.values().forEach(content -> content.lose(random));
        names = new TreeMap<>(durableNames);
    }

    /** A copy of a file's bytes, as a reader sees them. */
    byte[] bytes(String name) {
        return content(name).current.clone();
    }

    /** Replaces a file behind the journal's back. */
    void put(String name, byte[] bytes) {
        Content content = new Content();
        content.current = bytes.clone();
        content.durable = bytes.clone();
        names.put(name, content);
        durableNames.put(name, content);
    }

    /** Another disk with the same bytes. */
    SimulatedFiles copy() {
        SimulatedFiles copy = new SimulatedFiles();
        names.forEach((name, content) -> copy.put(name, content.current));
        return copy;
    }

    @Override
    public List<String> names() {
        return List.copyOf(names.keySet());
    }

    @Override
    public SegmentFile create(String name) throws IOException {
        begin(Operation.CREATE, name);
        Content content = new Content();
        changeNames(() -> names.put(name, content));
        return new Handle(name, content);
    }

    @Override
    public SegmentFile open(String name) throws IOException {
        return openToRead(name);
    }

    @Override
    public SegmentFile openToRead(String name) throws IOException {
        if (!names.containsKey(name)) {
            throw new NoSuchFileException(name);
        }
        return new Handle(name, content(name));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        begin(Operation.RENAME, from);
        Content content = content(from);
        changeNames(() -> {
            names.remove(from);
            names.put(to, content);
        });
    }

    @Override
    public void delete(String name) throws IOException {
        begin(Operation.DELETE, name);
        changeNames(() -> names.remove(name));
    }

    @Override
    public void force() throws IOException {
        begin(Operation.FORCE_NAMES, ".");
        durableNames = new TreeMap<>(names);
        unsynced.clear();
    }

    @Override
    public long freeBytes() {
        return capacityBytes
                - names.values().stream()
                        .mapToLong(content -> content.current.length)
                        .sum();
    }

    @Override
    public String pathOf(String name) {
        return "disk/" + name;
    }

    private void changeNames(Runnable change) {
        change.run();
        unsynced.add(new TreeMap<>(names));
    }

    private Content content(String name) {
        Content content = names.get(name);
        if (content == null) {
            throw new IllegalArgumentException("no file " + name);
        }
        return content;
    }

    private void begin(Operation operation, String name) throws IOException {
        if (off) {
            throw new IOException("no power");
        }
        faults.before(operation, name);
    }

    /** A file's bytes: what readers see, what is durable, and which sectors differ. */
    private static final class Content {
        private byte[] current = {};
        private byte[] durable = {};
        private final BitSet dirty = new BitSet();

        void write(ByteBuffer bytes, int position) {
            int end = position + bytes.remaining();
            if (end == position) {
                return;
            }
            current = end > current.length ? Arrays.copyOf(current, end) : current;
            bytes.get(current, position, end - position);
            dirty.set(position / SECTOR_BYTES, (end - 1) / SECTOR_BYTES + 1);
        }

        void persist() {
            dirty.stream().forEach(this::persistSector);
            dirty.clear();
        }

        void lose(Random random) {
            dirty.stream().filter(sector -> random.nextBoolean()).forEach(this::persistSector);
            dirty.clear();
            current = durable.clone();
        }

        private void persistSector(int sector) {
            int from = sector * SECTOR_BYTES;
            int to = Math.min(from + SECTOR_BYTES, current.length);
            durable = to > durable.length ? Arrays.copyOf(durable, to) : durable;
            System.arraycopy(current, from, durable, from, to - from);
        }
    }

    /** An open file. */
    private final class Handle implements SegmentFile {
        private final String name;
        private final Content content;

        Handle(String name, Content content) {
            this.name = name;
            this.content = content;
        }

        @Override
        public void write(ByteBuffer bytes, long position) throws IOException {
            try {
                begin(Operation.WRITE, name);
            } catch (IOException failed) {
                // A write that failed may still have reached the disk.
                content.write(bytes, (int) position);
                throw failed;
            }
            long moreBytes = position + bytes.remaining() - content.current.length;
            if (moreBytes > 0 && moreBytes > freeBytes()) {
                throw new IOException("No space left on device");
            }
            content.write(bytes, (int) position);
        }

        @Override
        public void read(ByteBuffer bytes, long position) {
            int from = (int) Math.min(position, content.current.length);
            bytes.put(content.current, from, Math.min(bytes.remaining(), content.current.length - from));
        }

        @Override
        public void force() throws IOException {
            try {
                begin(Operation.FORCE, name);
            } catch (IOException failed) {
                if (!off) {
                    content.dirty.clear();
                }
                throw failed;
            }
            content.persist();
        }

        @Override
        public long size() {
            return content.current.length;
        }

        @Override
        public void close() {}
    }
}
