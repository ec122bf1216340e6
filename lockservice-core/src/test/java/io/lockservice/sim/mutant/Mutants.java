package io.lockservice.sim.mutant;

import java.util.List;

/** The faults that are planted. Each is one that somebody has made in some system, or nearly made in this one. */
final class Mutants {
    static final List<Mutant> ALL = List.of(
            // Consensus
            new Mutant(
                    "says accepted before it is durable",
                    "paxos/Acceptor",
                    """
                    accept.value()))) {
                                host.whenDurable(() -> host.send(from, answer));""",
                    "accept.value()))) { host.send(from, answer);"),
            new Mutant(
                    "promises before it is durable",
                    "paxos/Acceptor",
                    """
                    promiseFrom(number, prepare.fromSlot());
                            host.whenDurable(() -> host.send(from, answer));""",
                    "promiseFrom(number, prepare.fromSlot()); host.send(from, answer);"),
            new Mutant(
                    "a leader counts its own vote before it is durable",
                    "paxos/Leader",
                    "host.whenDurable(() -> vote(self, entry.slot()));",
                    "vote(self, entry.slot());"),
            new Mutant(
                    "forgets its promise at a restart",
                    "paxos/Paxos",
                    "acceptor.recoverPromise(promised.number());",
                    ""),
            new Mutant(
                    "accepts under a lower number",
                    "paxos/Acceptor",
                    "if (promised.isAbove(number)) {",
                    "if (number.sequence() < 0) {"),
            new Mutant(
                    "promises a lower number",
                    "paxos/Acceptor",
                    "boolean lower = promised.isAbove(number);",
                    "boolean lower = false;"),
            new Mutant(
                    "a candidate ignores accepted values",
                    "paxos/Proposer",
                    "if (entry != null) {",
                    "if (entry != null && slot == 1) {"),
            new Mutant(
                    "a candidate takes the value with the lowest number",
                    "paxos/Proposer",
                    "other.number().isAbove(one.number()) ? other : one",
                    "other.number().isAbove(one.number()) ? one : other"),
            new Mutant(
                    "a minority is enough",
                    "log/Configuration",
                    "return voters().size() / 2 + 1;",
                    "return voters().size() / 2;"),
            new Mutant(
                    "a follower's vote counts for the leader too",
                    "paxos/Leader",
                    "slot.votes.add(voter);",
                    "slot.votes.add(voter); slot.votes.add(self);"),
            new Mutant(
                    "takes for chosen what it accepted under another number",
                    "paxos/Learner",
                    "if (next == null || !next.number().equals(number)) {",
                    "if (next == null) {"),
            new Mutant(
                    "sends a lagging peer what is accepted only",
                    "paxos/Learner",
                    ".takeWhile(entry -> entry.slot() <= read.throughSlot)",
                    ""),
            new Mutant(
                    "asks for promises before its own is durable",
                    "paxos/Candidate",
                    "            waitForDisk(nowNanos);",
                    "            sendPrepares(nowNanos);"),
            // The leader's lease
            new Mutant(
                    "answers reads without a lease",
                    "session/Confirmation",
                    "if (waiting.isEmpty() && host.hasLease()) {",
                    "if (waiting.isEmpty()) {"),
            new Mutant(
                    "an acceptor forgets at a restart the lease it granted",
                    "paxos/Acceptor",
                    "grantLease(promised, nowNanos);",
                    ""),
            new Mutant(
                    "an acceptor breaks the lease it granted",
                    "paxos/Acceptor",
                    "return leaseHolder == 0 || leaseHolder == candidate || nowNanos - leaseEndNanos >= 0;",
                    "return true;"),
            new Mutant(
                    "a leader takes its lease for longer than it is",
                    "paxos/Leader",
                    "settings.leaseMs() * 10_000 * (100 - settings.driftPercent())",
                    "settings.leaseMs() * 10_000 * 110"),
            new Mutant(
                    "a leader trusts a clock that stood still", "paxos/Leadership", "leader.loseLease(nowNanos);", ""),
            new Mutant(
                    "serves before its epoch has begun",
                    "session/LeaderDuties",
                    "leading = true;",
                    "leading = true; serving = true;"),
            // Sessions
            new Mutant(
                    "accepts keep-alives without knowing that it leads",
                    "session/LeaderDuties",
                    "confirmation.whenCurrent(nowNanos, () -> keepAlive(key, arrival, keepAlive, nowNanos));",
                    "keepAlive(key, arrival, keepAlive, nowNanos);"),
            new Mutant(
                    "renews half of the lease",
                    "session/Leases",
                    "long millis = granted.applyAsLong(own);",
                    "long millis = granted.applyAsLong(own) / 2;"),
            new Mutant(
                    "a new leader knows no sessions",
                    "session/Expiry",
                    "leases.open(session.id(), session.leaseMs(), firstLeaseMs(session, nowNanos), nowNanos);",
                    ""),
            new Mutant(
                    "sessions end two seconds late",
                    "session/Leases",
                    "deadlines.takeDue(nowNanos, limit);",
                    "deadlines.takeDue(nowNanos - 2_000_000_000L, limit);"),
            new Mutant(
                    "a new leader forgets that leases were made longer",
                    "session/Expiry",
                    "firstLeaseMs(session, nowNanos), nowNanos);",
                    "session.leaseMs(), nowNanos);"),
            // Full disks
            new Mutant(
                    "writes go on while the disks are full",
                    "session/LeaderDuties",
                    "&& !host.hasRoomToGrow()",
                    "&& call.principal().isEmpty()"),
            // Locks
            new Mutant(
                    "a newcomer overtakes the queue",
                    "cell/table/Lock",
                    "return queue.isEmpty() && admits(mode);",
                    "return admits(mode);"),
            new Mutant(
                    "the last in the queue comes first",
                    "cell/State",
                    "Lock.Waiting next = namespace.at(name).lock().queue().get(0);",
                    "Lock.Waiting next = namespace.at(name).lock().queue()"
                            + ".get(namespace.at(name).lock().queue().size() - 1);"),
            new Mutant(
                    "shared and exclusive go together",
                    "cell/table/Lock",
                    "return isFree() || (mode == LockMode.SHARED && mode() == LockMode.SHARED);",
                    "return isFree() || mode == LockMode.SHARED;"),
            new Mutant("tokens are used again", "cell/State", "lastToken++;", "lastToken = lastToken % 5 + 1;"),
            new Mutant(
                    "a session that ends keeps its places in queues",
                    "cell/SessionWrites",
                    "each.waiting().forEach(name -> losePlace(session.id(), name, change));",
                    ""),
            new Mutant(
                    "a session that ends keeps its locks",
                    "cell/SessionWrites",
                    "each.held().forEach(name -> loseHold(session, name, expired.test(session), change));",
                    ""),
            new Mutant(
                    "the fence is not looked at",
                    "cell/Execution",
                    "if (reason != null) {",
                    "if (reason != null && call.session() != null) {"),
            new Mutant(
                    "a new leader takes lock-delays for over",
                    "session/LeaderDuties",
                    "state.lockDelays().forEach(delay -> lockDelays.begin(delay, nowNanos));",
                    "state.lockDelays().forEach(delay -> host.propose("
                            + "new Command.EndLockDelay(delay.name(), delay.token())));"),
            new Mutant(
                    "a lock-delay keeps only those out who wait",
                    "cell/table/Lock",
                    "return isCompatible(mode) && !isDelayed();",
                    "return isCompatible(mode) && (queue.isEmpty() || !isDelayed());"),
            new Mutant(
                    "anybody with an old sequencer reclaims",
                    "cell/LockWrites",
                    "&& client.equals(delay.client())",
                    ""),
            new Mutant(
                    "a transaction goes on behind what cannot be done",
                    "cell/Transactions",
                    "                    return false;",
                    "                    continue;"),
            // Events
            new Mutant(
                    "of what happens in one step only the last is told",
                    "replica/Replica",
                    "happened.addAll(applied.events());",
                    "happened.clear(); happened.addAll(applied.events());"),
            new Mutant(
                    "a replica that took over a checkpoint does not say so",
                    "replica/Replica",
                    "outbox.add(new Effect.Happened(List.of(), true));",
                    ""),
            // Checkpoints
            new Mutant(
                    "a checkpoint does not wait for the journal",
                    "replica/CheckpointDuties",
                    "outbox.whenDurable(() -> write(checkpoint));",
                    "write(checkpoint);"),
            new Mutant(
                    "what is in the checkpoint is applied again",
                    "replica/Replica",
                    "paxos.restored(restored.slot(), restored.configuration());",
                    "paxos.restored(0, restored.configuration());"),
            new Mutant(
                    "what changes while a checkpoint is gathered is in it",
                    "cell/table/Namespace",
                    "before.putIfAbsent(name, Optional.ofNullable(was));",
                    ""),
            new Mutant(
                    "a checkpoint forgets what was executed",
                    "cell/Snapshot",
                    "outcomes.forEach(records::outcome);",
                    ""),
            // Dropping the log, and catching up by a checkpoint
            new Mutant(
                    "the log is dropped before the checkpoint is verified",
                    "replica/CheckpointDuties",
                    "            policy.started(nowNanos);",
                    "            policy.started(nowNanos); outbox.add(new Effect.DropLog(paxos.chosenSlot()));"),
            new Mutant(
                    "the log is dropped behind the newest checkpoint",
                    "replica/CheckpointPolicy",
                    "return kept.size() < KEPT ? 0 : kept.getFirst().slot();",
                    "return takenSlot;"),
            new Mutant(
                    "a transfer is resumed from another checkpoint",
                    "transfer/Transfer",
                    "        offset = 0;\n        tries = 0;\n        askDisk(nowNanos);\n        host.resumeTransfer(offer);",
                    "        tries = 0;\n        fetch(offer, nowNanos);"),
            new Mutant(
                    "what was accepted below a lost checkpoint is applied as chosen",
                    "paxos/Learner",
                    "            hintsAreGood = false;",
                    ""),
            // Membership
            new Mutant(
                    "a learner's vote counts",
                    "log/Configuration",
                    "return voters().stream().filter(replicas::contains).count() >= majority();",
                    "return ids().stream().filter(replicas::contains).count() >= majority();"),
            new Mutant(
                    "two voters change at once",
                    "replica/Administration",
                    "return now.without(((Request.RemoveReplica) request).id());",
                    "return now.without(((Request.RemoveReplica) request).id()).without(now.voters().get(0));"),
            new Mutant(
                    "slots behind a change are decided with it",
                    "paxos/Leader",
                    "            barrierSlot = entry.slot();",
                    ""),
            new Mutant(
                    "a replica votes after its data were lost",
                    "paxos/Paxos",
                    "&& !membership.configuration().has(from, incarnation);",
                    "&& from == 0;"),
            new Mutant(
                    "a founder that lost its data founds a second cell",
                    "founding/Founding",
                    ".filter(id -> id != self && !blank.containsKey(id))",
                    ".filter(id -> id < 0)"),
            // Once
            new Mutant(
                    "a call that is sent again is done again",
                    "cell/Execution",
                    "Reply before = repeats.of(command.origin());",
                    "Reply before = null;"),
            new Mutant(
                    "an idempotency key is not looked at",
                    "cell/Execution",
                    "Reply before = repeats.of(call);",
                    "Reply before = null;"),
            // Copies that clients keep, and what they are told
            new Mutant(
                    "a write does not wait for copies",
                    "session/CacheGate",
                    "        if (!left) {",
                    "        if (!left || writer == null) {"),
            new Mutant(
                    "a later write does not wait for copies that are being dropped",
                    "session/Copies",
                    "if (givenUp.has(holder.getKey(), seq)) {",
                    "if (holder.getValue() != KEPT || givenUp.has(holder.getKey(), seq)) {"),
            new Mutant(
                    "copies are handed out while a write is under way",
                    "session/CacheGate",
                    "if (underWay.isBusy(name) || ",
                    "if ("),
            new Mutant(
                    "a new leader does not wait for copies that its predecessor handed out",
                    "session/CacheGate",
                    "unaware.put(session.id(), state.lastSessionEvent(session.id()));",
                    ""),
            new Mutant(
                    "the lease of who keeps copies is not waited for",
                    "session/CacheGate",
                    "|| leases.isOver(session, nowNanos);",
                    "|| leases.remainingMs(session, nowNanos) < 900;"),
            new Mutant(
                    "a session's event is forgotten before it is taken in",
                    "cell/event/Inboxes",
                    "&& inbox.events.getFirst().event().seq() <= seq) {",
                    "&& inbox.events.getFirst().event().seq() <= seq + 1) {"),
            new Mutant(
                    "a session's events get other numbers when they are sent again",
                    "session/KeepAlives",
                    "state.sessionEvents(session, behind(session, says), EVENTS_AT_ONCE);",
                    "state.sessionEvents(session, behind(session, says), EVENTS_AT_ONCE).stream()"
                            + ".map(each -> new SessionEvent(each.seq() + 1, each.notice())).toList();"));

