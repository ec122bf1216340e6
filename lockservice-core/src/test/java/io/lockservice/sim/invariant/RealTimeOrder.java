package io.lockservice.sim.invariant;

import java.util.ArrayList;
import java.util.List;

/** The largest number that anybody had been told at a time. */
final class RealTimeOrder {
    private final List<long[]> told = new ArrayList<>();

    /** {@code number} was told at {@code nanos}; times come in order. */
    void told(long nanos, long number) {
        long largest = Math.max(number, told.isEmpty() ? Long.MIN_VALUE : told.get(told.size() - 1)[1]);
        told.add(new long[] {nanos, largest});
    }

    /** The largest number told before {@code nanos}. */
    long largestBefore(long nanos) {
        int low = 0;
        int high = told.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (told.get(middle)[0] < nanos) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == 0 ? Long.MIN_VALUE : told.get(low - 1)[1];
    }
}
