package io.lockservice.sim.linearizability;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a thing would do if calls came one after the other. States are values: equal when they are the same. */
public interface Model<S, C, A> {
    /** Before the first call. */
    S initial();

    /**
     * The state after {@code call}, done in {@code state}, was answered so; empty where it could not have been answered
     * so. With a null answer any answer will do.
     */
    Optional<S> after(S state, C call, @Nullable A answer);
}
