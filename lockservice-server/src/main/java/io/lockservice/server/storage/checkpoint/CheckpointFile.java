package io.lockservice.server.storage.checkpoint;

import io.lockservice.log.CheckpointName;
import io.lockservice.replica.Checkpoint;
import io.lockservice.replica.CheckpointCodec;
import io.lockservice.replica.RestoredCheckpoint;
import io.lockservice.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Function;
import org.mapdb.BTreeMap;
import org.mapdb.DB;
import org.mapdb.DBException;
import org.mapdb.DBMaker;
import org.mapdb.Serializer;

/**
 * One checkpoint as a file: a MapDB store made by its sorted bulk loader, and a {@link Trailer}. MapDB is only ever asked
 * to open what is complete and proved, and only to read.
 *
 * <p>Everything here blocks. What MapDB throws comes out as {@link IOException}s.
 */
final class CheckpointFile {
    /** After so many bytes of records what was written is forced to disk: the fsync of the journal waits behind it. */
    private static final long FORCE_EVERY_BYTES = 512 << 10;

    private static final String RECORDS = "records";

    private CheckpointFile() {}

    /**
     * Writes {@code checkpoint} to {@code file}, which must not exist, in small forced pieces: the fsync of another file,
     * the journal's, would otherwise wait behind all of it ("Paxos Made Live", section 6.3). Durable on return, but for the
     * name of the file.
     */
    static CheckpointName write(Path file, String cell, Checkpoint checkpoint, Pace pace) throws IOException {
        inMapDb(() -> {
            try (DB db = DBMaker.fileDB(file.toFile()).fileChannelEnable().make();
                    FileChannel forcing = FileChannel.open(file, StandardOpenOption.WRITE)) {
                DB.TreeMapSink<byte[], byte[]> sink = db.treeMap(RECORDS)
                        .keySerializer(Serializer.BYTE_ARRAY)
                        .valueSerializer(Serializer.BYTE_ARRAY)
                        .createFromSink();
                Forcing forced = new Forcing(forcing);
                CheckpointCodec.write(cell, checkpoint, (key, value) -> {
                    sink.put(key, value);
                    forced.wrote(key.length + value.length);
                    pace.worked(key.length + value.length);
                });
                sink.create();
            }
            return file;
        });
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            Trailer trailer = Trailer.of(channel, checkpoint.slot(), channel.size(), pace);
            ByteBuffer bytes = trailer.encode();
            long position = trailer.bodyBytes();
            while (bytes.hasRemaining()) {
                position += channel.write(bytes, position);
            }
            channel.force(true);
            return name(trailer);
        }
    }

    /** The name that the bytes of {@code file} prove; throws {@link DamagedCheckpoint} where they prove none. */
    static CheckpointName prove(Path file) throws IOException {
        return prove(file, Pace.hurried());
    }

    private static CheckpointName prove(Path file, Pace pace) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            Trailer trailer = Trailer.read(channel);
            trailer.expect(Trailer.of(channel, trailer.slot(), trailer.bodyBytes(), pace));
            return name(trailer);
        }
    }

    /** The name that the end of a file claims; throws {@link DamagedCheckpoint} where that is damaged. */
    static CheckpointName nameOf(FileChannel file) throws IOException {
        return name(Trailer.read(file));
    }

    /** What {@code file} holds; it has been proved. */
    static RestoredCheckpoint load(Path file, String cell, int maxContentBytes) throws IOException {
        return reading(file, records -> CheckpointCodec.read(cell, maxContentBytes, records));
    }

    /**
     * Proves {@code file}, reads back all of its records and compares the digest of what they say. Returns its name; throws
     * {@link DamagedCheckpoint} where it is not what it should be.
     */
    static CheckpointName readBack(Path file, String cell, Pace pace) throws IOException {
        CheckpointName name = prove(file, pace);
        long slot = reading(
                file,
                records -> CheckpointCodec.prove(cell, new Paced(records, pace)).slot());
        if (slot != name.slot()) {
            throw new DamagedCheckpoint("it holds slot " + slot + ", not " + name.slot());
        }
        return name;
    }

    /** Proves {@code file} and reads all of its records. */
    static CheckpointSummary verify(Path file) throws IOException {
        CheckpointName name = prove(file);
        return reading(file, records -> {
            if (!records.hasNext()) {
                throw new WireException("an empty checkpoint");
            }
            CheckpointCodec.Header header = CheckpointCodec.header(records.next());
            long count = 1;
            for (; records.hasNext(); count++) {
                records.next();
            }
            return new CheckpointSummary(
                    header.cell(), header.slot(), header.revision(), header.epoch(), count, name.lengthBytes());
        });
    }

    private static <T> T reading(Path file, Function<Iterator<Map.Entry<byte[], byte[]>>, T> reader)
            throws IOException {
        return inMapDb(() -> {
            // Not mapped into memory: MapDB cannot unmap what it opens to read, and a file that is deleted keeps its
            // space on
            // disk until a garbage collection finds the mapping, on a large heap long after many more files.
            try (DB db = DBMaker.fileDB(file.toFile())
                    .fileChannelEnable()
                    .readOnly()
                    .fileLockDisable()
                    .make()) {
                BTreeMap<byte[], byte[]> records = db.treeMap(RECORDS)
                        .keySerializer(Serializer.BYTE_ARRAY)
                        .valueSerializer(Serializer.BYTE_ARRAY)
                        .open();
                return reader.apply(records.entryIterator());
            }
        });
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    /** MapDB tells of a failed disk, and of damage, in many ways. */
    private static <T> T inMapDb(Work<T> work) throws IOException {
        try {
            return work.run();
        } catch (WireException | DBException.DataCorruption damaged) {
            throw new DamagedCheckpoint("its records cannot be read: " + damaged.getMessage(), damaged);
        } catch (RuntimeException | InternalError failed) {
            throw new IOException(reason(failed), failed);
        }
    }

    /** MapDB wraps what the operating system says, often without a word of its own. */
    private static String reason(Throwable failed) {
        Throwable cause = failed;
        while (cause.getMessage() == null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    private static CheckpointName name(Trailer trailer) {
        return new CheckpointName(trailer.slot(), trailer.fileBytes(), trailer.fileHash());
    }

    /** Records as they are read at a pace. */
    private record Paced(Iterator<Map.Entry<byte[], byte[]>> records, Pace pace)
            implements Iterator<Map.Entry<byte[], byte[]>> {
        @Override
        public boolean hasNext() {
            return records.hasNext();
        }

        @Override
        public Map.Entry<byte[], byte[]> next() {
            Map.Entry<byte[], byte[]> next = records.next();
            pace.worked(next.getKey().length + next.getValue().length);
            return next;
        }
    }

    /** Forces what was written every now and then. */
    private static final class Forcing {
        private final FileChannel channel;
        private long unforcedBytes;

        Forcing(FileChannel channel) {
            this.channel = channel;
        }

        void wrote(long bytes) {
            unforcedBytes += bytes;
            if (unforcedBytes >= FORCE_EVERY_BYTES) {
                unforcedBytes = 0;
                try {
                    channel.force(false);
                } catch (IOException failed) {
                    throw new java.io.UncheckedIOException(failed);
                }
            }
        }
    }
}
