package io.lockservice.example.shop;

import io.vertx.core.Future;
import java.util.function.IntFunction;

/** Tries one after the other. A few at most: where all is slow, more calls make it slower. */
final class Attempts {
    /** How many instances are tried for a call. */
    static final int MOST = 3;

    private static final System.Logger LOG = System.getLogger(Attempts.class.getName());

    private Attempts() {}

    /** The first success of {@code attempt} with 0, 1, and so on below {@code count}; fails as the last one did. */
    static <T> Future<T> of(int count, String what, IntFunction<Future<T>> attempt) {
        return count == 0 ? Future.failedFuture("nobody offers " + what) : from(0, count, what, attempt);
    }

    private static <T> Future<T> from(int number, int count, String what, IntFunction<Future<T>> attempt) {
        return attempt.apply(number).recover(failure -> {
            if (number + 1 == count) {
                return Future.failedFuture(failure);
            }
            LOG.log(System.Logger.Level.INFO, what + ": " + failure.getMessage() + "; another one is asked");
            return from(number + 1, count, what, attempt);
        });
    }
}