    /** For lives in which states are tampered with. */
    static final List<Mutant> OF_DIVERGENCE = List.of(
            new Mutant(
                    "a replica that differs goes on",
                    "replica/DigestDuties",
                    "outbox.add(new Effect.StopReplica(reason, true));",
                    ""),
            new Mutant(
                    "a replica that differs is stopped as one that was removed",
                    "replica/DigestDuties",
                    "new Effect.StopReplica(reason, true)",
                    "new Effect.StopReplica(reason, false)"),
            new Mutant(
                    "the leader's digest is taken for the right one",
                    "digest/DigestComparison",
                    "if (count >= configuration.majority()) {",
                    "if (Long.valueOf(digest).equals(own.get(slot))) {"),
            new Mutant(
                    "two that agree are enough",
                    "digest/DigestComparison",
                    "if (count >= configuration.majority()) {",
                    "if (count >= 2) {"),
            new Mutant(
                    "only the leader compares",
                    "digest/DigestComparison",
                    "if (mine != null && mine != digest) {",
                    "if (mine != null && mine != digest && host.mayPropose()) {"),
            new Mutant(
                    "that no majority agrees is kept quiet",
                    "digest/DigestComparison",
                    "host.disagree(slot, digests);",
                    ""));

    private Mutants() {}
}
