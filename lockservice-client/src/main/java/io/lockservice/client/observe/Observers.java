package io.lockservice.client.observe;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Who is told what a client does. From any thread. */
public final class Observers {
    private static final System.Logger LOG = System.getLogger(Observers.class.getName());

    private final List<ClientObserver> all = new CopyOnWriteArrayList<>();

    /** One more. */
    public void add(ClientObserver observer) {
        all.add(observer);
    }

    /** One less. */
    public void remove(ClientObserver observer) {
        all.remove(observer);
    }

    /** Tells all, on the caller's thread. */
    public void tell(Consumer<ClientObserver> what) {
        for (ClientObserver observer : all) {
            try {
                what.accept(observer);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "a client's observer failed", e);
            }
        }
    }
}
