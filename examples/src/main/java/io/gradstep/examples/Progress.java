package io.gradstep.examples;

/** Somebody who watches long work. */
interface Progress extends AutoCloseable {
    /** Names what comes now. */
    void phase(String name);

    /** Says that a step was taken. */
    void step();

    @Override
    void close();

    /** Who lets somebody watch. */
    interface Watchers {
        /**
         * Work begins.
         *
         * @param task what it is called
         * @param steps how many it will tell of
         */
        Progress watch(String task, long steps);
    }

    /** Nobody. */
    static Progress silent() {
        return new Progress() {
            @Override
            public void phase(String name) {}

            @Override
            public void step() {}

            @Override
            public void close() {}
        };
    }
}
