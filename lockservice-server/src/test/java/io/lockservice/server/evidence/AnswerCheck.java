package io.lockservice.server.evidence;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.server.process.CellProcesses;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Asks one replica all the time, for its own state and for the cell's, and checks what it answers. */
final class AnswerCheck {
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;

    private final CellProcesses cell;
    private final int replica;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Future<Long> answers;
    private volatile boolean stopping;

    /** Starts to ask. */
    AnswerCheck(CellProcesses cell, int replica, List<FileLedger> files) {
        this.cell = cell;
        this.replica = replica;
        Callable<Long> asking = () -> ask(files);
        this.answers = thread.submit(asking);
    }

    private long ask(List<FileLedger> files) throws InterruptedException {
        long checked = 0;
        while (!stopping) {
            for (FileLedger file : files) {
                HttpResponse<byte[]> own = Whole.stale(cell, replica, file);
                if (own != null && own.statusCode() == OK) {
                    file.readStale(own.body(), LedgerLoad.generation(own));
                    checked++;
                }
                long floor = file.generation();
                HttpResponse<byte[]> agreed = Whole.get(cell, replica, LedgerLoad.path(file));
                if (agreed != null && agreed.statusCode() == OK) {
                    long generation = LedgerLoad.generation(agreed);
                    file.readStale(agreed.body(), generation);
                    assertTrue(
                            generation >= floor,
                            () -> file.name() + " was at generation " + floor + " before it was read at " + generation);
                    checked++;
                } else if (agreed != null && agreed.statusCode() == NOT_FOUND) {
                    assertTrue(floor == 0, () -> file.name() + " is gone");
                }
            }
        }
        return checked;
    }

    /** Asks no more; how many answers were checked. Fails where one was wrong. */
    long stop() throws Exception {
        stopping = true;
        thread.shutdown();
        return answers.get();
    }
}
