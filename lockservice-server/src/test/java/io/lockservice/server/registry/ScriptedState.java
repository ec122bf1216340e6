package io.lockservice.server.registry;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.api.Content;
import io.lockservice.api.Name;
import io.lockservice.api.NodeKind;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Stat;
import io.lockservice.api.event.Event;
import io.lockservice.api.event.EventPosition;
import io.lockservice.replica.ReplicaStatus;
import io.lockservice.server.driver.CheckpointPort;
import io.lockservice.server.driver.ReplicaPort;
import io.vertx.core.Context;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The files of a replica, which change and are read when the test says so. On one event loop. */
final class ScriptedState implements ReplicaPort {
    private final Context context;
    private final NavigableMap<Name, Content> files = new TreeMap<>();
    private final List<Event> events = new ArrayList<>();
    private final List<Runnable> watching = new ArrayList<>();
    private final Deque<Runnable> held = new ArrayDeque<>();
    private final Set<Name> denied = new HashSet<>();
    private final Map<Name, ProblemCode> refusedOnce = new HashMap<>();
    private Predicate<Request> holds = request -> false;
    private long revision;

    ScriptedState(Context context) {
        this.context = context;
    }

    long revision() {
        return revision;
    }

    /** A file is so from now on, or gone. */
    void write(Name name, @Nullable String content) {
        Event.Type type = Event.Type.NODE_DELETED;
        if (content == null) {
            files.remove(name);
        } else {
            Content bytes = new Content(content.getBytes(StandardCharsets.UTF_8));
            type = files.put(name, bytes) == null ? Event.Type.NODE_CREATED : Event.Type.CONTENT_CHANGED;
        }
        event(name, type);
    }

    /** From now on only some may read a node, or everybody. */
    void deny(Name name, boolean isDenied) {
        if (isDenied ? denied.add(name) : denied.remove(name)) {
            event(name, Event.Type.ACL_CHANGED);
        }
    }

    /** A directory is another one than before, for everybody. */
    void made(Name name) {
        denied.remove(name);
        event(name, Event.Type.NODE_CREATED);
    }

    /** The next reading of this node's children fails. */
    void refuseOnce(Name name, ProblemCode code) {
        refusedOnce.put(name, code);
    }

    private void event(Name name, Event.Type type) {
        revision++;
        events.add(new Event(revision, 1, type, name.path(), null, null, 0));
        List.copyOf(watching).forEach(Runnable::run);
    }

    /** From now on such requests wait for {@link #release}. */
    void hold(Predicate<Request> which) {
        holds = which;
    }

    /** How many wait. */
    int held() {
        return held.size();
    }

    /** Nothing waits any more. */
    void release() {
        holds = request -> false;
        while (!held.isEmpty()) {
            held.remove().run();
        }
    }

    @Override
    public Runnable call(ClientCall call, long timeoutMs, long maxStaleMs, Consumer<Answer> answer) {
        Request request = call.request();
        Runnable answering = () -> answer.accept(new Answer(reply(request), revision, 1, 1, 1));
        if (holds.test(request)) {
            held.add(answering);
        } else {
            context.runOnContext(later -> answering.run());
        }
        return () -> {};
    }

    private Reply reply(Request request) {
        if (request instanceof Request.ListChildren list) {
            ProblemCode once = refusedOnce.remove(list.name());
            return once == null ? children(list.name()) : refusal(once);
        } else if (request instanceof Request.GetStat get) {
            Content content = files.get(get.name());
            if (denied.contains(get.name())) {
                return refusal(ProblemCode.PERMISSION_DENIED);
            }
            return content == null
                    ? refusal(ProblemCode.NO_SUCH_NODE)
                    : new Reply.Node(stat(get.name(), NodeKind.FILE), content);
        } else if (request instanceof Request.ReadEvents read) {
            EventPosition after = read.after() == null ? EventPosition.START : read.after();
            return denied.contains(read.name())
                    ? refusal(ProblemCode.PERMISSION_DENIED)
                    : new Reply.EventPage(
                            events.stream()
                                    .filter(event -> !after.isAtOrBehind(event) && read.wants(event))
                                    .toList(),
                            EventPosition.after(revision),
                            true);
        }
        throw new AssertionError(request);
    }

    private Reply children(Name directory) {
        if (denied.contains(directory)) {
            return refusal(ProblemCode.PERMISSION_DENIED);
        }
        List<Stat> children = new ArrayList<>();
        for (Name file : files.keySet()) {
            Name child = childOn(directory, file);
            if (child != null && children.stream().noneMatch(stat -> stat.name().equals(child.path()))) {
                children.add(stat(child, files.containsKey(child) ? NodeKind.FILE : NodeKind.DIRECTORY));
            }
        }
        return children.isEmpty()
                ? refusal(ProblemCode.NO_SUCH_NODE)
                : new Reply.Children(stat(directory, NodeKind.DIRECTORY), children, null);
    }

    /** The child of {@code directory} that is {@code file} or has it below it; null where there is none. */
    private static @Nullable Name childOn(Name directory, Name file) {
        for (Name child = file; child != null; child = child.parent()) {
            if (directory.equals(child.parent())) {
                return child;
            }
        }
        return null;
    }

    private static Stat stat(Name name, NodeKind kind) {
        return new Stat(name.path(), kind, false, null, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1);
    }

    private static Reply refusal(ProblemCode code) {
        return new Reply.Failed(new Problem(code, "so"));
    }

    @Override
    public Runnable watch(Request.ReadEvents what, Runnable happened) {
        if (what.name().leaf().equals("services")) {
            watching.add(happened);
        }
        return () -> watching.remove(happened);
    }

    @Override
    public Runnable whenApplied(long wanted, Runnable then) {
        if (wanted <= revision) {
            then.run();
        }
        return () -> {};
    }

    @Override
    public void checkpoint(long wanted, Consumer<CheckpointPort.@Nullable Stored> taken) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ReplicaStatus status() {
        throw new UnsupportedOperationException();
    }
}
