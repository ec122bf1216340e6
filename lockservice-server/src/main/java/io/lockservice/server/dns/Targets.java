package io.lockservice.server.dns;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Instances from which each reply takes some, the heavy ones more often first. Immutable. */
final class Targets {
    /** So many are put in order one by one; of more, some are drawn: what a query costs has a bound. */
    private static final int ALL_SORTED = 256;

    private static final int DRAWS_EACH = 4;

    private final List<Target> all;
    private final long[] weightsUpTo;

    Targets(List<Target> all) {
        this.all = List.copyOf(all);
        this.weightsUpTo = new long[all.size()];
        long sum = 0;
        for (int i = 0; i < weightsUpTo.length; i++) {
            sum += all.get(i).weight();
            weightsUpTo[i] = sum;
        }
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /**
     * At most {@code limit} of them in random order: each place goes to one of those that are left, by the share that its
     * weight has among theirs.
     */
    List<Target> choose(int limit, RandomGenerator random) {
        return all.size() <= Math.max(limit, ALL_SORTED) ? sorted(limit, random) : drawn(limit, random);
    }

    /** Efraimidis and Spirakis: whoever has the least exponentially distributed time, at the rate of its weight, is first. */
    private List<Target> sorted(int limit, RandomGenerator random) {
        if (all.size() == 1) {
            return all;
        }
        double[] times = all.stream()
                .mapToDouble(each -> -Math.log(1 - random.nextDouble()) / each.weight())
                .toArray();
        return IntStream.range(0, times.length)
                .boxed()
                .sorted(Comparator.comparingDouble(each -> times[each]))
                .limit(limit)
                .map(all::get)
                .toList();
    }

    /** Draws by weight until there are enough; what was drawn before is drawn again. */
    private List<Target> drawn(int limit, RandomGenerator random) {
        Set<Integer> drawn = new LinkedHashSet<>();
        long total = weightsUpTo[weightsUpTo.length - 1];
        for (int i = 0; i < DRAWS_EACH * limit && drawn.size() < limit; i++) {
            int found = Arrays.binarySearch(weightsUpTo, random.nextLong(total) + 1);
            drawn.add(found < 0 ? -found - 1 : found);
        }
        // A few are so heavy that hardly anybody else is drawn: the rest is any others.
        for (int next = random.nextInt(all.size()); drawn.size() < limit; next = (next + 1) % all.size()) {
            drawn.add(next);
        }
        List<Target> chosen = new ArrayList<>(drawn.size());
        drawn.forEach(each -> chosen.add(all.get(each)));
        return chosen;
    }
}
