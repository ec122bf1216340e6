package io.lockservice.founding;

import io.lockservice.log.Configuration;
import io.lockservice.log.Member;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How a new cell begins. The replica with the smallest id of the list founds it, once every other of the list has told it
 * that it knows no cell: so a replica that lost its data never founds a second one, however many start with it. What it
 * writes down then, before it tells anybody, is who the founders are, each with the incarnation of its data.
 *
 * <p>Two founders' lists, should the first founder lose its data in that very moment, differ in the founder alone, whose
 * data are gone: majorities of one and the other still have a voter in common.
 *
 * <p>A replica that is not in the cell it knows, because it was added lately or has lost its data, says so to all others
 * until the leader takes it in ("Paxos Made Live", section 5.1: it comes back as a replica without a vote).
 */
public final class Founding {
    private final Configuration listed;
    private final int self;
    private final long incarnation;
    private final FoundingHost host;
    private final long helloNanos;
    /** Who knows no cell, and with which data. */
    private final Map<Integer, Long> blank = new TreeMap<>();

    private @Nullable Configuration founders;
    private boolean deciding;
    private boolean greeted;
    private long greetedNanos;

    /**
     * Founding from a list of first members.
     *
     * @param listed those who vote in it found the cell
     * @param incarnation of this replica's data
     * @param helloMs how often it says that it is there, in milliseconds
     */
    public Founding(Configuration listed, int self, long incarnation, FoundingHost host, long helloMs) {
        this.listed = listed;
        this.self = self;
        this.incarnation = incarnation;
        this.host = host;
        this.helloNanos = helloMs * 1_000_000;
    }

    /** The disk knows who founded the cell. */
    public void recovered(Configuration known) {
        founders = known;
    }

    /** Time went by. */
    public void tick(long nowNanos) {
        if (host.isMember() || deciding || (greeted && nowNanos - greetedNanos < helloNanos)) {
            return;
        }
        greeted = true;
        greetedNanos = nowNanos;
        if (isFounder() && awaited().isEmpty() && isBlank()) {
            found();
        }
        Set<Integer> others = new TreeSet<>(listed.ids());
        others.addAll(host.configuration().ids());
        others.remove(self);
        others.forEach(other -> host.send(other, new FoundingMessage.Hello()));
    }

    /** Another replica says something; {@code incarnation} is that of its data. */
    public void received(int from, long sender, FoundingMessage message) {
        if (message instanceof FoundingMessage.Hello) {
            greeted(from, sender);
        } else if (message instanceof FoundingMessage.Blank answer) {
            if (answer.incarnation() == incarnation && isFounder() && isBlank()) {
                blank.put(from, sender);
                if (awaited().isEmpty()) {
                    found();
                }
            }
        } else if (message instanceof FoundingMessage.Founded founded) {
            if (!host.configuration().isFounded() && !deciding && isMine(founded.configuration())) {
                keep(founded.configuration());
            }
        }
    }

    private void greeted(int from, long sender) {
        Configuration known = founders;
        if (known != null && known.has(from, sender)) {
            host.send(from, new FoundingMessage.Founded(known));
        } else if (isBlank()) {
            host.send(from, new FoundingMessage.Blank(sender));
            if (isFounder() && !blank.containsKey(from)) {
                // It may not have been there yet when this one said hello.
                host.send(from, new FoundingMessage.Hello());
            }
        }
        host.met(from, sender);
    }

    /** A list that was made for other members, or for this one with other data, is not this replica's. */
    private boolean isMine(Configuration configuration) {
        return configuration.has(self, incarnation) && configuration.ids().equals(listed.voters());
    }

    private boolean isBlank() {
        return host.isBlank() && founders == null && !deciding;
    }

    private boolean isFounder() {
        return listed.isFounded() && listed.voters().get(0) == self;
    }

    /** Those of the list that have not said yet that they know no cell. */
    private List<Integer> awaited() {
        return listed.voters().stream()
                .filter(id -> id != self && !blank.containsKey(id))
                .toList();
    }

    private void found() {
        keep(new Configuration(listed.members().stream()
                .filter(Member::voter)
                .map(each -> each.asLearner(each.id() == self ? incarnation : blank.getOrDefault(each.id(), 0L))
                        .asVoter())
                .toList()));
    }

    private void keep(Configuration configuration) {
        deciding = true;
        host.persist(configuration, () -> {
            deciding = false;
            founders = configuration;
            host.founded(configuration);
            configuration.ids().stream()
                    .filter(id -> id != self && isFounder())
                    .forEach(id -> host.send(id, new FoundingMessage.Founded(configuration)));
        });
    }

    /** For people: why this replica is in no cell yet; null where it knows one. */
    public @Nullable String obstacle() {
        if (host.configuration().isFounded()) {
            return null;
        }
        if (!isBlank()) {
            return "this replica does not know yet who is in its cell; it learns that from any member";
        }
        return isFounder()
                ? "the cell is founded once all of its replicas have been started; waiting for " + awaited()
                : "this replica knows no cell yet; a new one is founded by replica "
                        + (listed.isFounded() ? listed.voters().get(0) : "1")
                        + " once all have been started, and one that exists takes it in";
    }
}
