package io.lockservice.client.shedlock;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.lockservice.api.PercentText;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Operation;
import io.lockservice.client.cell.TestCell;
import io.vertx.core.Future;
import net.javacrumbs.shedlock.core.ExtensibleLockProvider;
import net.javacrumbs.shedlock.test.support.AbstractExtensibleLockProviderIntegrationTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** All of ShedLock's contract tests for locks that can be extended, against a real cell. Each has a directory of its own. */
@Timeout(120)
class ShedLockContractTest extends AbstractExtensibleLockProviderIntegrationTest {
    @SuppressWarnings("NullAway.Init")
    private static TestCell cell;

    @SuppressWarnings("NullAway.Init")
    private LockServiceClient client;

    @SuppressWarnings("NullAway.Init")
    private LockServiceLockProvider provider;

    @BeforeAll
    static void startCell() {
        cell = new TestCell();
    }

    @AfterAll
    static void stopCell() {
        cell.close();
    }

    @BeforeEach
    void start(TestInfo test) {
        client = LockServiceClient.connect(cell.urls());
        String directory = test.getTestMethod().orElseThrow().getName();
        provider = LockServiceLockProvider.in("/ls/local/" + directory, client, "the contract's test");
    }

    @AfterEach
    void stop() {
        client.close();
    }

    @Override
    protected ExtensibleLockProvider getLockProvider() {
        return provider;
    }

    @Override
    protected void assertLocked(String lockName) {
        assertFalse(isFree(lockName));
    }

    /** A time that ends is over for the program at once, and for the cell a round trip later. */
    @Override
    protected void assertUnlocked(String lockName) {
        for (int questions = 0; questions < 100; questions++) {
            if (isFree(lockName)) {
                return;
            }
        }
        throw new AssertionError(lockName + " is held");
    }

    private boolean isFree(String lockName) {
        return TestCell.await(client.execute(Operation.get("/v1/locks" + PercentText.encode(provider.nameOf(lockName))))
                .map(response -> response.json().path("holders").isEmpty())
                .recover(failure -> failure instanceof LockServiceException refused
                                && refused.code().equals("no-such-node")
                        ? Future.succeededFuture(true)
                        : Future.failedFuture(failure)));
    }
}
