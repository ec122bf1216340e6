package io.lockservice.server.metrics;

import io.lockservice.api.Reply;
import io.lockservice.replica.ReplicaStatus;
import io.lockservice.server.bus.PeerStatus;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * How it stands with each of the other replicas: as the leader knows them, and as this replica's bus does. Who joins the cell
 * gets its meters, who leaves it loses them.
 *
 * <p>Threading: one thread at a time.
 */
final class PeerMeters {
    private static final double MS_PER_SECOND = 1e3;

    private final Register register;
    private final Sources sources;
    private final int self;
    private final Map<Integer, List<Meter>> peers = new TreeMap<>();

    PeerMeters(Register register, Sources sources, int self) {
        this.register = register;
        this.sources = sources;
        this.self = self;
    }

    /** Meters for those who are in the cell now. */
    void refresh() {
        Set<Integer> members = sources.replica().get().cell().replicas().stream()
                .map(Reply.ReplicaState::id)
                .filter(id -> id != self)
                .collect(Collectors.toSet());
        peers.entrySet().removeIf(each -> {
            boolean gone = !members.contains(each.getKey());
            if (gone) {
                each.getValue().forEach(register.meters()::remove);
            }
            return gone;
        });
        for (int peer : members) {
            peers.computeIfAbsent(peer, this::add);
        }
    }

    private List<Meter> add(int peer) {
        String[] tags = {"peer", Integer.toString(peer)};
        return List.of(
                register.gauge(
                        "lockservice.peer.reachable",
                        Register.BOOLEAN,
                        "1 where the leader has heard from the peer lately; only the leader can tell",
                        () -> ofLeader(peer, each -> Register.number(each.reachable())),
                        tags),
                register.gauge(
                        "lockservice.peer.lag",
                        "slots",
                        "How far the peer was behind the leader when it last said; only the leader can tell",
                        () -> ofLeader(peer, each -> each.lagSlots() < 0 ? Double.NaN : each.lagSlots()),
                        tags),
                register.gauge(
                        "lockservice.bus.peer.connected",
                        Register.BOOLEAN,
                        "0 from a failed write to the peer until a write succeeds and something is heard from it again",
                        () -> ofBus(peer, each -> Register.number(each.reachable())),
                        tags),
                register.gauge(
                        "lockservice.bus.peer.silence",
                        Register.SECONDS,
                        "How long ago anything came from the peer; never: not a number",
                        () -> ofBus(peer, each -> each.heardMs() < 0 ? Double.NaN : each.heardMs() / MS_PER_SECOND),
                        tags),
                register.gauge(
                        "lockservice.bus.peer.pending",
                        BaseUnits.BYTES,
                        "Bytes handed to the connection to the peer and not yet taken by it",
                        () -> ofBus(peer, PeerStatus::pendingBytes),
                        tags),
                register.counter(
                        "lockservice.bus.peer.sent",
                        BaseUnits.BYTES,
                        "Bytes sent to the peer",
                        () -> countedByBus(peer, PeerStatus::sentBytes),
                        tags),
                register.counter(
                        "lockservice.bus.peer.received",
                        BaseUnits.BYTES,
                        "Bytes received from the peer",
                        () -> countedByBus(peer, PeerStatus::receivedBytes),
                        tags),
                register.counter(
                        "lockservice.bus.peer.dropped",
                        "messages",
                        "Messages for the peer that were never sent: its window was full, or it is away",
                        () -> countedByBus(peer, PeerStatus::droppedMessages),
                        tags),
                register.counter(
                        "lockservice.bus.peer.failed",
                        "envelopes",
                        "Envelopes for the peer that could not be written to its connection",
                        () -> countedByBus(peer, PeerStatus::failedEnvelopes),
                        tags),
                register.counter(
                        "lockservice.bus.peer.stale",
                        "envelopes",
                        "Envelopes dropped because an older process of the peer sent them",
                        () -> countedByBus(peer, PeerStatus::staleEnvelopes),
                        tags));
    }

    private double ofLeader(int peer, ToDoubleFunction<Reply.ReplicaState> value) {
        ReplicaStatus status = sources.replica().get();
        if (!StateMeters.isLeader(status)) {
            return Double.NaN;
        }
        return status.cell().replicas().stream()
                .filter(each -> each.id() == peer)
                .mapToDouble(value)
                .findFirst()
                .orElse(Double.NaN);
    }

    private double ofBus(int peer, ToDoubleFunction<PeerStatus> value) {
        return onBus(peer, value, Double.NaN);
    }

    /** A counter that was once not a number would stay that. */
    private double countedByBus(int peer, ToDoubleFunction<PeerStatus> value) {
        return onBus(peer, value, 0);
    }

    private double onBus(int peer, ToDoubleFunction<PeerStatus> value, double unknown) {
        return sources.bus().get().peers().stream()
                .filter(each -> each.replicaId() == peer)
                .mapToDouble(value)
                .findFirst()
                .orElse(unknown);
    }
}
