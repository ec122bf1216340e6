package io.lockservice.server.http;

import io.lockservice.api.NodeKind;
import io.lockservice.api.Stat;
import org.junit.jupiter.api.AfterEach;

/** A door with a scripted replica for the tests of one resource. */
abstract class ResourceTest {
    static final String SESSION = "Lockservice-Session: s1";

    final DoorFixture door = new DoorFixture();
    final ScriptedReplica replica = door.replica;

    @AfterEach
    void closeDoor() {
        door.close();
    }

    static Stat file(String name, int length) {
        return new Stat(name, NodeKind.FILE, false, null, 3, 7, 1, 2, 0, 0xABCL, length, 0, 30, 40);
    }

    static Stat directory(String name) {
        return new Stat(name, NodeKind.DIRECTORY, true, "s1", 4, 0, 0, 0, 5, -1L, 0, 6, 31, 41);
    }
}
