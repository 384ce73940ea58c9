package io.gradstep.keras;

import java.io.IOException;

/**
 * What is wrong with a file of Keras's, or what in it is not read here: broken, hostile, or of a kind that Keras does
 * not write. The message names the file's part, what stands there, and what to do.
 */
public final class KerasFileException extends IOException {
    private static final long serialVersionUID = 1;

    /**
     * Says what is wrong.
     *
     * @param message not null
     */
    public KerasFileException(String message) {
        super(Shown.message(message));
    }

    /**
     * Says what is wrong, and what noticed it.
     *
     * @param message not null
     * @param cause not null
     */
    public KerasFileException(String message, Throwable cause) {
        super(Shown.message(message), cause);
    }
}
