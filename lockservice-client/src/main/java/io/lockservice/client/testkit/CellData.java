package io.lockservice.client.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Where a cell keeps its data: a directory that goes with it. */
record CellData(Path directory) {
    /** A new one among the system's temporary files. */
    static CellData temporary() {
        try {
            return new CellData(Files.createTempDirectory("lockservice-cell-"));
        } catch (IOException e) {
            throw new UncheckedIOException("a temporary directory cannot be made", e);
        }
    }

    Path ofReplica(int id) {
        return directory.resolve("replica-" + id);
    }

    /** Deletes all of it. */
    void delete() {
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failed)
                        throws IOException {
                    Files.deleteIfExists(folder);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("the data of the cell are left in " + directory, e);
        }
    }
}
