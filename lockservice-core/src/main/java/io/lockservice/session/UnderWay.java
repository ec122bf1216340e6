package io.lockservice.session;

import io.lockservice.api.Name;
import java.util.ArrayDeque;
import java.util.TreeMap;

/**
 * What commands are about that wait for copies, or were put into the log and are not carried out yet: of these nodes nobody
 * gets a copy. By the time a command is carried out it may touch what is above and below its nodes, too.
 */
final class UnderWay {
    /** How many commands are about each. */
    private final TreeMap<Name, Integer> busy = new TreeMap<>();

    private final ArrayDeque<Sent> inLog = new ArrayDeque<>();
    private int endings;
    private long sent;
    private long applied;
    private long noted;
    private boolean isNoting;

    private record Sent(long number, Touched touched) {}

    /** This leader begins to serve; {@code notes} is whether it has to be noted what is under way. */
    void start(boolean notes) {
        isNoting = notes;
    }

    /** A command is going to be carried out, some time. */
    void begin(Touched touched) {
        touched.roots().forEach(name -> busy.merge(name, 1, Integer::sum));
        endings += touched.endsSessions() ? 1 : 0;
    }

    /** It is not. */
    void end(Touched touched) {
        touched.roots().forEach(name -> busy.computeIfPresent(name, (any, count) -> count == 1 ? null : count - 1));
        endings -= touched.endsSessions() ? 1 : 0;
    }

    /** A command was put into the log. */
    void sent() {
        sent++;
    }

    /** How many were put into the log. */
    long sentCount() {
        return sent;
    }

    /** The command that was put into the log last is about this, which has begun. */
    void lastIsAbout(Touched touched) {
        inLog.add(new Sent(sent, touched));
    }

    /** The next command of the log was carried out; {@code notes} as in {@link #start}. */
    void applied(boolean notes) {
        applied++;
        while (!inLog.isEmpty() && inLog.getFirst().number() <= applied) {
            end(inLog.removeFirst().touched());
        }
        if (notes && !isNoting) {
            // Until now nothing was noted of what is under way.
            noted = sent;
        }
        isNoting = notes;
    }

    /** Whether a command that may change the node is under way. */
    boolean isBusy(Name name) {
        if (applied < noted || endings > 0) {
            return true;
        }
        for (Name at = name; at != null; at = at.parent()) {
            if (busy.containsKey(at)) {
                return true;
            }
        }
        Name below = busy.ceilingKey(name.child(""));
        return below != null && name.isAbove(below);
    }

    void clear() {
        busy.clear();
        inLog.clear();
        endings = 0;
        sent = 0;
        applied = 0;
        noted = 0;
        isNoting = false;
    }
}
