package io.lockservice.gateway;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.cell.repeat.Origin;
import java.util.List;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The calls of this replica's clients until they are answered. Whoever leads, each call is brought to the leader, again
 * and again until there is an answer or its time is over; the {@link Origin} makes the repeats harmless. So a client sees
 * a change of leader as a pause, not as an error.
 */
public final class Gateway {
    private static final long FIRST_RETRY_NANOS = 300_000_000;
    private static final long LAST_RETRY_NANOS = 2_000_000_000;

    /** The most bytes of file content in open calls. */
    static final long MAX_OPEN_BYTES = 64L << 20;

    private static final class OpenCall {
        final long callId;
        final ClientCall call;
        final long waitEndNanos;
        final long deadlineNanos;
        int sentTo;
        long sentSequence;
        long dueNanos;
        long retryNanos = FIRST_RETRY_NANOS;
        boolean everSent;

        OpenCall(long callId, ClientCall call, long waitEndNanos, long deadlineNanos) {
            this.callId = callId;
            this.call = call;
            this.waitEndNanos = waitEndNanos;
            this.deadlineNanos = deadlineNanos;
        }
    }

    /** When a call is to be looked at; outdated where the call is gone or due at another time. */
    private record Due(long nanos, long callId) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            return Long.compare(nanos - other.nanos, 0);
        }
    }

    private final int self;
    private final long incarnation;
    private final int maxCalls;
    private final GatewayHost host;
    private final TreeMap<Long, OpenCall> open = new TreeMap<>();
    private final TreeSet<Long> openWrites = new TreeSet<>();
    private final PriorityQueue<Due> due = new PriorityQueue<>();
    private int openKeepAlives;
    private long openBytes;
    private long lastCallId;
    private int lastLeader;
    private long lastSequence;
    private boolean leaderIsNew;

    /** A gateway of process {@code incarnation}; more than {@code maxCalls} open calls are refused. */
    public Gateway(int self, long incarnation, int maxCalls, GatewayHost host) {
        this.self = self;
        this.incarnation = incarnation;
        this.maxCalls = maxCalls;
        this.host = host;
    }

    /**
     * A client asks.
     *
     * @param callId unique and growing
     * @param timeoutMs how long the client waits for an answer, beyond a {@code waitMs} in the call
     */
    public void called(long callId, ClientCall clientCall, long timeoutMs, long nowNanos) {
        if (!hasRoomFor(clientCall.request())) {
            host.respond(
                    callId,
                    new Reply.Failed(new Problem(
                            ProblemCode.OVERLOADED,
                            "this replica has as many calls open as it can take; nothing was done, try again")));
            return;
        }
        long waitNanos = waitMs(clientCall.request()) * 1_000_000;
        OpenCall call =
                new OpenCall(callId, clientCall, nowNanos + waitNanos, nowNanos + waitNanos + timeoutMs * 1_000_000);
        noticeLeader();
        lastCallId = Math.max(lastCallId, call.callId);
        open.put(call.callId, call);
        count(call.call.request(), 1);
        if (call.call.request() instanceof Request.Write) {
            openWrites.add(call.callId);
        }
        bring(call, nowNanos);
    }

    /** Keep-alives have room of their own: whatever else is asked, no session is lost over it. */
    private boolean hasRoomFor(Request request) {
        if (request instanceof Request.KeepAlive) {
            return openKeepAlives < maxCalls;
        }
        return open.size() - openKeepAlives < maxCalls && openBytes + contentBytes(request) <= MAX_OPEN_BYTES;
    }

    private void count(Request request, int sign) {
        openKeepAlives += request instanceof Request.KeepAlive ? sign : 0;
        openBytes += sign * contentBytes(request);
    }

    private static long contentBytes(Request request) {
        return request instanceof Request.WriteFile file ? file.content().length() : 0;
    }

    private static long waitMs(Request request) {
        if (request instanceof Request.Acquire acquire) {
            return acquire.waitMs();
        }
        return request instanceof Request.KeepAlive keepAlive ? keepAlive.waitMs() : 0;
    }

    private void bring(OpenCall call, long nowNanos) {
        int leader = lastLeader;
        if (leader == 0) {
            schedule(call, call.deadlineNanos);
            return;
        }
        call.sentTo = leader;
        call.sentSequence = lastSequence;
        call.everSent = true;
        // What is handled here cannot get lost, unless there was no room for it.
        long retryNanos = leader == self ? LAST_RETRY_NANOS : call.retryNanos;
        schedule(call, nowNanos + Math.min(retryNanos, call.deadlineNanos - nowNanos));
        long waitLeftMs = Math.max(0, (call.waitEndNanos - nowNanos) / 1_000_000);
        long answeredBelow = openWrites.isEmpty() ? lastCallId + 1 : openWrites.first();
        Origin origin = new Origin(self, incarnation, call.callId, answeredBelow);
        if (leader == self) {
            host.handleHere(origin, call.call, waitLeftMs);
        } else {
            host.forward(leader, lastSequence, origin, call.call, waitLeftMs);
        }
    }

    private void schedule(OpenCall call, long dueNanos) {
        call.dueNanos = dueNanos;
        due.add(new Due(dueNanos, call.callId));
    }

    /** One of the times that a replica leads: {@code sequence} is of the number under which it does. */
    public record Leadership(int leader, long sequence) {}

    /**
     * The answer to a call; a repeat of one that was answered already is dropped. What the state decided is good from whatever
     * leader. But that a call was refused without asking the state counts only if the call was brought to nobody since: the
     * next leader may carry it out.
     */
    public void answered(long callIncarnation, long callId, Leadership by, Reply reply, Runnable respond) {
        OpenCall call = callIncarnation == incarnation ? open.get(callId) : null;
        if (call == null) {
            return;
        }
        boolean broughtElsewhere = call.sentTo != by.leader() || call.sentSequence != by.sequence();
        if (!(isUnaskedRefusal(reply) && broughtElsewhere)) {
            close(callId);
            respond.run();
        }
    }

    private static boolean isUnaskedRefusal(Reply reply) {
        return reply instanceof Reply.Failed failed
                && (failed.problem().code() == ProblemCode.OVERLOADED
                        || failed.problem().code() == ProblemCode.STORAGE_FULL);
    }

    /** Whoever made that call has gone: a keep-alive ends, whatever else was asked for goes on. */
    public void gone(long callId) {
        OpenCall call = open.get(callId);
        if (call != null && call.call.request() instanceof Request.KeepAlive) {
            close(callId);
            if (call.sentTo != 0) {
                host.gone(call.sentTo, callId);
            }
        }
    }

    private @Nullable OpenCall close(long callId) {
        openWrites.remove(callId);
        OpenCall closed = open.remove(callId);
        if (closed != null) {
            count(closed.call.request(), -1);
        }
        return closed;
    }

    /** A call was sent to an earlier leadership of {@code leader}, which now leads under {@code sequence}. */
    public void outdated(long callIncarnation, int leader, long sequence) {
        if (callIncarnation == incarnation && leader == lastLeader && sequence > lastSequence) {
            lastSequence = sequence;
            bringAllAnew();
        }
    }

    /** This replica's own duties forgot what they had: it is not the leader it was. */
    public void forgetOwnLeadership() {
        lastLeader = 0;
        lastSequence = 0;
        bringAllAnew();
    }

    private void bringAllAnew() {
        leaderIsNew = true;
        open.values().forEach(call -> call.sentTo = 0);
    }

    /** What was brought to another leader, or to this one before it was replaced for a while, is brought again. */
    private void noticeLeader() {
        int leader = host.leader();
        if (leader != lastLeader || host.leaderSequence() > lastSequence) {
            lastLeader = leader;
            lastSequence = host.leaderSequence();
            bringAllAnew();
        }
    }

    /** Brings calls to a new leader, asks again what was not answered, and ends what took too long. */
    public void look(long nowNanos) {
        noticeLeader();
        if (leaderIsNew && lastLeader != 0) {
            leaderIsNew = false;
            List.copyOf(open.values()).forEach(call -> bringIfOpen(call, nowNanos));
        }
        while (!due.isEmpty() && due.peek().nanos() - nowNanos <= 0) {
            Due next = due.remove();
            OpenCall call = open.get(next.callId());
            if (call == null || call.dueNanos != next.nanos()) {
                continue;
            }
            if (nowNanos - call.deadlineNanos >= 0) {
                close(call.callId);
                host.respond(call.callId, new Reply.Failed(tooLate(call)));
            } else {
                call.retryNanos = Math.min(LAST_RETRY_NANOS, call.retryNanos * 2);
                bring(call, nowNanos);
            }
        }
    }

    /** Answers may come while calls are brought. */
    private void bringIfOpen(OpenCall call, long nowNanos) {
        if (call.sentTo == 0 && open.containsKey(call.callId) && nowNanos - call.deadlineNanos < 0) {
            bring(call, nowNanos);
        }
    }

    private static Problem tooLate(OpenCall call) {
        String what = "; nothing was changed, try again";
        if (call.everSent && call.call.request() instanceof Request.Write) {
            what = ", and it is not known whether the write was done; repeat it with the same Idempotency-Key to find"
                    + " out";
        } else if (call.everSent && call.call.request() instanceof Request.Administer) {
            what = ", and it is not known whether the cell was changed; look at /v1/cell, then ask again";
        }
        return new Problem(ProblemCode.NO_LEADER, "no leader answered in time" + what);
    }
}
