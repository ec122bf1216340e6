package io.lockservice.sim.cluster;

import io.lockservice.log.LogRecord;
import io.lockservice.replica.Effect;
import io.lockservice.replica.Input;
import io.lockservice.replica.Message;
import java.util.List;

/** Is told what happens in a cluster, as it happens. May throw to stop everything. */
public interface Observer {
    /** A process was started; its subject is there. */
    default void started(Host host) {}

    /** A process is gone. What its disk kept is already known. */
    default void crashed(Host host) {}

    /** A machine's disk was replaced by an empty one; its process is gone. */
    default void wiped(Host host) {}

    /** A turn is over; none of its effects has been carried out. */
    default void stepped(Host host, List<Input> inputs, List<Effect> effects) {}

    /** A record was handed to the disk. */
    default void persisted(Host host, LogRecord record) {}

    /** A sync is over. */
    default void synced(Host host) {}

    /** A message leaves. */
    default void sent(Host host, int to, Message message) {}

    /** A message arrives at a living process. */
    default void arrived(int from, Host host, Message message) {}
}
