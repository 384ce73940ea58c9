package io.gradstep.keras;

/** Counts what is kept of a file in memory: links, attributes, texts. A file can hold far more than memory can. */
final class Hdf5Limit {
    private static final int MOST = 200_000;

    private int count;

    void add() throws KerasFileException {
        count++;
        if (count > MOST) {
            throw new KerasFileException("The file has more than " + MOST + " objects and attributes, no model's file");
        }
    }
}
