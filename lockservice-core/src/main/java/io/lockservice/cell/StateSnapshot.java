package io.lockservice.cell;

import java.util.function.BiConsumer;

/**
 * The replicated state as it was at one moment, held by references to immutable records: taking it is short, and the
 * state goes on changing while it is written. May be read by another thread than the one that took it.
 */
public interface StateSnapshot {
    /** Hands every record as key and value, ascending by the unsigned bytes of the key, each key once. */
    void forEach(BiConsumer<byte[], byte[]> sink);

    /** {@link StateMachine#digest()} at that moment. */
    long digest();

    /** The revision at that moment. */
    long revision();

    /** The epoch at that moment. */
    long epoch();
}
