package io.gradstep.keras;

/**
 * Counts what is kept of a file in memory: links, attributes, and their characters. A file can hold far more than memory
 * can, and by names and texts that are used many times a small file too.
 */
final class Hdf5Limit {
    static final int MOST = 200_000;
    /** In any file; in a larger one as many as it has bytes. */
    private static final long MOST_CHARACTERS = 16 << 20;

    private final long mostCharacters;
    private int count;
    private long characters;

    Hdf5Limit(long fileSize) {
        mostCharacters = Math.max(MOST_CHARACTERS, fileSize);
    }

    void add() throws KerasFileException {
        count++;
        if (count > MOST) {
            throw new KerasFileException("The file has more than " + MOST + " objects and attributes, no model's file");
        }
    }

    /** A path, a name or a text. */
    void add(String text) throws KerasFileException {
        characters += text.length();
        if (characters > mostCharacters) {
            throw new KerasFileException("The paths and attributes in the file have more than " + mostCharacters
                    + " characters, no model's file");
        }
    }
}
