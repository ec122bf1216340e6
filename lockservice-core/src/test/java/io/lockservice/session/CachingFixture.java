package io.lockservice.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.LockCreation;
import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.event.SessionEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;

/** A leader, a session that keeps copies and one that does not, a file and a directory; and words for what they do. */
abstract class CachingFixture {
    static final Name ROOT = Name.root(LeadingAlone.CELL);
    static final Name FILE = ROOT.child("f");
    static final Name DIRECTORY = ROOT.child("d");
    static final long LEASE_MS = 5_000;

    final LeadingAlone leader = new LeadingAlone();

    @BeforeEach
    void openSessions() {
        opensCaching("reader");
        leader.open("writer");
        leader.call(ClientCall.of(write(FILE)));
        leader.call(ClientCall.of(new Request.MakeDirectory(DIRECTORY, false, false)));
    }

    final void assertWaits(ClientCall write, String forCopyOf) {
        takesIn("reader");
        long call = leader.call(write);
        assertNull(leader.answers().get(call), "it waits");
        assertEquals(List.of(forCopyOf), told("reader"));
        takesIn("reader");
        assertFalse(leader.reply(call) instanceof Reply.Failed);
    }

    final void assertDoesNotWait(ClientCall write) {
        assertFalse(leader.reply(leader.call(write)) instanceof Reply.Failed);
    }

    final void opensCaching(String session) {
        leader.call(ClientCall.of(new Request.OpenSession(session, "", LEASE_MS, Map.of(), true)));
    }

    final long read(String session, Request.Read read) {
        return leader.call(ClientCall.of(new Request.Cached(read), session));
    }

    /** Whether the session may keep a copy of what it reads. */
    final boolean reads(String session, Request.Read read) {
        return assertInstanceOf(Reply.Cached.class, leader.reply(read(session, read)))
                .cacheable();
    }

    /** What a session is told to drop that it has not taken in. */
    final List<String> told(String session) {
        return leader.state().sessionEvents(session, 0, 1_000).stream()
                .filter(event -> event.seq() > takenIn.getOrDefault(session, 0L))
                .map(SessionEvent::notice)
                .filter(SessionEvent.Invalidate.class::isInstance)
                .map(notice -> ((SessionEvent.Invalidate) notice)
                        .name()
                        .substring(ROOT.path().length() + 1))
                .toList();
    }

    private final Map<String, Long> takenIn = new HashMap<>();

    final void takesIn(String session) {
        long last = leader.state().lastSessionEvent(session);
        leader.call(ClientCall.of(new Request.KeepAlive(session, 0, 0)));
        leader.call(ClientCall.of(new Request.KeepAlive(session, 0, last)));
        takenIn.put(session, last);
    }

    static Request.ListChildren list(Name directory) {
        return new Request.ListChildren(directory, 100, "");
    }

    static Request.WriteFile write(Name name) {
        return new Request.WriteFile(name, Content.EMPTY, Condition.NONE, false, false);
    }

    static Request.DeleteNode delete(Name name, boolean recursive) {
        return new Request.DeleteNode(name, recursive, Condition.NONE);
    }

    static Request.Acquire acquire(Name name) {
        return new Request.Acquire(name, LockMode.EXCLUSIVE, 0, false, LockCreation.EPHEMERAL, "");
    }

    final void keepsAliveWithoutTakingInMs(long ms) {
        for (int i = 0; i < 10; i++) {
            leader.call(ClientCall.of(new Request.KeepAlive("reader", 0, 0)));
            leader.passMs(ms / 10);
        }
    }
}
