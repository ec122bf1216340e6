package io.lockservice.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.ClientCall;
import io.lockservice.api.LockCreation;
import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Places in queues over a change of leader: kept for whoever comes back for them, and not for ever. */
final class AbandonedPlacesTest {
    private static final Name LOCK = Name.root(LeadingAlone.CELL).child("lock");

    private final LeadingAlone leader = new LeadingAlone();

    @BeforeEach
    void holdTheLock() {
        leader.open("holder");
        leader.open("waiter");
        leader.call(acquire("holder", 0, false));
    }

    @Test
    void aPlaceNobodyComesBackForIsGivenUpWhenItsWaitHasEnded() {
        leader.call(acquire("waiter", 2_000, false));
        leader.changeLeader();
        leader.passMs(1_900);
        assertNotNull(leader.state().queued(LOCK, "waiter"), "the new leader gives it the whole wait");
        leader.passMs(200);
        assertNull(leader.state().queued(LOCK, "waiter"));
    }

    @Test
    void aPlaceIsThereForTheCallThatComesAgain() {
        leader.call(acquire("waiter", 2_000, false));
        leader.changeLeader();
        leader.passMs(1_000);
        long again = leader.call(acquire("waiter", 2_000, false));
        leader.passMs(1_900);
        assertFalse(leader.answers().containsKey(again), "it waits for as long as it wanted");
        leader.call(ClientCall.of(new Request.Release(LOCK), "holder"));
        assertInstanceOf(Reply.Granted.class, leader.reply(again));
    }

    @Test
    void aKeptPlaceStays() {
        leader.call(acquire("waiter", 2_000, true));
        leader.changeLeader();
        leader.passMs(10_000);
        assertNotNull(leader.state().queued(LOCK, "waiter"));
        leader.call(ClientCall.of(new Request.Release(LOCK), "holder"));
        assertNotNull(leader.state().held(LOCK, "waiter"));
    }

    @Test
    void whoAsksLastSaysWhetherThePlaceIsKept() {
        leader.call(acquire("waiter", 2_000, true));
        leader.call(acquire("waiter", 1_000, false));
        leader.changeLeader();
        leader.passMs(1_200);
        assertNull(leader.state().queued(LOCK, "waiter"));
    }

    @Test
    void aCallThatComesBeforeTheElectedLeaderMayProposeIsServedOnceItMay() {
        leader.elect();
        long early = leader.call(ClientCall.of(new Request.GetLock(LOCK)));
        assertFalse(leader.answers().containsKey(early));
        leader.lead();
        assertInstanceOf(Reply.LockState.class, leader.reply(early));
    }

    @Test
    void aSessionClosedForLaterEndsThenWhateverItsLease() {
        leader.open("leaving", 1_000);
        leader.call(ClientCall.of(new Request.CloseSession("leaving", 3_000)));
        leader.passMs(2_900);
        assertTrue(leader.state().isAlive("leaving"));
        leader.passMs(200);
        assertFalse(leader.state().isAlive("leaving"));
        assertEquals(2, leader.state().sessionCount());
    }

    private static ClientCall acquire(String session, long waitMs, boolean keepPlace) {
        return ClientCall.of(
                new Request.Acquire(LOCK, LockMode.EXCLUSIVE, waitMs, keepPlace, LockCreation.EPHEMERAL, ""), session);
    }
}
