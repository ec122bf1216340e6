package io.lockservice.server.storage;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.cell.StateMachine;
import io.lockservice.log.Configuration;
import io.lockservice.log.Member;
import io.lockservice.replica.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoredDirectoryTest {
    @TempDir
    private Path directory;

    /** Without its checkpoint it would be that of an empty replica, and the cell would begin with nothing. */
    @Test
    void whatMakesItADataDirectoryComesLast() throws IOException {
        Path identity = directory.resolve("identity");
        RestoredDirectory.make(directory, "test", 3, incarnation -> {
            assertFalse(Files.exists(identity));
            return checkpoint(incarnation);
        });
        assertTrue(Files.exists(identity));
        // As after a crash just before the end.
        Files.delete(identity);
        assertThrows(DataDirectoryException.class, () -> DataDirectory.open(directory, "test", 3));
        assertThrows(
                DataDirectoryException.class,
                () -> RestoredDirectory.make(directory, "test", 3, RestoredDirectoryTest::checkpoint));
    }

    private static Checkpoint checkpoint(long incarnation) {
        return new Checkpoint(
                7,
                new Configuration(List.of(new Member(3, incarnation, true, "localhost", 1, 1))),
                new StateMachine("test", 1_000).snapshot());
    }
}
