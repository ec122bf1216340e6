package io.lockservice.client.lock;

import io.lockservice.client.LockServiceException;
import io.lockservice.client.Loop;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** That something a program had is lost, told once to each who wants to know. For recipes; confined to the loop but for {@link #tell}. */
public final class Loss {
    private static final System.Logger LOG = System.getLogger(Loss.class.getName());

    private final Loop loop;
    private final List<Consumer<LockServiceException>> listeners = new CopyOnWriteArrayList<>();
    private @Nullable LockServiceException reason;

    /** Nothing is lost yet. */
    public Loss(Loop loop) {
        this.loop = loop;
    }

    /** Runs {@code listener} on the loop when it happens; at once if it has. From any thread. */
    public void tell(Consumer<LockServiceException> listener) {
        loop.execute(() -> {
            if (reason != null) {
                tell(listener, reason);
            } else {
                listeners.add(listener);
            }
        });
    }

    /** Whether it has happened. */
    public boolean isSo() {
        return reason != null;
    }

    /** It has happened, for the first time; nobody is told before {@link #tellAll}. */
    public void happened(LockServiceException why) {
        reason = why;
    }

    /** Tells those who wait to be told. */
    public void tellAll() {
        LockServiceException why = reason;
        if (why != null) {
            listeners.forEach(listener -> tell(listener, why));
            listeners.clear();
        }
    }

    private static void tell(Consumer<LockServiceException> listener, LockServiceException why) {
        try {
            listener.accept(why);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a listener for a loss failed", e);
        }
    }
}
