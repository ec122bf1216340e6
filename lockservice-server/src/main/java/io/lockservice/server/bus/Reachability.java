package io.lockservice.server.bus;

/**
 * Whether a peer counts as reachable, for people. It is lost with a failed write. It is back once a write has succeeded
 * and something was heard since: a stopped process still accepts connections. Not thread-safe.
 */
final class Reachability {
    private boolean reachable = true;
    private boolean written;
    private boolean heard;

    /** A write failed. True where the peer was reachable before. */
    boolean failed() {
        boolean wasReachable = reachable;
        reachable = false;
        written = false;
        heard = false;
        return wasReachable;
    }

    /** A write succeeded. True where that makes the peer reachable again. */
    boolean written() {
        written = true;
        return back();
    }

    /** Something came from the peer. True where that makes it reachable again. */
    boolean heard() {
        heard = true;
        return back();
    }

    private boolean back() {
        boolean back = !reachable && written && heard;
        reachable |= back;
        return back;
    }
}
