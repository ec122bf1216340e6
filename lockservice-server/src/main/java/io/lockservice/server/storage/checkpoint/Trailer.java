package io.lockservice.server.storage.checkpoint;

import io.lockservice.wire.Hash64;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The end of a checkpoint file: what makes every byte before it, and its own, provable. A MapDB file has no checksums.
 *
 * <p>Layout, big endian: a CRC32C for each {@link #BLOCK_BYTES} of the file before the trailer; then a fixed tail of
 * magic, format, slot, length of what is before the trailer, and a CRC32C of the whole trailer up to there.
 *
 * @param slot everything up to here is in the checkpoint
 * @param bodyBytes how long the file is before the trailer
 * @param blockCrcs of the body, the last block may be shorter
 */
record Trailer(long slot, long bodyBytes, List<Integer> blockCrcs) {
    static final int BLOCK_BYTES = 1 << 20;

    private static final long MAGIC = 0x6c73_6368_6563_6b70L;
    private static final int FORMAT = 1;
    private static final int TAIL_BYTES = Long.BYTES + Integer.BYTES + Long.BYTES + Long.BYTES + Integer.BYTES;

    /** The trailer of a body that is the first {@code bodyBytes} of {@code file}; reads all of it. */
    static Trailer of(FileChannel file, long slot, long bodyBytes, Pace pace) throws IOException {
        int blocks = Math.toIntExact((bodyBytes + BLOCK_BYTES - 1) / BLOCK_BYTES);
        List<Integer> crcs = new ArrayList<>(blocks);
        ByteBuffer buffer = ByteBuffer.allocateDirect(BLOCK_BYTES);
        for (int i = 0; i < blocks; i++) {
            long position = (long) i * BLOCK_BYTES;
            buffer.clear().limit((int) Math.min(BLOCK_BYTES, bodyBytes - position));
            readFully(file, buffer, position);
            crcs.add(crc(buffer.flip()));
            pace.worked(buffer.limit());
        }
        return new Trailer(slot, bodyBytes, crcs);
    }

    /**
     * The trailer at the end of {@code file}.
     *
     * @throws DamagedCheckpoint where there is none of a known format, or it is damaged
     */
    static Trailer read(FileChannel file) throws IOException {
        long size = file.size();
        if (size < TAIL_BYTES) {
            throw new DamagedCheckpoint("it is cut short: " + size + " bytes");
        }
        ByteBuffer tail = ByteBuffer.allocate(TAIL_BYTES);
        readFully(file, tail, size - TAIL_BYTES);
        tail.flip();
        if (tail.getLong() != MAGIC) {
            throw new DamagedCheckpoint("it does not end as a checkpoint does: cut short, or something else");
        }
        int format = tail.getInt();
        long slot = tail.getLong();
        long bodyBytes = tail.getLong();
        long blocks = bodyBytes < 0 ? -1 : (bodyBytes + BLOCK_BYTES - 1) / BLOCK_BYTES;
        if (blocks < 0 || bodyBytes + blocks * Integer.BYTES + TAIL_BYTES != size) {
            throw new DamagedCheckpoint("its length is not what its end says");
        }
        ByteBuffer whole = ByteBuffer.allocate(Math.toIntExact(size - bodyBytes));
        readFully(file, whole, bodyBytes);
        whole.flip();
        int expected = whole.getInt(whole.limit() - Integer.BYTES);
        if (crc(whole.duplicate().limit(whole.limit() - Integer.BYTES)) != expected) {
            throw new DamagedCheckpoint("the checksums at its end are damaged");
        }
        if (format != FORMAT) {
            throw new DamagedCheckpoint("its format " + format + " is not the known format " + FORMAT);
        }
        List<Integer> crcs = new ArrayList<>();
        for (long i = 0; i < blocks; i++) {
            crcs.add(whole.getInt());
        }
        return new Trailer(slot, bodyBytes, crcs);
    }

    /** As bytes, to be put behind the body. */
    ByteBuffer encode() {
        ByteBuffer out = ByteBuffer.allocate(blockCrcs.size() * Integer.BYTES + TAIL_BYTES);
        for (int each : blockCrcs) {
            out.putInt(each);
        }
        out.putLong(MAGIC).putInt(FORMAT).putLong(slot).putLong(bodyBytes);
        out.putInt(crc(out.duplicate().flip()));
        return out.flip();
    }

    /** How long the file is with this trailer. */
    long fileBytes() {
        return bodyBytes + (long) blockCrcs.size() * Integer.BYTES + TAIL_BYTES;
    }

    /** Of all bytes of the file, by way of its checksums. */
    long fileHash() {
        Hash64 hash = new Hash64().add(slot).add(bodyBytes);
        for (int each : blockCrcs) {
            hash.add(each);
        }
        return hash.value();
    }

    /** Compares with what the body is; throws where a block differs. */
    void expect(Trailer actual) throws DamagedCheckpoint {
        for (int i = 0; i < blockCrcs.size(); i++) {
            if (!blockCrcs.get(i).equals(actual.blockCrcs.get(i))) {
                throw new DamagedCheckpoint("the bytes from offset " + (long) i * BLOCK_BYTES + " on are damaged");
            }
        }
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private static void readFully(FileChannel file, ByteBuffer into, long position) throws IOException {
        long at = position;
        while (into.hasRemaining()) {
            int read = file.read(into, at);
            if (read < 0) {
                throw new DamagedCheckpoint("it is cut short");
            }
            at += read;
        }
    }
}
