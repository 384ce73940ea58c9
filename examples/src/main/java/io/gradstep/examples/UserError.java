package io.gradstep.examples;

/** Something the user can put right. The message says what is wrong, what was received and what to do. */
final class UserError extends RuntimeException {
    private static final long serialVersionUID = 1;

    UserError(String message) {
        super(message);
    }

    UserError(String message, Throwable cause) {
        super(message, cause);
    }
}
