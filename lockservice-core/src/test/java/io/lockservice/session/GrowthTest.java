package io.lockservice.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.LockCreation;
import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With the disks nearly full nothing grows, and everything that gives back or keeps goes on. */
class GrowthTest {
    private static final Name FILE = Name.root(LeadingAlone.CELL).child("file");
    private static final Name LOCK = Name.root(LeadingAlone.CELL).child("lock");
    private static final Name OTHER = Name.root(LeadingAlone.CELL).child("other");

    private final LeadingAlone leader = new LeadingAlone();

    @BeforeEach
    void somethingIsThere() {
        leader.open("holder");
        leader.open("waiter");
        assertInstanceOf(Reply.Written.class, told(ClientCall.of(write(FILE))));
        assertInstanceOf(Reply.Granted.class, told(acquire("holder", LOCK, 0)));
        leader.roomy(false);
    }

    private Reply told(ClientCall call) {
        return leader.reply(leader.call(call));
    }

    private static Request write(Name name) {
        return new Request.WriteFile(name, Content.EMPTY, Condition.NONE, false, false);
    }

    private static ClientCall acquire(String session, Name name, long waitMs) {
        return ClientCall.of(
                new Request.Acquire(name, LockMode.EXCLUSIVE, waitMs, false, LockCreation.PERMANENT, ""), session);
    }

    private void refused(ClientCall call) {
        Reply.Failed failed = assertInstanceOf(Reply.Failed.class, told(call));
        assertEquals(ProblemCode.STORAGE_FULL, failed.problem().code());
        assertEquals(507, failed.problem().code().status());
    }

    @Test
    void whatGrowsIsRefusedAndChangesNothing() {
        long digest = leader.state().digest();
        refused(ClientCall.of(write(FILE)));
        refused(ClientCall.of(write(OTHER)));
        refused(ClientCall.of(new Request.MakeDirectory(OTHER, false, false)));
        refused(ClientCall.of(new Request.Register(OTHER, new Content(new byte[1])), "holder"));
        refused(ClientCall.of(new Request.OpenSession("s", "", 60_000, Map.of())));
        refused(acquire("holder", OTHER, 0));
        refused(acquire("waiter", LOCK, 1_000));
        refused(ClientCall.of(new Request.Acquire(OTHER, LockMode.SHARED, 0, false, LockCreation.NEVER, "")));
        assertEquals(digest, leader.state().digest());
    }

    @Test
    void aLateCopyOfWhatWasRefusedIsNotDone() {
        ClientCall write = ClientCall.of(write(OTHER));
        long call = leader.call(write);
        leader.roomy(true);
        long digest = leader.state().digest();
        leader.repeat(call, write);
        assertInstanceOf(Reply.Failed.class, leader.reply(call));
        assertEquals(digest, leader.state().digest());
        assertInstanceOf(Reply.Written.class, told(write));
    }

    @Test
    void whatGivesBackAndWhatKeepsGoesOn() {
        assertInstanceOf(Reply.Granted.class, told(acquire("holder", LOCK, 0)), "what it holds");
        assertInstanceOf(Reply.Node.class, told(ClientCall.of(new Request.ReadFile(FILE))));
        assertInstanceOf(Reply.KeptAlive.class, told(ClientCall.of(new Request.KeepAlive("waiter", 0, 0))));
        assertInstanceOf(Reply.Released.class, told(ClientCall.of(new Request.Release(LOCK), "holder")));
        assertInstanceOf(Reply.ForceReleased.class, told(ClientCall.of(new Request.ForceRelease(LOCK))));
        assertInstanceOf(Reply.Done.class, told(ClientCall.of(new Request.DeleteNode(FILE, false, Condition.NONE))));
        assertInstanceOf(Reply.Done.class, told(ClientCall.of(new Request.CloseSession("holder", 0))));
        leader.roomy(true);
        assertInstanceOf(Reply.Written.class, told(ClientCall.of(write(FILE))));
    }

    @Test
    void whoWaitsWaitsOnAndIsGranted() {
        leader.roomy(true);
        leader.call(acquire("waiter", LOCK, 1_000));
        leader.roomy(false);
        long again = leader.call(acquire("waiter", LOCK, 2_000));
        leader.call(ClientCall.of(new Request.Release(LOCK), "holder"));
        assertInstanceOf(Reply.Granted.class, leader.reply(again));
        assertNotNull(leader.state().held(LOCK, "waiter"));
    }

    @Test
    void whatWasDoneBeforeTheDisksWereFullIsToldAgain() {
        ClientCall keyed =
                new ClientCall(write(OTHER), ClientCall.ANONYMOUS, null, new ClientCall.Idempotency("key", 1), null);
        leader.roomy(true);
        Reply first = told(keyed);
        leader.roomy(false);
        assertEquals(first, told(keyed));
        refused(ClientCall.of(write(OTHER)));
    }
}
