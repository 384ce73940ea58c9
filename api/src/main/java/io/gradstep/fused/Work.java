package io.gradstep.fused;

/** Something to be done in units, by any thread, in any order. */
abstract class Work {
    /**
     * So many elements make a unit: whole tiles, enough that claiming one costs nothing, few enough to share a million
     * among threads.
     */
    static final int UNIT = 8 * Tiles.SIZE;

    /** Counted over all works of a step; set by the {@link Crew}. */
    private int firstUnit;

    /** How many elements there are to work on. */
    abstract int elements();

    /** How many units there are: stretches of {@link #UNIT} elements, and one with the rest. */
    int units() {
        return (int) (((long) elements() + UNIT - 1) / UNIT);
    }

    /** The first element of a stretch. */
    static int begin(int unit) {
        return unit * UNIT;
    }

    /** The element after the last one of a stretch. */
    final int end(int unit) {
        return begin(unit) + Math.min(elements() - begin(unit), UNIT);
    }

    abstract void run(int unit, Scratch scratch);

    final int firstUnit() {
        return firstUnit;
    }

    final void setFirstUnit(int first) {
        firstUnit = first;
    }
}
