package io.lockservice.cell;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.HandleId;
import io.lockservice.api.HandleMode;
import io.lockservice.api.LockCreation;
import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.api.NodeKind;
import io.lockservice.api.Request;
import io.lockservice.api.Sequencer;
import io.lockservice.api.event.Event;
import io.lockservice.cell.repeat.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Commands from a seed, over so few names and sessions that they meet each other all the time. */
final class RandomCommands {
    private static final String[] SESSIONS = {"s1", "s2", "s3", "s4", "s5"};
    private static final String[] NAMES = {"", "a", "a/b", "a/b/c", "a/b/d", "a!", "e", "e/f", "e/f/g", "l1", "l2"};
    private static final List<LockCreation> CREATIONS = List.of(LockCreation.values());

    private static final List<HandleMode> MODES = List.of(HandleMode.values());

    private final Random random;
    private final StateMachine machine;
    private final List<Command.Client> sent = new ArrayList<>();
    private long lastCallId;
    private Sequencer sequencer = new Sequencer("/ls/test/none", LockMode.SHARED, 1, 1, 1);

    /** Looks at {@code machine} for tickets and the like that commands name. */
    RandomCommands(long seed, StateMachine machine) {
        random = new Random(seed);
        this.machine = machine;
    }

    Command next() {
        return switch (random.nextInt(22)) {
            case 0 -> new Command.StartEpoch(1 + random.nextInt(3), random.nextLong());
            case 1 ->
                new Command.ExpireSessions(
                        machine.epoch() - (random.nextInt(5) == 0 ? 1 : 0),
                        random.nextBoolean() ? List.of(session()) : List.of(session(), session(), session()));
            case 2, 3 -> withdraw();
            case 7 -> endDelay();
            case 20 ->
                random.nextInt(3) == 0
                        ? new Command.StretchLeases(machine.epoch(), random.nextBoolean())
                        : acknowledge();
            case 21 ->
                new Command.Invalidate(List.of(new Command.Invalidate.Copies(name(), List.of(session(), session()))));
            case 4 -> new Command.RetireKeys(machine.epoch(), machine.revision() - random.nextInt(20));
            case 5, 6 ->
                sent.isEmpty()
                        ? client()
                        : again(sent.get(sent.size() - 1 - random.nextInt(Math.min(40, sent.size()))));
            default -> client();
        };
    }

    /** The same call, as the present leader proposes it. */
    private Command.Client again(Command.Client before) {
        return new Command.Client(machine.epoch(), before.origin(), before.call());
    }

    /** A grant that later fences may name. */
    void remember(Sequencer granted) {
        sequencer = granted;
    }

    private Command withdraw() {
        Name name = name();
        String session = session();
        StateMachine.QueuePlace place = machine.queued(name, session);
        return new Command.Withdraw(name, session, place == null ? random.nextInt(50) : place.ticket());
    }

    private Command endDelay() {
        List<Applied.Delay> delays = machine.lockDelays();
        return delays.isEmpty() || random.nextInt(4) == 0
                ? new Command.EndLockDelay(name(), random.nextInt(50))
                : new Command.EndLockDelay(
                        delays.get(0).name(), delays.get(delays.size() - 1).token());
    }

    private Command acknowledge() {
        String session = session();
        return new Command.AcknowledgeEvents(Map.of(session, machine.lastSessionEvent(session) - random.nextInt(3)));
    }

    private Command.Client client() {
        Request.Write request = request();
        lastCallId++;
        long answeredBelow = Math.max(1, lastCallId - 30 + random.nextInt(3));
        ClientCall.Idempotency key = random.nextInt(4) == 0
                ? new ClientCall.Idempotency("k" + random.nextInt(20), request.hashCode())
                : null;
        Origin origin = new Origin(1 + random.nextInt(2), 1, lastCallId, answeredBelow);
        Sequencer fence = random.nextInt(10) == 0 ? sequencer : null;
        @Nullable String session = random.nextInt(8) == 0 ? null : session();
        @Nullable HandleId handle = request instanceof Request.OfNode && random.nextInt(6) == 0 ? handle() : null;
        if (request instanceof Request.OpenHandle open) {
            session = open.handle().session();
        } else if (handle != null) {
            session = handle.session();
        }
        Command.Client command = new Command.Client(
                machine.epoch() - (random.nextInt(20) == 0 ? 1 : 0),
                origin,
                new ClientCall(request, ClientCall.ANONYMOUS, session, key, fence, handle));
        sent.add(command);
        return command;
    }

    private Request.Write request() {
        return switch (random.nextInt(20)) {
            case 0, 1, 2 ->
                new Request.OpenSession(
                        session(), "client", 1_000, Map.of("n", "" + random.nextInt(2)), random.nextBoolean());
            case 3 -> new Request.CloseSession(session(), random.nextInt(3) * 500L);
            case 4, 5, 6, 7 -> acquire();
            case 8, 9 -> new Request.Release(name());
            case 10 -> random.nextInt(3) == 0 ? new Request.ForceRelease(name()) : new Request.Release(name());
            case 11, 12 ->
                new Request.WriteFile(
                        name(),
                        new Content(new byte[random.nextInt(TestCell.MAX_CONTENT_BYTES + 2)]),
                        condition(),
                        random.nextBoolean(),
                        random.nextBoolean());
            case 13, 14 -> new Request.MakeDirectory(name(), random.nextBoolean(), random.nextBoolean());
            case 15 ->
                new Request.Register(name(), new Content(new byte[random.nextInt(TestCell.MAX_CONTENT_BYTES + 2)]));
            case 16, 17 -> open();
            case 18 -> new Request.CloseHandle(handle());
            default -> new Request.DeleteNode(name(), random.nextInt(3) == 0, condition());
        };
    }

    private Request.OpenHandle open() {
        return new Request.OpenHandle(
                handle(),
                name(),
                List.of(MODES.get(random.nextInt(MODES.size())), HandleMode.READ),
                random.nextBoolean() ? List.of() : List.of(Event.Type.values()),
                random.nextBoolean()
                        ? null
                        : new Request.OpenHandle.Creation(
                                random.nextBoolean(),
                                random.nextBoolean() ? NodeKind.FILE : NodeKind.DIRECTORY,
                                random.nextBoolean(),
                                Content.EMPTY),
                random.nextBoolean() ? 0 : 500);
    }

    /** Of so few that some are open. */
    private HandleId handle() {
        return new HandleId(session(), "h" + random.nextInt(3));
    }

    private Request.Acquire acquire() {
        return new Request.Acquire(
                name(),
                random.nextBoolean() ? LockMode.EXCLUSIVE : LockMode.SHARED,
                random.nextInt(3) == 0 ? 0 : 1_000,
                random.nextInt(5) == 0,
                CREATIONS.get(random.nextInt(CREATIONS.size())),
                "note" + random.nextInt(2),
                random.nextBoolean() ? 0 : 1_000,
                random.nextBoolean() ? null : sequencer);
    }

    private Condition condition() {
        return switch (random.nextInt(8)) {
            case 0 -> new Condition(null, true, false);
            case 1 -> new Condition(null, false, true);
            case 2 ->
                new Condition(List.of(new Condition.Version(random.nextInt(50), random.nextInt(3))), false, false);
            default -> Condition.NONE;
        };
    }

    private String session() {
        return SESSIONS[random.nextInt(SESSIONS.length)];
    }

    private Name name() {
        return TestCell.name(NAMES[random.nextInt(NAMES.length)]);
    }
}
