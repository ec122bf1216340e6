package io.lockservice.sim.linearizability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.sim.linearizability.FileAnswer.Deleted;
import io.lockservice.sim.linearizability.FileAnswer.Found;
import io.lockservice.sim.linearizability.FileAnswer.Mismatch;
import io.lockservice.sim.linearizability.FileAnswer.Missing;
import io.lockservice.sim.linearizability.FileAnswer.Written;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FileLinearizabilityTest {
    private final List<Operation<FileCall, FileAnswer>> history = new ArrayList<>();

    @Test
    void oneAfterTheOther() {
        did(write(1), new Written(7, 1, true), 0, 1);
        did(new FileCall.Read(), new Found(1, 7, 1), 2, 3);
        did(write(2), new Written(7, 2, false), 4, 5);
        did(new FileCall.Delete(7, 2), new Deleted(), 6, 7);
        did(new FileCall.Read(), new Missing(), 8, 9);
        did(write(3), new Written(8, 1, true), 10, 11);
        good();
    }

    @Test
    void concurrentReadsMaySeeEither() {
        did(write(1), new Written(7, 1, true), 0, 1);
        did(write(2), new Written(7, 2, false), 2, 9);
        did(new FileCall.Read(), new Found(1, 7, 1), 3, 4);
        did(new FileCall.Read(), new Found(2, 7, 2), 5, 6);
        good();
    }

    @Test
    void aReadNeverGoesBack() {
        did(write(1), new Written(7, 1, true), 0, 1);
        did(write(2), new Written(7, 2, false), 2, 9);
        did(new FileCall.Read(), new Found(2, 7, 2), 3, 4);
        did(new FileCall.Read(), new Found(1, 7, 1), 5, 6);
        bad();
    }

    @Test
    void aStaleRead() {
        did(write(1), new Written(7, 1, true), 0, 1);
        did(write(2), new Written(7, 2, false), 2, 3);
        did(new FileCall.Read(), new Found(1, 7, 1), 4, 5);
        bad();
    }

    @Test
    void aLostWrite() {
        did(write(1), new Written(7, 1, true), 0, 1);
        did(new FileCall.Read(), new Missing(), 2, 3);
        bad();
    }

    @Test
    void aWriteAppliedTwice() {
        did(write(1), new Written(7, 1, true), 0, 1);
        did(new FileCall.Read(), new Found(1, 7, 2), 2, 3);
        bad();
    }

    @Test
    void anUnknownWriteMayHappenLateOrNever() {
        did(write(1), new Written(7, 1, true), 0, 1);
        lost(write(2), 2);
        lost(write(9), 2);
        did(new FileCall.Read(), new Found(1, 7, 1), 4, 5);
        did(new FileCall.Read(), new Found(2, 7, 2), 6, 7);
        good();
    }

    @Test
    void anUnknownWriteHappensOnce() {
        did(write(1), new Written(7, 1, true), 0, 1);
        lost(write(2), 2);
        did(new FileCall.Read(), new Found(2, 7, 2), 4, 5);
        did(write(3), new Written(7, 3, false), 6, 7);
        did(new FileCall.Read(), new Found(2, 7, 4), 8, 9);
        bad();
    }

    @Test
    void twoWinnersOfOneSwap() {
        did(write(1), new Written(7, 1, true), 0, 1);
        did(new FileCall.Write(2, 7, 1), new Written(7, 2, false), 2, 9);
        did(new FileCall.Write(3, 7, 1), new Written(7, 2, false), 3, 8);
        bad();
    }

    @Test
    void aSwapRefusedForAReason() {
        did(write(1), new Written(7, 1, true), 0, 1);
        did(new FileCall.Write(2, 7, 1), new Written(7, 2, false), 2, 9);
        did(new FileCall.Write(3, 7, 1), new Mismatch(7, 2), 3, 8);
        did(new FileCall.Write(4, FileCall.ABSENT, 0), new Mismatch(7, 2), 10, 11);
        good();
    }

    @Test
    void aSwapRefusedForNoReason() {
        did(write(1), new Written(7, 1, true), 0, 1);
        did(new FileCall.Write(2, 7, 1), new Mismatch(7, 1), 2, 3);
        bad();
    }

    @Test
    void instancesGrow() {
        did(write(1), new Written(7, 1, true), 0, 1);
        did(new FileCall.Delete(FileCall.ANY, 0), new Deleted(), 2, 3);
        did(write(2), new Written(7, 1, true), 4, 5);
        bad();
    }

    @Test
    void anUntoldInstanceIsSettledByTheFirstAnswer() {
        lost(write(1), 0);
        did(new FileCall.Read(), new Found(1, 5, 1), 2, 3);
        did(new FileCall.Read(), new Found(1, 6, 1), 4, 5);
        bad();
    }

    @Test
    void manyUnknownWritesAreDecided() {
        for (int i = 0; i < 8; i++) {
            lost(write(i + 1), i);
        }
        did(new FileCall.Read(), new Found(5, 5, 8), 20, 21);
        good();
        did(write(9), new Written(5, 10, false), 22, 23);
        bad();
    }

    private static FileCall write(long content) {
        return new FileCall.Write(content, FileCall.ANY, 0);
    }

    private void did(FileCall call, FileAnswer answer, long from, long to) {
        history.add(Operation.answered(call, answer, from, to));
    }

    private void lost(FileCall call, long from) {
        history.add(Operation.unknown(call, from));
    }

    private void good() {
        assertEquals(Optional.empty(), Linearizability.problem(history, new FileModel()));
    }

    private void bad() {
        assertTrue(Linearizability.problem(history, new FileModel()).isPresent());
    }
}
