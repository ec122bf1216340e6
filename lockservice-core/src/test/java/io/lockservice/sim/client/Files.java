package io.lockservice.sim.client;

import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Stat;
import io.lockservice.sim.invariant.ExactlyOnce;
import io.lockservice.sim.linearizability.FileAnswer;
import io.lockservice.sim.linearizability.FileCall;
import io.lockservice.sim.linearizability.FileModel;
import io.lockservice.sim.linearizability.Linearizability;
import io.lockservice.sim.linearizability.Operation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The files that register clients work on, and their histories. A file of which too many outcomes are unknown is given up
 * for a new one, so that its history can be decided.
 */
public final class Files {
    private static final int MAX_UNKNOWN = 5;

    private final List<File> current = new ArrayList<>();
    private final List<File> all = new ArrayList<>();
    private final ExactlyOnce exactlyOnce;
    private int operations;

    Files(int count, ExactlyOnce exactlyOnce) {
        this.exactlyOnce = exactlyOnce;
        for (int i = 0; i <= count; i++) {
            current.add(make(i == 0));
        }
    }

    File any(SplittableRandom random) {
        return current.get(random.nextInt(current.size()));
    }

    /** One that is written and never deleted. */
    File watched() {
        return all.get(0);
    }

    /** Every file there ever was. */
    List<File> all() {
        return all;
    }

    /** How many operations are in the histories. */
    public int operations() {
        return operations;
    }

    /** What became of a call. */
    void told(File file, FileCall call, Told told) {
        Reply reply = told.reply();
        if (reply == null) {
            if (told.mayHaveHappened() && !(call instanceof FileCall.Read)) {
                unknown(file, call, told);
            }
            return;
        }
        FileAnswer answer = answer(reply, call);
        operations++;
        file.history.add(Operation.answered(call, answer, told.firstSentNanos(), told.answeredNanos()));
        if (answer instanceof FileAnswer.Found found) {
            file.lastSeen = found;
        } else if (answer instanceof FileAnswer.Written written && call instanceof FileCall.Write write) {
            file.lastSeen = new FileAnswer.Found(write.content(), written.instance(), written.generation());
            exactlyOnce.wrote(
                    file.name.path(), Long.toString(write.content()), written.instance(), written.generation());
        } else if (answer instanceof FileAnswer.Mismatch mismatch) {
            file.lastSeen = mismatch.instance() == 0
                    ? null
                    : new FileAnswer.Found(0, mismatch.instance(), mismatch.generation());
        } else {
            file.lastSeen = null;
        }
    }

    private void unknown(File file, FileCall call, Told told) {
        operations++;
        file.history.add(Operation.unknown(call, told.firstSentNanos()));
        exactlyOnce.lostSightOf(file.name.path());
        file.unknown++;
        if (file.unknown >= MAX_UNKNOWN && current.remove(file)) {
            current.add(make(file.tally));
        }
    }

    /** Counts and histories, once nothing is under way any more and every file has been read once more. */
    public Optional<String> problem() {
        for (File file : all) {
            FileAnswer.@Nullable Found seen = file.lastSeen;
            if (file.tally && seen != null) {
                exactlyOnce.counted(file.name.path(), seen.generation());
            }
            Optional<String> problem = Linearizability.problem(file.history, new FileModel());
            if (problem.isPresent()) {
                return Optional.of(file.name + ": " + problem.get());
            }
        }
        return Optional.empty();
    }

    private File make(boolean tally) {
        File file = new File(RegisterClient.name((tally ? "tally" : "file") + all.size()), tally);
        all.add(file);
        return file;
    }

    private static FileAnswer answer(Reply reply, FileCall call) {
        if (reply instanceof Reply.Written written) {
            Stat stat = written.stat();
            return new FileAnswer.Written(stat.instance(), stat.contentGeneration(), written.created());
        }
        if (reply instanceof Reply.Node node && node.content() != null) {
            long content = ByteBuffer.wrap(node.content().bytes()).getLong();
            return new FileAnswer.Found(
                    content, node.stat().instance(), node.stat().contentGeneration());
        }
        if (reply instanceof Reply.Done) {
            return new FileAnswer.Deleted();
        }
        if (reply instanceof Reply.Failed failed && failed.problem().code() == ProblemCode.NO_SUCH_NODE) {
            return new FileAnswer.Missing();
        }
        if (reply instanceof Reply.Failed failed && failed.problem().extras() instanceof Problem.Current now) {
            Stat stat = now.stat();
            return stat == null
                    ? new FileAnswer.Mismatch(0, 0)
                    : new FileAnswer.Mismatch(stat.instance(), stat.contentGeneration());
        }
        throw new IllegalStateException("a file does not answer " + reply + " to " + call);
    }

    /** One file. */
    static final class File {
        private final Name name;
        private final boolean tally;
        private final List<Operation<FileCall, FileAnswer>> history = new ArrayList<>();
        private FileAnswer.@Nullable Found lastSeen;
        private int unknown;

        private File(Name name, boolean tally) {
            this.name = name;
            this.tally = tally;
        }

        Name name() {
            return name;
        }

        /** Never deleted, and written without conditions only. */
        boolean isTally() {
            return tally;
        }

        /** What was seen of it last; null where it was missing or nobody looked. */
        FileAnswer.@Nullable Found lastSeen() {
            return lastSeen;
        }
    }
}
