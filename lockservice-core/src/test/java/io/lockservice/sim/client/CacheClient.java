package io.lockservice.sim.client;

import static io.lockservice.sim.cluster.Scheduler.MS;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.api.HandleId;
import io.lockservice.api.HandleMode;
import io.lockservice.api.Name;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.event.Event;
import io.lockservice.api.event.SessionEvent;
import io.lockservice.sim.invariant.SessionEventsWhole;
import io.lockservice.sim.linearizability.FileCall;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Reads the files that others write and keeps copies of them, as a client library does (Burrows, section 2.7): it drops what
 * it is told to, and everything when its lease runs out or the leader changes. What it reads from its copies goes into the
 * files' histories as if the cell had answered. Also watches a file.
 */
final class CacheClient {
    private final String client;
    private final Caller caller;
    private final SplittableRandom random;
    private final ClientWorld world;
    private final Timetable times;
    private final LockClient.Habits habits;
    private final SessionEventsWhole told;
    private final Map<Name, Answer> copies = new HashMap<>();

    /** How often something was dropped: what was asked for before is not kept. */
    private long drops;

    private int opened;
    private boolean silent;

    CacheClient(int id, Caller caller, SplittableRandom random, ClientWorld world, LockClient.Habits habits) {
        this.client = "cache" + id;
        this.caller = caller;
        this.random = random;
        this.world = world;
        this.times = world.times();
        this.habits = habits;
        this.told = world.invariants().sessionEvents();
    }

    void start() {
        times.after(1 + random.nextLong(100 * MS), this::open);
    }

    /** From now on it sends nothing. */
    void silence() {
        silent = true;
    }

    private void open() {
        if (silent) {
            return;
        }
        ClientSession session = new ClientSession(client + "-" + ++opened, habits.leaseMs(), habits.countedNanos());
        Request request = new Request.OpenSession(session.id(), client, habits.leaseMs(), Map.of(), true);
        caller.call(ClientCall.of(request), 3, 300, 0, opening -> {
            if (opening.reply() instanceof Reply.SessionOpened granted) {
                dropAll();
                session.renewed(opening.firstSentNanos(), granted.remainingMs());
                keepAlive(session);
                watch(session, true);
                next(session);
            } else {
                times.after(100 * MS, this::open);
            }
        });
    }

    /** {@code first}: nothing that was done before can have opened it already. */
    private void watch(ClientSession session, boolean first) {
        HandleId handle = new HandleId(session.id(), "h1");
        Request open = new Request.OpenHandle(
                handle,
                world.files().watched().name(),
                List.of(HandleMode.READ),
                List.of(Event.Type.CONTENT_CHANGED),
                null,
                0);
        caller.call(ClientCall.of(open, session.id()), 1, 300, 0, opening -> {
            if (opening.reply() instanceof Reply.HandleOpened is && first) {
                told.watches(session.id(), is.stat().contentGeneration());
            } else if (!(opening.reply() instanceof Reply.HandleOpened) && !silent && session.isUsable()) {
                boolean nothingDone = opening.problem() == ProblemCode.NO_SUCH_NODE;
                times.after(100 * MS, () -> watch(session, first && nothingDone));
            }
        });
    }

    private void keepAlive(ClientSession session) {
        if (silent || !session.isUsable()) {
            return;
        }
        long waitMs = random.nextInt(4) == 0 ? 0 : habits.leaseMs() / 4;
        Request request = new Request.KeepAlive(session.id(), waitMs, told.takenIn(session.id()));
        caller.call(ClientCall.of(request), 1, habits.leaseMs() / 4, waitMs, answered -> {
            if (answered.reply() instanceof Reply.KeptAlive kept) {
                kept.events().forEach(event -> takeIn(session, event));
                session.renewed(answered.sentNanos(), kept.remainingMs());
                // Now and then it is paused for longer than its lease.
                boolean pauses = random.nextInt(60) == 0;
                long pauseNanos = pauses ? 2 * session.leaseNanos() : 1 + random.nextLong(30 * MS);
                times.after(pauseNanos, () -> keepAlive(session));
            } else if (answered.problem() == ProblemCode.SESSION_EXPIRED) {
                session.setOver();
                dropAll();
                times.after(50 * MS, this::open);
            } else {
                times.after(10 * MS, () -> keepAlive(session));
            }
        });
    }

    private void takeIn(ClientSession session, SessionEvent event) {
        if (!told.told(session.id(), event)) {
            return;
        }
        if (event.notice() instanceof SessionEvent.Invalidate invalidate) {
            world.marks().hit("copy invalidated");
            copies.remove(new Name(invalidate.name()));
            drops++;
        } else if (!(event.notice() instanceof SessionEvent.Happened)) {
            dropAll();
        }
    }

    private void dropAll() {
        copies.clear();
        drops++;
    }

    private void next(ClientSession session) {
        if (silent || !session.isUsable()) {
            return;
        }
        times.after(1 + random.nextLong(60 * MS), () -> {
            if (times.now() >= session.believedUntilNanos()) {
                // In jeopardy: the copies may be old.
                dropAll();
            }
            read(session, world.files().any(random));
        });
    }

    private void read(ClientSession session, Files.File file) {
        Answer copy = copies.get(file.name());
        if (copy != null) {
            world.marks().hit("read from a copy");
            long now = times.now();
            world.files().told(file, new FileCall.Read(), new Told(copy, now, now, now, 1, false));
            next(session);
            return;
        }
        long before = drops;
        Request request = new Request.Cached(new Request.ReadFile(file.name()));
        caller.call(ClientCall.of(request, session.id()), 1, 300, 0, answered -> {
            Answer answer = answered.answer();
            if (answer != null && answered.reply() instanceof Reply.Cached cached) {
                took(file, answered, answer.saying(cached.reply()), cached.cacheable() && drops == before);
            }
            next(session);
        });
    }

    private void took(Files.File file, Told answered, Answer answer, boolean keeps) {
        ProblemCode problem = Told.problem(answer);
        if (problem != null && problem != ProblemCode.NO_SUCH_NODE) {
            return;
        }
        world.files()
                .told(
                        file,
                        new FileCall.Read(),
                        new Told(
                                answer,
                                answered.firstSentNanos(),
                                answered.sentNanos(),
                                answered.answeredNanos(),
                                1,
                                false));
        if (keeps) {
            copies.put(file.name(), answer);
        }
    }
}
