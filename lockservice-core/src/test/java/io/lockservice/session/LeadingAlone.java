package io.lockservice.session;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.cell.Applied;
import io.lockservice.cell.Command;
import io.lockservice.cell.CommandCodec;
import io.lockservice.cell.Elapsed;
import io.lockservice.cell.StateMachine;
import io.lockservice.cell.repeat.Origin;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A leader's duties over a log that chooses whatever is proposed, when the proposer has finished its step. */
final class LeadingAlone {
    static final String CELL = "test";

    private static final int SELF = 1;
    private static final long LEASE_MS = 60_000;
    private static final long TICK_MS = 10;

    private final StateMachine state = new StateMachine(CELL, 1 << 20);
    private final ArrayDeque<Command> log = new ArrayDeque<>();
    private final Map<Long, Reply> answers = new LinkedHashMap<>();
    private final LeaderDuties duties = new LeaderDuties(SELF, state, new Host(), 600_000);
    private long nowMs;
    private long lastCall;
    private long nonce = 1;
    private boolean roomy = true;
    private boolean full;
    private boolean held;
    private long largestCommandBytes;

    LeadingAlone() {
        duties.lead(1);
        choose();
    }

    /** Hands a call in; returns its number. */
    long call(ClientCall call) {
        lastCall++;
        return repeat(lastCall, call);
    }

    /** Hands in a copy of the call with that number. */
    long repeat(long number, ClientCall call) {
        long waitMs = 0;
        if (call.request() instanceof Request.Acquire acquire) {
            waitMs = acquire.waitMs();
        } else if (call.request() instanceof Request.KeepAlive keepAlive) {
            waitMs = keepAlive.waitMs();
        }
        duties.handle(new Origin(SELF, 1, number, 1), call, waitMs, nowMs * 1_000_000);
        choose();
        return number;
    }

    /** Another leader takes over, with the same state and none of the calls. */
    void changeLeader() {
        elect();
        lead();
    }

    /** The disks have room, or not. */
    void roomy(boolean isRoomy) {
        roomy = isRoomy;
    }

    /** Nothing is chosen any more but what {@link #choose(int)} says. */
    void hold() {
        held = true;
    }

    /** The next so many commands are chosen. */
    void choose(int commands) {
        for (int i = 0; i < commands; i++) {
            chooseNext();
        }
        duties.settleConfirmed();
    }

    /** The leader dies; what was not chosen never will be. Another one leads. */
    void loseLog() {
        elect();
        log.clear();
        held = false;
        lead();
    }

    /** What waits to be chosen. */
    List<Command> log() {
        return List.copyOf(log);
    }

    long largestCommandBytes() {
        return largestCommandBytes;
    }

    /** Too much waits for the log, or not. */
    void full(boolean isFull) {
        full = isFull;
    }

    /** Another replica is elected; it may not propose yet. */
    void elect() {
        duties.stop();
    }

    /** The elected one may propose. */
    void lead() {
        nonce++;
        duties.lead(nonce);
        choose();
    }

    void open(String session, long leaseMs) {
        call(ClientCall.of(new Request.OpenSession(session, "", leaseMs, Map.of())));
    }

    void open(String session) {
        call(ClientCall.of(new Request.OpenSession(session, "", LEASE_MS, Map.of())));
    }

    void passMs(long ms) {
        for (long end = nowMs + ms; nowMs < end; nowMs += TICK_MS) {
            duties.tick(nowMs * 1_000_000);
            choose();
        }
    }

    /** The leader is held up: it does nothing for so long. */
    void stallMs(long ms) {
        nowMs += ms;
    }

    /** The answers so far, by call. */
    Map<Long, Reply> answers() {
        return answers;
    }

    /** The answer to a call that has one. */
    Reply reply(long call) {
        Reply reply = answers.get(call);
        assertNotNull(reply, "the call is answered");
        return reply;
    }

    StateMachine state() {
        return state;
    }

    private void choose() {
        while (!held && !log.isEmpty()) {
            chooseNext();
        }
        duties.settleConfirmed();
    }

    private void chooseNext() {
        Command command = log.remove();
        Applied applied = state.apply(command);
        duties.applied(command, applied, nowMs * 1_000_000);
    }

    private final class Host extends SureLeader {
        @Override
        public boolean propose(Command command) {
            if (command instanceof Command.Invalidate) {
                largestCommandBytes = Math.max(largestCommandBytes, CommandCodec.encode(command).length);
            }
            return !full && log.add(command);
        }

        @Override
        public boolean hasRoomToGrow() {
            return roomy;
        }

        @Override
        public void answer(Origin origin, Reply reply) {
            answers.put(origin.callId(), reply);
        }

        @Override
        public void administer(Origin origin, Request.Administer request) {}

        @Override
        public Reply read(ClientCall call) {
            return state.query(call, Elapsed.UNKNOWN);
        }
    }
}
