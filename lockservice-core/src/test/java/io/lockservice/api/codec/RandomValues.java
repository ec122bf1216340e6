package io.lockservice.api.codec;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.Grant;
import io.lockservice.api.HandleId;
import io.lockservice.api.HandleMode;
import io.lockservice.api.InvalidSequencer;
import io.lockservice.api.LockCreation;
import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.api.NodeKind;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Sequencer;
import io.lockservice.api.Stat;
import io.lockservice.api.event.Event;
import io.lockservice.api.event.EventPosition;
import io.lockservice.api.event.SessionEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Values of every type that travels, made from a seed. */
public final class RandomValues {
    private static final String[] TEXTS = {"", "a", "billing-7f4c", "é", "😀 x", "two\nlines", "\u0000"};

    private final Random random;

    /** Values from {@code seed}. */
    public RandomValues(long seed) {
        random = new Random(seed);
    }

    /** A call with any request. */
    public ClientCall call() {
        return call(pick(List.<Supplier<Request>>of(this::write, this::read, this::keepAlive)));
    }

    /** A call with a write. */
    public ClientCall writeCall() {
        return call(write());
    }

    private ClientCall call(Request request) {
        return new ClientCall(
                request,
                text(),
                maybe(this::text),
                maybe(() -> new ClientCall.Idempotency(text(), random.nextLong())),
                maybe(this::sequencer),
                maybe(this::handle));
    }

    private Request keepAlive() {
        return new Request.KeepAlive(text(), number(), random.nextBoolean() ? Request.KeepAlive.NO_ACK : number());
    }

    private Request write() {
        return pick(List.<Supplier<Request>>of(
                () -> new Request.OpenSession(text(), text(), number(), map(), random.nextBoolean()),
                () -> new Request.CloseSession(text(), number()),
                () -> new Request.Acquire(
                        name(),
                        of(LockMode.values()),
                        number(),
                        random.nextBoolean(),
                        of(LockCreation.values()),
                        text(),
                        number(),
                        maybe(this::sequencer)),
                () -> new Request.Release(name()),
                () -> new Request.ForceRelease(name()),
                () -> new Request.WriteFile(name(), content(), condition(), random.nextBoolean(), random.nextBoolean()),
                () -> new Request.Register(name(), content()),
                () -> new Request.MakeDirectory(name(), random.nextBoolean(), random.nextBoolean()),
                () -> new Request.DeleteNode(name(), random.nextBoolean(), condition()),
                () -> new Request.SetAcl(
                        name(), maybe(this::text), maybe(this::text), maybe(this::text), maybe(this::number)),
                () -> new Request.OpenHandle(
                        handle(), name(), list(this::mode), list(this::type), maybe(this::creation), number()),
                () -> new Request.CloseHandle(handle()),
                () -> new Request.Transaction(list(this::guard), list(this::operation), list(this::operation))));
    }

    private HandleId handle() {
        return new HandleId(text(), text());
    }

    private HandleMode mode() {
        return of(HandleMode.values());
    }

    private Event.Type type() {
        return of(Event.Type.values());
    }

    private Request.OpenHandle.Creation creation() {
        return new Request.OpenHandle.Creation(
                random.nextBoolean(), of(NodeKind.values()), random.nextBoolean(), content());
    }

    private Request.Guard guard() {
        return pick(List.<Supplier<Request.Guard>>of(
                () -> new Request.Guard.Exists(name(), random.nextBoolean()),
                () -> new Request.Guard.Version(name(), maybe(this::number), maybe(this::number)),
                () -> new Request.Guard.Valid(sequencer()),
                () -> new Request.Guard.Alive(text()),
                () -> new Request.Guard.Epoch(number())));
    }

    private Request operation() {
        return pick(List.<Supplier<Request>>of(
                () -> new Request.Release(name()),
                () -> new Request.GetStat(name(), random.nextBoolean()),
                () -> new Request.MakeDirectory(name(), random.nextBoolean(), random.nextBoolean())));
    }

