package io.lockservice.server.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.Name;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Request;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of a view where things happen while it reads. */
final class ServiceViewTest {
    private static final Name SERVICES = Name.root("paris").child("services");
    private static final Name WEB = SERVICES.child("web");

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final ScriptedState state = new ScriptedState(context);
    private final ServiceView view = new ServiceView(state, context, "paris");

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private <T> T here(Supplier<T> work) throws Exception {
        CompletableFuture<T> done = new CompletableFuture<>();
        context.runOnContext(on -> {
            try {
                done.complete(work.get());
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        return done.get(20, TimeUnit.SECONDS);
    }

    private void here(Runnable work) throws Exception {
        here(() -> {
            work.run();
            return true;
        });
    }

    /** Until all is seen that there is now. */
    private void caughtUp() throws Exception {
        CompletableFuture<Void> seen = new CompletableFuture<>();
        here(() -> view.whenSeen(state.revision(), () -> seen.complete(null)));
        seen.get(20, TimeUnit.SECONDS);
    }

    /** Until so many questions wait for their answers. */
    private void awaitHeld(int count) throws Exception {
        while (here(state::held) < count) {
            Thread.onSpinWait();
        }
    }

    private void write(String id, int port) throws Exception {
        here(() -> state.write(WEB.child(id), "{\"address\":\"10.0.0.1\",\"port\":" + port + "}"));
    }

    private void delete(String id) throws Exception {
        here(() -> state.write(WEB.child(id), null));
    }

    private List<Integer> ports() throws Exception {
        return here(() -> view.instances("web").stream()
                .map(each -> each.instance().port())
                .toList());
    }

    private void started() throws Exception {
        view.start();
        caughtUp();
    }

    /** What another replica showed at {@code revision} is not what there is: whoever has that has to be told. */
    private void assertToldAfter(long revision, Runnable change) throws Exception {
        CompletableFuture<Void> told = new CompletableFuture<>();
        here(() -> view.watch("web", () -> {
            if (view.hasChangedSince("web", revision)) {
                told.complete(null);
            }
        }));
        change.run();
        caughtUp();
        assertTrue(here(() -> view.hasChangedSince("web", revision)), "who asks later");
        assertTrue(told.isDone(), "who waits");
    }

    @Test
    void whatWasReadAheadOfItsEventIsStillAChange() throws Exception {
        write("a", 1);
        started();
        here(() -> state.hold(request -> request instanceof Request.GetStat));
        write("a", 2);
        awaitHeld(1);
        long before = here(state::revision);
        write("a", 3);
        assertToldAfter(before, () -> context.runOnContext(on -> state.release()));
        assertEquals(List.of(3), ports());
    }

    @Test
    void whatCameAndWentWhileItWasReadIsStillAChange() throws Exception {
        write("other", 9);
        started();
        here(() -> state.hold(request -> request instanceof Request.GetStat));
        write("a", 1);
        awaitHeld(1);
        long before = here(state::revision);
        delete("a");
        assertToldAfter(before, () -> context.runOnContext(on -> state.release()));
        assertEquals(List.of(9), ports());
    }

    @Test
    void whatIsGoneSinceTheFirstReadingBeganIsStillAChange() throws Exception {
        write("a", 1);
        here(() -> state.hold(request -> request instanceof Request.GetStat));
        view.start();
        awaitHeld(1);
        long before = here(state::revision);
        delete("a");
        assertToldAfter(before, () -> context.runOnContext(on -> state.release()));
        assertEquals(List.of(), ports());
    }

    @Test
    void aServiceThatCouldNotBeListedIsReadAgain() throws Exception {
        write("a", 1);
        here(() -> state.refuseOnce(WEB, ProblemCode.OVERLOADED));
        started();
        assertEquals(List.of(1), ports());
    }

    @Test
    void whatIsInADirectoryThatNotEverybodyMayReadIsHiddenWhicheverCameFirst() throws Exception {
        write("a", 1);
        started();
        here(() -> state.deny(WEB, true));
        caughtUp();
        assertEquals(List.of(), ports());
        write("a", 2);
        caughtUp();
        assertEquals(List.of(), ports(), "as for a replica that starts now");
        here(() -> state.deny(WEB, false));
        caughtUp();
        assertEquals(List.of(2), ports());
    }

    @Test
    void aDirectoryThatIsMadeAnewIsNotHidden() throws Exception {
        write("a", 1);
        here(() -> state.deny(WEB, true));
        started();
        delete("a");
        here(() -> state.made(WEB));
        write("a", 2);
        caughtUp();
        assertEquals(List.of(2), ports());
    }

    @Test
    void whereNobodyMayReadThereIsNothingAndNobodyWaitsForIt() throws Exception {
        write("a", 1);
        started();
        here(() -> state.deny(SERVICES, true));
        caughtUp();
        assertEquals(List.of(), ports());
        write("a", 2);
        caughtUp();
        assertEquals(List.of(), ports());
        here(() -> state.deny(SERVICES, false));
        caughtUp();
        assertEquals(List.of(2), ports());
    }
}
