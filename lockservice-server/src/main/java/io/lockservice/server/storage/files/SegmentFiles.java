package io.lockservice.server.storage.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The files of one directory as the journal uses them, and nothing more: what a file system promises about writes,
 * syncs, renames and a loss of power is promised or broken behind this interface.
 *
 * <p>Threading: {@link #openToRead} may be called by any thread; the rest by one thread at a time.
 */
public interface SegmentFiles {
    /** The names of all files, ascending. */
    List<String> names() throws IOException;

    /** A new file, to write and read. An old one of that name is emptied. */
    SegmentFile create(String name) throws IOException;

    /** A file that exists, to write and read. */
    SegmentFile open(String name) throws IOException;

    /** A file that exists, to read. */
    SegmentFile openToRead(String name) throws IOException;

    /** Gives a file another name, whole or not at all; durable after {@link #force}. */
    void rename(String from, String to) throws IOException;

    /** Removes a file where it exists; durable after {@link #force}. */
    void delete(String name) throws IOException;

    /** Returns once the names of all files are durable. */
    void force() throws IOException;

    /** How many bytes more this process may write to the file system; what a quota allows may be less. Any thread. */
    long freeBytes() throws IOException;

    /** How to name a file to an operator. */
    String pathOf(String name);

    /** An open file. */
    interface SegmentFile extends Closeable {
        /** Writes all that remains in {@code bytes} at {@code position}. */
        void write(ByteBuffer bytes, long position) throws IOException;

        /** Reads from {@code position} until {@code bytes} is full or the file ends. */
        void read(ByteBuffer bytes, long position) throws IOException;

        /** Returns once everything written to this file is durable, its length included. */
        void force() throws IOException;

        /** The length in bytes. */
        long size() throws IOException;
    }
}
