package io.lockservice.sim.linearizability;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file: absent at first. Instances are the cell's choice, but each larger than the one before; an instance nobody was
 * told yet is a guess that the first answer settles. Generations count writes from 1.
 */
public final class FileModel implements Model<FileModel.State, FileCall, FileAnswer> {
    private static final long UNTOLD = -2;

    /**
     * The file.
     *
     * @param exists whether there is one
     * @param content what was written last
     * @param instance its instance, or {@link #UNTOLD}
     * @param generation its content generation
     * @param largestInstance the largest instance there has been, as far as anybody was told
     */
    public record State(boolean exists, long content, long instance, long generation, long largestInstance) {}

    @Override
    public State initial() {
        return new State(false, 0, 0, 0, 0);
    }

    @Override
    public Optional<State> after(State state, FileCall call, @Nullable FileAnswer answer) {
        if (call instanceof FileCall.Write write) {
            return write(state, write, answer);
        }
        return call instanceof FileCall.Delete delete ? delete(state, delete, answer) : read(state, answer);
    }

    private Optional<State> write(State state, FileCall.Write write, @Nullable FileAnswer answer) {
        if (answer == null) {
            if (!holds(state, write.instance(), write.generation())) {
                return Optional.of(state);
            }
            return Optional.of(written(state, write.content(), state.exists ? state.instance : UNTOLD));
        }
        if (answer instanceof FileAnswer.Written written) {
            boolean possible = holds(state, write.instance(), write.generation())
                    && written.created() == !state.exists
                    && fits(state, written.instance())
                    && written.generation() == (state.exists ? state.generation + 1 : 1);
            return possible ? Optional.of(written(state, write.content(), written.instance())) : Optional.empty();
        }
        return refused(state, write.instance(), write.generation(), answer);
    }

    private Optional<State> delete(State state, FileCall.Delete delete, @Nullable FileAnswer answer) {
        boolean possible = state.exists && holds(state, delete.instance(), delete.generation());
        if (answer == null) {
            return Optional.of(possible ? deleted(state) : state);
        }
        if (answer instanceof FileAnswer.Deleted) {
            return possible ? Optional.of(deleted(state)) : Optional.empty();
        }
        if (answer instanceof FileAnswer.Missing) {
            return state.exists ? Optional.empty() : Optional.of(state);
        }
        return refused(state, delete.instance(), delete.generation(), answer);
    }

    private Optional<State> read(State state, @Nullable FileAnswer answer) {
        if (answer instanceof FileAnswer.Found found) {
            boolean possible = state.exists
                    && state.content == found.content()
                    && state.generation == found.generation()
                    && fits(state, found.instance());
            return possible ? Optional.of(told(state, found.instance())) : Optional.empty();
        }
        boolean possible = answer == null || (answer instanceof FileAnswer.Missing && !state.exists);
        return possible ? Optional.of(state) : Optional.empty();
    }

    private Optional<State> refused(State state, long instance, long generation, FileAnswer answer) {
        if (!(answer instanceof FileAnswer.Mismatch mismatch)) {
            return Optional.empty();
        }
        if (mismatch.instance() == 0) {
            return state.exists || instance <= 0 ? Optional.empty() : Optional.of(state);
        }
        boolean possible = state.exists
                && state.generation == mismatch.generation()
                && fits(state, mismatch.instance())
                && !holds(told(state, mismatch.instance()), instance, generation);
        return possible ? Optional.of(told(state, mismatch.instance())) : Optional.empty();
    }

    private static boolean holds(State state, long instance, long generation) {
        if (instance == FileCall.ANY) {
            return true;
        }
        if (instance == FileCall.ABSENT) {
            return !state.exists;
        }
        // A client can only name an instance it was told, so an untold one that could be it is tried as it.
        return state.exists && state.generation == generation && fits(state, instance);
    }

    private static boolean fits(State state, long instance) {
        boolean mustGrow = !state.exists || state.instance == UNTOLD;
        return mustGrow ? instance > state.largestInstance : instance == state.instance;
    }

    private static State written(State state, long content, long instance) {
        long generation = state.exists ? state.generation + 1 : 1;
        return new State(true, content, instance, generation, Math.max(state.largestInstance, instance));
    }

    private static State told(State state, long instance) {
        return new State(true, state.content, instance, state.generation, Math.max(state.largestInstance, instance));
    }

    private static State deleted(State state) {
        return new State(false, 0, 0, 0, state.largestInstance);
    }
}
