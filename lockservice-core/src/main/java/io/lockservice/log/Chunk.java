package io.lockservice.log;

import java.util.Arrays;

/** A piece of a checkpoint file. Chunks are equal when they are the same bytes of the same file. */
public final class Chunk {
    private final CheckpointName name;
    private final long offset;
    private final byte[] bytes;

    /** The bytes of {@code name} from {@code offset} on, which are not copied. */
    public Chunk(CheckpointName name, long offset, byte[] bytes) {
        this.name = name;
        this.offset = offset;
        this.bytes = bytes;
    }

    /** Of which file. */
    public CheckpointName name() {
        return name;
    }

    /** Where its first byte stands in the file. */
    public long offset() {
        return offset;
    }

    /** The bytes; none where the file is not there. Callers must not change them. */
    public byte[] bytes() {
        return bytes;
    }

    /** Where the next chunk starts. */
    public long endOffset() {
        return offset + bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Chunk chunk
                && name.equals(chunk.name)
                && offset == chunk.offset
                && Arrays.equals(bytes, chunk.bytes);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Long.hashCode(offset);
    }

    @Override
    public String toString() {
        return "Chunk[" + name + ", " + offset + ", " + bytes.length + " bytes]";
    }
}
