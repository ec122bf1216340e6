package io.lockservice.sim.invariant;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Request;
import io.lockservice.cell.Command;
import io.lockservice.cell.CommandCodec;
import io.lockservice.cell.repeat.Origin;
import io.lockservice.log.Configuration;
import io.lockservice.log.DiskRoom;
import io.lockservice.log.LogRecord;
import io.lockservice.replica.Effect;
import io.lockservice.replica.Input;
import io.lockservice.replica.Message;
import io.lockservice.sim.cluster.Host;
import io.lockservice.sim.cluster.Observer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A leader that was told that the disks of too many voters are nearly full proposes nothing that came since and makes the
 * state larger, unless it was proposed before.
 */
final class NoGrowthWithoutRoom implements Observer {
    /** For so long a leader must believe what it was told. */
    private static final long BELIEVED_NANOS = 2_000_000_000;

    private final Map<Integer, Knowledge> processes = new HashMap<>();
    private final Set<Call> proposed = new HashSet<>();
    private final Set<String> proposedKeys = new HashSet<>();
    private final Map<Integer, Origin> newest = new HashMap<>();

    private record Call(int replicaId, long incarnation, long callId) {
        static Call of(Origin origin) {
            return new Call(origin.replicaId(), origin.incarnation(), origin.callId());
        }
    }

    /** {@code nanos} is null where it does not grow old. */
    private record Told(DiskRoom room, @Nullable Long nanos) {
        boolean lacksRoom(long nowNanos) {
            return room != DiskRoom.ENOUGH && (nanos == null || nowNanos - nanos < BELIEVED_NANOS);
        }
    }

    /** What one process was told, and which calls came to it with and without room. */
    private static final class Knowledge {
        private final Map<Integer, Told> told = new HashMap<>();
        private final Set<Call> cameWithRoom = new HashSet<>();
        private final Set<Call> cameWithout = new HashSet<>();
        private @Nullable Configuration cell;

        boolean lacksRoom(long nowNanos) {
            Configuration voting = cell;
            if (voting == null) {
                return false;
            }
            List<Integer> roomy = voting.voters().stream()
                    .filter(voter -> {
                        Told last = told.get(voter);
                        return last == null || !last.lacksRoom(nowNanos);
                    })
                    .toList();
            return !voting.isQuorum(roomy);
        }
    }

    @Override
    public void crashed(Host host) {
        processes.remove(host.id());
    }

    @Override
    public void stepped(Host host, List<Input> inputs, List<Effect> effects) {
        Knowledge process = processes.computeIfAbsent(host.id(), id -> new Knowledge());
        long nowNanos = host.localNow();
        for (Input input : inputs) {
            forgetIfThereIsRoom(process, nowNanos);
            take(host, process, input, nowNanos);
        }
        forgetIfThereIsRoom(process, nowNanos);
        if (host.subject() != null && !host.subject().configuration().equals(process.cell)) {
            process.cell = host.subject().configuration();
            process.cameWithout.clear();
        }
        for (Effect effect : effects) {
            if (effect instanceof Effect.Persist persist
                    && persist.record() instanceof LogRecord.Accepted accepted
                    && accepted.entry().number().replicaId() == host.id()) {
                accepted.entry().value().commands().forEach(command -> proposes(host, process, command));
            }
        }
    }

    private static void forgetIfThereIsRoom(Knowledge process, long nowNanos) {
        if (!process.lacksRoom(nowNanos)) {
            process.cameWithout.clear();
        }
    }

    private static void take(Host host, Knowledge process, Input input, long nowNanos) {
        if (input instanceof Input.DiskRoomChanged changed) {
            // Of its own disk it need not be told again.
            process.told.put(host.id(), new Told(changed.room(), null));
        } else if (input instanceof Input.Received received && received.message() instanceof Message.Room said) {
            process.told.put(received.from(), new Told(said.room(), nowNanos));
        } else if (input instanceof Input.Received received
                && received.message() instanceof Message.Forward forward
                && grows(forward.call())) {
            Set<Call> came = process.lacksRoom(nowNanos) ? process.cameWithout : process.cameWithRoom;
            came.add(Call.of(forward.origin()));
        }
    }

    private void noteNewest(Origin origin) {
        newest.merge(origin.replicaId(), origin, (one, other) -> {
            boolean later = other.incarnation() == one.incarnation()
                    ? other.answeredBelow() > one.answeredBelow()
                    : other.incarnation() > one.incarnation();
            return later ? other : one;
        });
    }

    /** Nobody waits for that call any more, and it is not executed. */
    private boolean isOver(Origin origin) {
        Origin later = newest.get(origin.replicaId());
        return later != null
                && (later.incarnation() > origin.incarnation()
                        || (later.incarnation() == origin.incarnation() && later.answeredBelow() > origin.callId()));
    }

    private void proposes(Host host, Knowledge process, byte[] command) {
        if (!(CommandCodec.decode(command) instanceof Command.Client client)) {
            return;
        }
        boolean over = isOver(client.origin());
        noteNewest(client.origin());
        if (!grows(client.call())) {
            return;
        }
        Call call = Call.of(client.origin());
        ClientCall.Idempotency key = client.call().idempotency();
        boolean again = !proposed.add(call) || (key != null && !proposedKeys.add(key.key()));
        Violation.unless(
                over || again || process.cameWithRoom.contains(call) || !process.cameWithout.contains(call),
                NoGrowthWithoutRoom.class,
                "replica %d proposes %s, though it knows that the disks are nearly full: %s",
                host.id(),
                client,
                process.told);
    }

    /** Acquiring is left out: it depends on what the session has. */
    private static boolean grows(ClientCall call) {
        return call.request() instanceof Request.WriteFile || call.request() instanceof Request.OpenSession;
    }
}
