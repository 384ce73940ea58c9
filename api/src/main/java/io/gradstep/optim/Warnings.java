package io.gradstep.optim;

import java.util.function.Consumer;

/** Where warnings go unless somebody listens. */
final class Warnings {
    private Warnings() {}

    static Consumer<String> toTheLog() {
        return warning -> System.getLogger("io.gradstep").log(System.Logger.Level.WARNING, warning);
    }
}
