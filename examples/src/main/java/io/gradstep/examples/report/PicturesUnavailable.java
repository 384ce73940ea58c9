package io.gradstep.examples.report;

/** This machine cannot draw text. The message says what is missing and what to do. */
public final class PicturesUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1;

    PicturesUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
