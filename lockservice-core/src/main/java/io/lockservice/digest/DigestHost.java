package io.lockservice.digest;

import io.lockservice.log.Configuration;
import java.util.SortedMap;

/** What comparing digests asks of the replica around it. Called within a step only. */
public interface DigestHost {
    /** The digest of the state behind {@link #appliedSlot}. */
    long digest();

    /** Everything up to here is in the state. */
    long appliedSlot();

    /** The replica taken for the leader, 0 for none. */
    int leader();

    /** Whether this replica leads and may put something into the log. */
    boolean mayPropose();

    /** Whose digests count. */
    Configuration configuration();

    /** Sends this replica's digest behind {@code slot} to the leader, another one; may be lost. */
    void tell(int leader, long slot, long digest);

    /** Puts into the log what a majority of the voters had behind {@code slot}; false where too much is waiting. */
    boolean propose(long slot, long digest);

    /** The voters' states differ behind {@code slot}, and none is the majority's: a person has to look at it. */
    void disagree(long slot, SortedMap<Integer, Long> digests);

    /** This replica's state is not the majority's: it must stop and its data must not be used; {@code reason} is for people. */
    void distrust(String reason);
}
