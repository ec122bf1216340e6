package io.lockservice.sim.cluster;

import io.lockservice.replica.Message;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;

/** Loses, delays, repeats and reorders messages between replicas, and cuts links one way or both. */
public final class Network {
    /** A replica with the data it had when it sent. */
    public record Sender(int id, long dataIncarnation) {}

    /** Takes what arrives. */
    public interface Destination {
        /** {@code message} from {@code from} has arrived at {@code to}. */
        void arrived(Sender from, int to, Message message);
    }

    private final Scheduler scheduler;
    private final SplittableRandom random;
    private final Destination destination;
    private final Set<Long> cut = new HashSet<>();
    private Weather weather;

    Network(Scheduler scheduler, SplittableRandom random, Weather weather, Destination destination) {
        this.scheduler = scheduler;
        this.random = random;
        this.weather = weather;
        this.destination = destination;
    }

    /** Sends, with whatever fate the weather has for the message. */
    public void send(Sender from, int to, Message message) {
        boolean lost = random.nextDouble() < weather.lossChance();
        boolean repeated = random.nextDouble() < weather.repeatChance();
        if (!lost) {
            deliverLater(from, to, message);
        }
        if (repeated) {
            deliverLater(from, to, message);
        }
    }

    /** Cuts the way from one replica to another; the way back stays. */
    public void cut(int from, int to) {
        cut.add(link(from, to));
    }

    /** Cuts both ways. */
    public void cutBoth(int left, int right) {
        cut(left, right);
        cut(right, left);
    }

    /** Mends all links. */
    public void mend() {
        cut.clear();
    }

    /** Whether a message sent now would find its way. */
    public boolean isOpen(int from, int to) {
        return !cut.contains(link(from, to));
    }

    /** Changes the weather for messages sent from now on. */
    public void weather(Weather newWeather) {
        weather = newWeather;
    }

    private void deliverLater(Sender from, int to, Message message) {
        long delay = weather.delayNanos() / 2 + random.nextLong(weather.delayNanos() + 1);
        if (random.nextDouble() < weather.lateChance()) {
            delay += random.nextLong(weather.lateNanos() + 1);
        }
        scheduler.after(delay, () -> {
            if (isOpen(from.id(), to)) {
                destination.arrived(from, to, message);
            }
        });
    }

    private static long link(int from, int to) {
        return ((long) from << 32) | to;
    }
}
