package io.lockservice.client.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Session;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Each class here is a user's, and its tests look at what the one before has left. */
@Timeout(120)
class LockServiceExtensionTest {
    @Nested
    @LockServiceTest
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    class OneCellForAClass {
        private static @Nullable LockServiceCell seen;
        private static @Nullable Session before;

        @BeforeEach
        void hasTheSameAsTheTest(LockServiceCell cell, LockServiceClient client, Session session) {
            assertSame(client, session.client());
            before = session;
            assertTrue(cell.running().contains(1));
        }

        @Test
        @Order(1)
        void one(LockServiceCell cell, LockServiceClient client, Session session) {
            seen = cell;
            assertSame(before, session);
            assertSame(client, session.client());
            cell.kill(1);
            cell.partition(client);
        }

        @Test
        @Order(2)
        void another(LockServiceCell cell, LockServiceClient client, Session session) {
            assertSame(seen, cell);
            assertEquals(cell.replicas(), cell.running());
            LockServiceCell.await(client.openSession(io.lockservice.client.SessionOptions.named("more")));
            assertTrue(session.isSafe());
        }

        @Nested
        class AndWhatIsNested {
            @Test
            void hasItToo(LockServiceCell cell, Session session) {
                assertTrue(session.isSafe());
                assertSame(seen == null ? cell : seen, cell);
            }
        }
    }

    @Nested
    @LockServiceTest(replicas = 1, cellPerTest = true)
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    class ACellForEachTest {
        private static @Nullable LockServiceCell first;

        @Test
        @Order(1)
        void one(LockServiceCell cell, Session session) {
            first = cell;
            assertEquals(1, cell.replicas().size());
            assertTrue(session.isSafe());
        }

        @Test
        @Order(2)
        void another(LockServiceCell cell) {
            assertNotSame(first, cell);
            LockServiceCell gone = first;
            assertTrue(gone != null && gone.running().isEmpty(), "the cell of the test before is closed");
        }
    }

    @Nested
    @ExtendWith(LockServiceExtension.class)
    class ForTheWholeClass {
        private static @Nullable Session ofTheClass;

        private final LockServiceCell cell;

        ForTheWholeClass(LockServiceCell cell) {
            this.cell = cell;
        }

        @BeforeAll
        static void open(Session session) {
            ofTheClass = session;
        }

        @AfterAll
        static void stillOpen() {
            Session session = ofTheClass;
            assertTrue(session != null && session.isSafe(), "the class is told before its client is closed");
        }

        @Test
        void one(Session session) {
            assertSame(ofTheClass, session);
        }

        @Test
        void another(Session session, LockServiceClient client) {
            assertSame(ofTheClass, session);
            assertSame(client, session.client());
            assertEquals(3, cell.replicas().size());
        }
    }
}
