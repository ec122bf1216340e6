package io.lockservice.sim.invariant;

/** A call made after somebody was told a revision is answered with one that is not smaller. */
public final class RevisionsNeverGoBack {
    private final RealTimeOrder order = new RealTimeOrder();

    /** An answer that reflects the cell's state at some moment between the two. */
    public void told(long calledNanos, long answeredNanos, long revision) {
        long before = order.largestBefore(calledNanos);
        Violation.unless(
                revision >= before,
                RevisionsNeverGoBack.class,
                "revision %d in an answer to a call made after revision %d was told",
                revision,
                before);
        order.told(answeredNanos, revision);
    }
}
