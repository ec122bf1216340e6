package io.lockservice.replica;

import io.lockservice.founding.Founding;
import io.lockservice.founding.FoundingHost;
import io.lockservice.founding.FoundingMessage;
import io.lockservice.log.Configuration;
import io.lockservice.log.LogRecord;
import io.lockservice.paxos.Paxos;

/** What a replica does until it is in a cell, and for others that are not. */
final class FoundingDuties implements FoundingHost {
    private final Paxos paxos;
    private final Outbox outbox;
    private final Administration administration;
    private final Founding founding;
    private long nowNanos;

    FoundingDuties(ReplicaSettings settings, Paxos paxos, Outbox outbox, Administration administration) {
        this.paxos = paxos;
        this.outbox = outbox;
        this.administration = administration;
        this.founding = new Founding(
                settings.configuration(),
                settings.replicaId(),
                settings.dataIncarnation(),
                this,
                settings.paxos().retransmitMs());
    }

    /** A record of the journal, also given to consensus. */
    void recover(LogRecord record) {
        if (record instanceof LogRecord.Founded founded) {
            founding.recovered(founded.configuration());
        }
    }

    void received(int from, long incarnation, FoundingMessage message, long nanos) {
        nowNanos = nanos;
        founding.received(from, incarnation, message);
    }

    void tick(long nanos) {
        nowNanos = nanos;
        founding.tick(nanos);
    }

    /** Why this replica is in no cell, empty where it knows one; for people. */
    String obstacle() {
        String obstacle = founding.obstacle();
        return obstacle == null ? "" : obstacle;
    }

    @Override
    public void send(int to, FoundingMessage message) {
        outbox.add(new Effect.Send(to, new Message.Founding(message)));
    }

    @Override
    public void persist(Configuration founders, Runnable durable) {
        outbox.persist(new LogRecord.Founded(founders));
        outbox.whenDurable(durable);
    }

    @Override
    public boolean isBlank() {
        return paxos.isBlank();
    }

    @Override
    public Configuration configuration() {
        return paxos.configuration();
    }

    @Override
    public boolean isMember() {
        return paxos.isMember();
    }

    @Override
    public void founded(Configuration founders) {
        paxos.founded(founders);
    }

    @Override
    public void met(int replica, long incarnation) {
        administration.met(replica, incarnation, nowNanos);
    }
}