    private Request read() {
        return pick(List.<Supplier<Request>>of(
                () -> new Request.GetSession(text()),
                () -> new Request.ListSessions(small(), text()),
                () -> new Request.GetLock(name()),
                () -> new Request.ListLocks(name(), small(), maybe(this::name)),
                () -> new Request.CheckSequencer(sequencer()),
                () -> new Request.ReadFile(name()),
                () -> new Request.GetStat(name(), random.nextBoolean()),
                () -> new Request.ListChildren(name(), small(), text()),
                () -> new Request.GetAcl(name()),
                () -> new Request.Cached(new Request.ReadFile(name())),
                () -> new Request.Cached(new Request.ListChildren(name(), small(), text())),
                () -> new Request.ReadEvents(name(), random.nextBoolean(), maybe(this::position), small()),
                () -> new Request.AddReplica(small(), text(), small(), small()),
                () -> new Request.RemoveReplica(small(), random.nextBoolean()),
                () -> new Request.MoveLeader(small()),
                Request.GetCell::new));
    }

    /** An answer with any reply. */
    public Answer answer() {
        return new Answer(reply(), number(), number(), small(), small());
    }

    private Reply reply() {
        return pick(List.<Supplier<Reply>>of(
                Reply.Done::new,
                () -> new Reply.Failed(problem()),
                () -> new Reply.SessionOpened(text(), text(), number(), number()),
                () -> new Reply.KeptAlive(number(), number(), list(this::sessionEvent)),
                () -> new Reply.HandleOpened(handle(), random.nextBoolean(), stat()),
                () -> new Reply.SessionDetail(
                        summary(), list(this::grant), list(this::text), list(this::text), list(this::handleState)),
                () -> new Reply.SessionPage(list(this::summary), maybe(this::text)),
                () -> new Reply.Granted(grant(), number()),
                () -> new Reply.Queued(small()),
                () -> new Reply.Released(random.nextBoolean()),
                () -> new Reply.ForceReleased(list(this::holder)),
                this::lock,
                () -> new Reply.LockPage(list(this::lock), maybe(this::text)),
                () -> new Reply.SequencerState(sequencer(), maybe(() -> of(InvalidSequencer.values()))),
                () -> new Reply.Written(stat(), random.nextBoolean()),
                () -> new Reply.Node(stat(), maybe(this::content)),
                () -> new Reply.Children(stat(), list(this::stat), maybe(this::text)),
                () -> new Reply.Acl(maybe(this::text), maybe(this::text), maybe(this::text), number()),
                () -> new Reply.Transacted(
                        random.nextBoolean(), List.of(new Reply.Done(), new Reply.Granted(grant(), 3))),
                () -> new Reply.Cached(new Reply.Node(stat(), maybe(this::content)), random.nextBoolean()),
                () -> new Reply.EventPage(list(this::event), position(), random.nextBoolean()),
                () -> new Reply.CellState(list(this::replica), small(), small(), small(), small())));
    }

    private Reply.HandleState handleState() {
        return new Reply.HandleState(handle(), text(), number(), list(this::mode), list(this::type));
    }

    private SessionEvent sessionEvent() {
        return new SessionEvent(
                number(),
                pick(List.<Supplier<SessionEvent.Notice>>of(
                        () -> new SessionEvent.Happened(event()),
                        () -> new SessionEvent.LockLost(text(), number(), of(InvalidSequencer.values())),
                        () -> new SessionEvent.LeaderChanged(number()),
                        () -> new SessionEvent.Invalidate(text()),
                        () -> new SessionEvent.Dropped(number()))));
    }

