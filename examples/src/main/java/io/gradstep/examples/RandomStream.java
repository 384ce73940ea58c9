package io.gradstep.examples;

import java.util.SplittableRandom;

/** Random numbers for one purpose: all from the user's one seed, and none disturbed by how many others are drawn. */
final class RandomStream {
    private final SplittableRandom random;

    private RandomStream(SplittableRandom random) {
        this.random = random;
    }

    static RandomStream of(long seed, String purpose) {
        // split() mixes the bits: two purposes give two sequences that have nothing in common.
        return new RandomStream(new SplittableRandom(seed + ((long) purpose.hashCode() << 32)).split());
    }

    /** A number from {@code -limit} to {@code limit}. */
    double uniform(double limit) {
        return (2 * random.nextDouble() - 1) * limit;
    }

    /** The numbers from 0 to {@code count - 1} in random order. */
    int[] permutation(int count) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
