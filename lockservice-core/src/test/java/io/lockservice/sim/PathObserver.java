package io.lockservice.sim;

import io.lockservice.cell.Command;
import io.lockservice.cell.CommandCodec;
import io.lockservice.log.DiskRoom;
import io.lockservice.log.Value;
import io.lockservice.paxos.PaxosMessage;
import io.lockservice.replica.Effect;
import io.lockservice.replica.Input;
import io.lockservice.replica.Message;
import io.lockservice.sim.cluster.Host;
import io.lockservice.sim.cluster.Marks;
import io.lockservice.sim.cluster.Observer;
import io.lockservice.sim.cluster.Subject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Marks the paths that messages and effects show to have been taken. */
final class PathObserver implements Observer {
    /** The most that such a command takes: a glance that spares decoding the others. */
    private static final int DIGEST_COMMAND_BYTES = 20;

    private final Marks marks;
    private final Map<Long, Map<Value, Integer>> proposers = new HashMap<>();
    private final Set<Object> forwards = new HashSet<>();
    private final Set<Long> epochs = new HashSet<>();
    private final Set<Integer> resuming = new HashSet<>();

    PathObserver(Marks marks) {
        this.marks = marks;
    }

    @Override
    public void started(Host host) {
        marks.hit(host.incarnation() == 1 ? "starts" : "restarts");
        mark(host.incarnation() > 1 && host.disk().checkpoints().taken() > 0, "restart from a checkpoint");
    }

    @Override
    public void crashed(Host host) {
        marks.hit("crashes");
        resuming.remove(host.id());
    }

    @Override
    public void stepped(Host host, List<Input> inputs, List<Effect> effects) {
        marks.hit("steps");
        mark(inputs.stream().anyMatch(each -> each instanceof Input.CheckpointTaken), "checkpoint taken");
        mark(inputs.stream().anyMatch(each -> each instanceof Input.CheckpointRefused), "checkpoint refused");
        mark(inputs.stream().anyMatch(each -> each instanceof Input.CheckpointInstalled), "checkpoint from a peer");
        mark(inputs.stream().anyMatch(each -> each instanceof Input.TransferFailed), "transfer failed");
        mark(effects.stream().anyMatch(each -> each instanceof Effect.StoreChunk), "chunk of a checkpoint");
        for (Input input : inputs) {
            if (input instanceof Input.DiskRoomChanged changed) {
                marks.hit("room on a disk " + changed.room());
            }
            if (input instanceof Input.ChunkStored stored && resuming.remove(host.id())) {
                mark(stored.endOffset() > 0, "transfer resumed");
            }
        }
        if (effects.stream().anyMatch(each -> each instanceof Effect.ResumeTransfer)) {
            resuming.add(host.id());
        }
        mark(effects.stream().anyMatch(each -> each instanceof Effect.DropLog), "log dropped");
        mark(effects.stream().anyMatch(each -> each instanceof Effect.Reconfigured), "reconfigured");
        mark(effects.stream().anyMatch(each -> each instanceof Effect.StopReplica), "removed replica stops");
        Subject subject = host.subject();
        if (subject != null && epochs.add(subject.status().epoch())) {
            marks.hit("epochs");
        }
    }

    @Override
    public void sent(Host host, int to, Message message) {
        marks.hit("messages");
        if (message instanceof Message.Consensus consensus) {
            consensus(host, consensus.message());
        } else if (message instanceof Message.Forward) {
            marks.hit("forwards");
        }
    }

    @Override
    public void arrived(int from, Host host, Message message) {
        if (message instanceof Message.Forward forward) {
            Subject subject = host.subject();
            boolean leads = subject != null && subject.status().leader() == host.id();
            var origin = forward.origin();
            if (leads && !forwards.add(List.of(origin.replicaId(), origin.incarnation(), origin.callId()))) {
                marks.hit("forward arrived again");
            }
        }
    }

    private void command(byte[] encoded) {
        mark(
                encoded.length <= DIGEST_COMMAND_BYTES && CommandCodec.decode(encoded) instanceof Command.CompareDigest,
                "digests compared");
    }

    private void consensus(Host host, PaxosMessage message) {
        if (message instanceof PaxosMessage.Accept accept) {
            adopted(host, accept);
        } else if (message instanceof PaxosMessage.Promise promise) {
            mark(!promise.accepted().isEmpty(), "promise with accepted values");
            mark(promise.nextSlot() != 0, "promise in chunks");
        } else if (message instanceof PaxosMessage.ChosenEntries entries) {
            mark(!entries.entries().isEmpty(), "catch-up from a peer");
        } else if (message instanceof PaxosMessage.Rejected) {
            marks.hit("rejections");
        } else if (message instanceof PaxosMessage.Prepare) {
            marks.hit("prepares");
        } else if (message instanceof PaxosMessage.Resigned) {
            marks.hit("resignations");
            mark(host.disk().room() != DiskRoom.ENOUGH, "resigned with a full disk");
        } else if (message instanceof PaxosMessage.ProbeAnswer answer) {
            mark(!answer.willing(), "unwilling acceptor");
        }
    }

    /** A new leader proposes what an earlier one had proposed: it plays fair. */
    private void adopted(Host host, PaxosMessage.Accept accept) {
        if (accept.value().equals(Value.NO_OP)) {
            marks.hit("gap filled");
            return;
        }
        Integer first = proposers
                .computeIfAbsent(accept.slot(), slot -> new HashMap<>())
                .putIfAbsent(accept.value(), accept.number().replicaId());
        mark(first != null && first != host.id(), "fair value adopted");
        if (first == null) {
            accept.value().commands().forEach(this::command);
        }
    }

    private void mark(boolean reached, String path) {
        if (reached) {
            marks.hit(path);
        }
    }
}
