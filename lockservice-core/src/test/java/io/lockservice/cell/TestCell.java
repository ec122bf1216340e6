package io.lockservice.cell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.Grant;
import io.lockservice.api.InvalidSequencer;
import io.lockservice.api.LockCreation;
import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Sequencer;
import io.lockservice.api.Stat;
import io.lockservice.api.event.Event;
import io.lockservice.cell.repeat.Origin;
import io.lockservice.cell.table.Session;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A state machine with short words for what tests do to it. Names are relative to the cell's root. */
final class TestCell {
    static final String CELL = "test";
    static final int MAX_CONTENT_BYTES = 64;

    final StateMachine machine = new StateMachine(CELL, MAX_CONTENT_BYTES);
    private long lastCallId;
    private @Nullable Applied last;

    static Name name(String path) {
        return path.isEmpty() ? Name.root(CELL) : Name.parse("/ls/local/" + path, CELL);
    }

    static Content content(String text) {
        return new Content(text.getBytes(StandardCharsets.UTF_8));
    }

    /** What the last command did. */
    Applied last() {
        assertNotNull(last);
        return last;
    }

    Applied apply(Command command) {
        last = machine.apply(command);
        return last;
    }

    Reply call(ClientCall call) {
        lastCallId++;
        return reply(apply(new Command.Client(machine.epoch(), new Origin(1, 1, lastCallId, 1), call)));
    }

    static Reply reply(Applied applied) {
        assertNotNull(applied.reply());
        return applied.reply();
    }

    Reply call(Request.Write request) {
        return call(ClientCall.of(request));
    }

    Reply call(Request.Write request, String session) {
        return call(ClientCall.of(request, session));
    }

    Reply query(Request.Read request) {
        return machine.query(request, null, Elapsed.UNKNOWN);
    }

    void open(String... sessions) {
        for (String session : sessions) {
            assertInstanceOf(
                    Reply.SessionOpened.class,
                    call(new Request.OpenSession(session, session + "-client", 12_000, Map.of())));
        }
    }

    /** Makes a first leader's epoch current, for commands that are guarded by it. */
    void startEpoch() {
        apply(new Command.StartEpoch(1, 1));
    }

    void expire(String... sessions) {
        apply(new Command.ExpireSessions(machine.epoch(), List.of(sessions)));
    }

    static Request.Acquire acquire(String name, LockMode mode, long waitMs) {
        return new Request.Acquire(name(name), mode, waitMs, false, LockCreation.EPHEMERAL, "");
    }

    Reply tryAcquire(String session, String name, LockMode mode) {
        return call(acquire(name, mode, 0), session);
    }

    Grant grant(String session, String name, LockMode mode) {
        return assertInstanceOf(Reply.Granted.class, tryAcquire(session, name, mode))
                .grant();
    }

    Grant exclusive(String session, String name) {
        return grant(session, name, LockMode.EXCLUSIVE);
    }

    Grant shared(String session, String name) {
        return grant(session, name, LockMode.SHARED);
    }

    /** Waits in the queue and tells the position. */
    int wait(String session, String name, LockMode mode) {
        Reply reply = call(acquire(name, mode, 1_000), session);
        return assertInstanceOf(Reply.Queued.class, reply).position();
    }

    Reply release(String session, String name) {
        return call(new Request.Release(name(name)), session);
    }

    StateMachine.@Nullable QueuePlace place(String session, String name) {
        return machine.queued(name(name), session);
    }

    long ticket(String session, String name) {
        return queued(session, name).ticket();
    }

    StateMachine.QueuePlace queued(String session, String name) {
        StateMachine.QueuePlace place = place(session, name);
        assertNotNull(place);
        return place;
    }

    Session session(String id) {
        Session session = machine.session(id);
        assertNotNull(session);
        return session;
    }

    void withdraw(String session, String name) {
        apply(new Command.Withdraw(name(name), session, ticket(session, name)));
    }

    boolean holds(String session, String name) {
        return machine.held(name(name), session) != null;
    }

    static Request.WriteFile file(String name, String text) {
        return new Request.WriteFile(name(name), content(text), Condition.NONE, false, false);
    }

    static Request.WriteFile ephemeralFile(String name) {
        return new Request.WriteFile(name(name), Content.EMPTY, Condition.NONE, false, true);
    }

    Stat write(String name, String text) {
        return assertInstanceOf(Reply.Written.class, call(file(name, text))).stat();
    }

    Stat mkdir(String name) {
        return assertInstanceOf(Reply.Written.class, call(new Request.MakeDirectory(name(name), false, false)))
                .stat();
    }

    Reply delete(String name, boolean recursive) {
        return call(new Request.DeleteNode(name(name), recursive, Condition.NONE));
    }

    boolean exists(String name) {
        return query(new Request.GetStat(name(name), false)) instanceof Reply.Node;
    }

    Stat stat(String name) {
        return assertInstanceOf(Reply.Node.class, query(new Request.GetStat(name(name), false)))
                .stat();
    }

    /** Why a sequencer is not valid now; null where it is. */
    @Nullable
    InvalidSequencer whyInvalid(Sequencer sequencer) {
        return ((Reply.SequencerState) query(new Request.CheckSequencer(sequencer))).reason();
    }

    Reply.LockState lock(String name) {
        return assertInstanceOf(Reply.LockState.class, query(new Request.GetLock(name(name))));
    }

    Reply.SequencerState check(Sequencer sequencer) {
        return assertInstanceOf(Reply.SequencerState.class, query(new Request.CheckSequencer(sequencer)));
    }

    /** The types of the last command's events, in order. */
    List<Event.Type> events() {
        return last().events().stream().map(Event::type).toList();
    }

    static Problem assertFailed(ProblemCode code, @Nullable Reply reply) {
        Problem problem = assertInstanceOf(Reply.Failed.class, reply).problem();
        assertEquals(code, problem.code(), problem.detail());
        return problem;
    }
}
