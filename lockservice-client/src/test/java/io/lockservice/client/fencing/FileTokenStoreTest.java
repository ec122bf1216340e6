package io.lockservice.client.fencing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTokenStoreTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private Path file() {
        return directory.resolve("tokens");
    }

    @Test
    void keepsTheLargestOfEachResource() throws IOException {
        try (FileTokenStore store = FileTokenStore.open(file())) {
            assertEquals(Map.of(), store.load());
            store.save("/ls/local/a b\n\u00e9", 7);
            store.save("/ls/local/x", 8);
            store.save("/ls/local/x", 12);
        }
        try (FileTokenStore store = FileTokenStore.open(file())) {
            assertEquals(Map.of("/ls/local/a b\n\u00e9", 7L, "/ls/local/x", 12L), store.load());
        }
        String text = Files.readString(file());
        assertEquals(
                "lockservice tokens 1\n7 /ls/local/a%20b%0A%C3%A9\n12 /ls/local/x\n",
                text.substring(0, text.indexOf("crc32c ")));
    }

    @Test
    void aCrashBeforeTheRenameLeavesTheOldFile() throws IOException {
        try (FileTokenStore store = FileTokenStore.open(file())) {
            store.save("x", 7);
        }
        Files.writeString(directory.resolve("tokens.new"), "lockservice tok");
        try (FileTokenStore store = FileTokenStore.open(file())) {
            assertEquals(Map.of("x", 7L), store.load());
            store.save("x", 8);
            assertEquals(Map.of("x", 8L), store.load());
        }
    }

    @Test
    void everyDamagedByteIsNoticed() throws IOException {
        try (FileTokenStore store = FileTokenStore.open(file())) {
            store.save("/ls/local/x", 17);
        }
        byte[] whole = Files.readAllBytes(file());
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= 1;
            Files.write(file(), damaged);
            assertThrows(IOException.class, () -> FileTokenStore.open(file()), "byte " + i);
        }
        Files.write(file(), new byte[0]);
        assertThrows(IOException.class, () -> FileTokenStore.open(file()));
        Files.write(file(), whole);
        FileTokenStore.open(file()).close();
    }

    @Test
    void isOpenOnceAtATime() throws IOException {
        FileTokenStore store = FileTokenStore.open(file());
        assertThrows(IOException.class, () -> FileTokenStore.open(file()));
        store.close();
        assertThrows(IOException.class, () -> store.save("x", 1));
        FileTokenStore.open(file()).close();
    }

    @Test
    void whatCannotBeWrittenIsNotSaved() throws IOException {
        try (FileTokenStore store = FileTokenStore.open(file())) {
            store.save("x", 7);
            Files.createDirectory(directory.resolve("tokens.new"));
            assertThrows(IOException.class, () -> store.save("x", 8));
            assertEquals(Map.of("x", 7L), store.load());
            Files.delete(directory.resolve("tokens.new"));
            store.save("x", 8);
        }
    }
}
