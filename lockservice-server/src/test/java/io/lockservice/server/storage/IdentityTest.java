package io.lockservice.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The identity file of format version 1, with a checksum computed elsewhere. */
final class IdentityTest {
    @Test
    void isWrittenAndReadAsDocumented() {
        Identity identity = new Identity("demo", 2, 0x5f1d08c2a97be344L, 1_795_420_817, true);
        String text = """
                lockservice-data 1
                cell demo
                replica 2
                data-incarnation 5f1d08c2a97be344
                incarnation 1795420817
                journal yes
                crc32c bdac7ebe
                """;
        assertEquals(text, new String(identity.encode(), StandardCharsets.UTF_8));
        assertEquals(identity, Identity.decode(text.getBytes(StandardCharsets.UTF_8), "identity"));
    }
}
