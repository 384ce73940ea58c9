package io.gradstep.examples.bench;

/** Work that spoils what it works on. */
interface PreparedWork extends TimedWork {
    /** Puts back what a run has spoilt, outside of the time that is measured. */
    void prepare();

    /** By itself, each run is long beside a look at the clock. */
    @Override
    default long nanos(int runs) {
        long sum = 0;
        for (int i = 0; i < runs; i++) {
            prepare();
            long start = System.nanoTime();
            run();
            sum += System.nanoTime() - start;
        }
        return sum;
    }
}
