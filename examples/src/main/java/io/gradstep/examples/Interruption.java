package io.gradstep.examples;

import java.util.function.BooleanSupplier;
import org.jline.utils.Signals;

/**
 * Ctrl-C ends the work and not the process, so that what was measured so far can be written. A second one ends the
 * process as ever.
 *
 * <p>No hook for the end of the process: those of the tensor libraries run beside it, and free what is worked on.
 */
final class Interruption implements BooleanSupplier, AutoCloseable {
    private static final String CTRL_C = "INT";

    private volatile boolean isRequested;
    private final Object usual;

    private Interruption() {
        this.usual = Signals.register(CTRL_C, this::request);
    }

    /** From now on until it is closed. */
    static Interruption watch() {
        return new Interruption();
    }

    private void request() {
        isRequested = true;
        Signals.registerDefault(CTRL_C);
    }

    /** Whether the work is to end. */
    @Override
    public boolean getAsBoolean() {
        return isRequested;
    }

    @Override
    public void close() {
        if (usual != null) {
            Signals.unregister(CTRL_C, usual);
        }
    }
}
