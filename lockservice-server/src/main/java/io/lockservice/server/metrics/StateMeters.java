package io.lockservice.server.metrics;

import io.lockservice.api.Reply;
import io.lockservice.replica.ReplicaStatus;
import java.util.function.Supplier;

/** The replica and the cell as it sees it. */
final class StateMeters {
    private static final String LEADER = "leader";

    private StateMeters() {}

    static void add(Register register, Supplier<ReplicaStatus> replica) {
        Supplier<Reply.CellState> cell = () -> replica.get().cell();
        register.gauge(
                "lockservice.fault.tolerance",
                "voters",
                "How many more voters may fail with the cell still able to decide; only the leader can tell",
                () -> tolerance(cell.get()));
        register.gauge(
                "lockservice.cell.voters",
                "voters",
                "Replicas whose votes count, as the configuration has it",
                () -> voters(cell.get()));
        register.gauge(
                "lockservice.replica.leader",
                Register.BOOLEAN,
                "1 where this replica leads",
                () -> Register.number(isLeader(replica.get())));
        register.gauge(
                "lockservice.replica.ready",
                Register.BOOLEAN,
                "1 where this replica can serve: a leader is known and it has caught up",
                () -> Register.number(replica.get().ready()));
        register.gauge(
                "lockservice.slot.chosen",
                "slots",
                "Up to this slot of the log everything is decided and applied here",
                () -> replica.get().chosenSlot());
        register.gauge(
                "lockservice.revision",
                "revisions",
                "The revision of this replica's state",
                () -> replica.get().revision());
        register.gauge(
                "lockservice.epoch",
                "epochs",
                "The epoch of this replica's state; it grows with each change of leader",
                () -> replica.get().epoch());
        register.gauge(
                "lockservice.sessions",
                "sessions",
                "Living sessions",
                () -> cell.get().sessions());
        register.gauge(
                "lockservice.nodes",
                "nodes",
                "Files and directories",
                () -> cell.get().nodes());
        register.gauge(
                "lockservice.locks",
                "locks",
                "Locks that are held or waited for",
                () -> cell.get().locks());
        register.gauge(
                "lockservice.copies",
                "copies",
                "Copies that clients may have of what they read from this leader",
                () -> replica.get().duties().copies());
        register.gauge(
                "lockservice.writes.waiting",
                "writes",
                "Writes that wait at this leader for clients to drop copies",
                () -> replica.get().duties().waitingWrites());
        register.gauge(
                "lockservice.leases.stretched",
                Register.BOOLEAN,
                "1 where leases may be longer than their sessions asked for: a leader could not keep up",
                () -> Register.number(replica.get().duties().leasesStretched()));
    }

    static boolean isLeader(ReplicaStatus status) {
        return status.role().equals(LEADER);
    }

    private static double tolerance(Reply.CellState cell) {
        return cell.faultTolerance() == Reply.CellState.UNKNOWN_TOLERANCE ? Double.NaN : cell.faultTolerance();
    }

    private static double voters(Reply.CellState cell) {
        return cell.replicas().stream()
                .filter(each -> !each.role().equals("learner"))
                .count();
    }
}
