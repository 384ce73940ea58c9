package io.gradstep.examples.bench;

/** Something whose time is taken, over and over. */
interface TimedWork extends AutoCloseable {
    void run();

    /** Runs it so many times, at least once, and returns the nanoseconds that all of them took. */
    default long nanos(int runs) {
        long start = System.nanoTime();
        for (int i = 0; i < runs; i++) {
            run();
        }
        return System.nanoTime() - start;
    }

    /** Frees what it works on. */
    @Override
    default void close() {}
}
