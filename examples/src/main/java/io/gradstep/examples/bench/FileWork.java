package io.gradstep.examples.bench;

/** What {@link KerasFiles} does with a file. */
public enum FileWork {
    /** Opens a {@code .weights.h5} file and reads all arrays. */
    read,
    /** Reads the same file without asking what is in it. */
    plainRead,
    /** Writes a new {@code .weights.h5} file. */
    write,
    /** Opens a {@code .weights.h5} file and writes a copy with other values in all arrays. */
    overwrite,
    /** Writes as many bytes. */
    plainWrite,
    /** Opens a {@code .keras} file and reads all arrays. */
    readKeras,
    /** Opens a {@code .keras} file and writes a copy with other values in all arrays. */
    overwriteKeras;

    boolean isOfArchive() {
        return this == readKeras || this == overwriteKeras;
    }
}