    private Problem problem() {
        Problem.Extras extras = pick(List.<Supplier<Problem.Extras>>of(
                Problem.None::new,
                () -> new Problem.Field(text()),
                () -> new Problem.Held(list(this::holder), small()),
                () -> new Problem.Current(maybe(this::stat)),
                () -> new Problem.Invalid(of(InvalidSequencer.values())),
                () -> new Problem.Delayed(list(this::number), number()),
                () -> new Problem.Cycle(list(() -> new Problem.Waiting(text(), text(), text()))),
                () -> new Problem.Compacted(number()),
                () -> new Problem.Owned(maybe(this::text)),
                () -> new Problem.InOperation(small(), new Problem.Field(text())),
                () -> new Problem.Limit(number())));
        return new Problem(of(ProblemCode.values()), text(), extras);
    }

    private EventPosition position() {
        return new EventPosition(number(), small());
    }

    private Event event() {
        return new Event(
                number(),
                small(),
                of(Event.Type.values()),
                maybe(this::text),
                maybe(this::stat),
                maybe(this::text),
                number());
    }

    private Reply.LockState lock() {
        return new Reply.LockState(
                text(),
                maybe(() -> of(LockMode.values())),
                number(),
                list(this::holder),
                list(() -> new Reply.Waiter(text(), text(), of(LockMode.values()), number())),
                number());
    }

    private Reply.Holder holder() {
        return new Reply.Holder(text(), text(), of(LockMode.values()), number(), number(), text());
    }

    private Reply.SessionSummary summary() {
        return new Reply.SessionSummary(text(), text(), number(), number(), map());
    }

    private Reply.ReplicaState replica() {
        return new Reply.ReplicaState(
                small(),
                text(),
                small(),
                random.nextLong(),
                text(),
                random.nextBoolean(),
                number(),
                number(),
                number(),
                number());
    }

    private Grant grant() {
        return new Grant(text(), of(LockMode.values()), text(), sequencer(), number(), number(), number());
    }

    private Sequencer sequencer() {
        return new Sequencer(text(), of(LockMode.values()), number(), number(), number());
    }

    private Stat stat() {
        return new Stat(
                text(),
                of(NodeKind.values()),
                random.nextBoolean(),
                maybe(this::text),
                number(),
                number(),
                number(),
                number(),
                number(),
                random.nextLong(),
                small(),
                small(),
                number(),
                number());
    }

    private Condition condition() {
        return new Condition(
                maybe(() -> list(() -> new Condition.Version(number(), number()))),
                random.nextBoolean(),
                random.nextBoolean());
    }

    private Content content() {
        byte[] bytes = new byte[random.nextInt(20)];
        random.nextBytes(bytes);
        return new Content(bytes);
    }

    /** A valid name. */
    public Name name() {
        Name name = Name.root(random.nextBoolean() ? "local" : "paris");
        for (int depth = random.nextInt(4); depth > 0; depth--) {
            name = name.child(of(new String[] {"a", "b c", "é", "😀", "%"}));
        }
        return name;
    }

    /** A text. */
    public String text() {
        return of(TEXTS);
    }

    /** A number, also -1 for what is unknown. */
    public long number() {
        return switch (random.nextInt(4)) {
            case 0 -> -1;
            case 1 -> random.nextInt(200);
            case 2 -> Long.MAX_VALUE;
            default -> random.nextLong();
        };
    }

    private int small() {
        return random.nextBoolean() ? random.nextInt(200) : Integer.MAX_VALUE;
    }

    private Map<String, String> map() {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            map.put("key" + i, text());
        }
        return map;
    }

    /** Up to three elements. */
    public <T> List<T> list(Supplier<T> element) {
        List<T> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            list.add(element.get());
        }
        return list;
    }

    private <T> @Nullable T maybe(Supplier<T> value) {
        return random.nextBoolean() ? value.get() : null;
    }

    private <T> T pick(List<Supplier<T>> choices) {
        return choices.get(random.nextInt(choices.size())).get();
    }

    private <T> T of(T[] values) {
        return values[random.nextInt(values.length)];
    }
}
