package io.gradstep.examples;

import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.Settings;
import java.util.List;

/**
 * One library in the comparison: its backend, a model that computes its own gradients, and the model's optimizer.
 *
 * @param <T> the tensor type
 */
final class Contestant<T> implements AutoCloseable {
    private final Library<T> library;
    private final Backend<T> backend;
    private final Trainer<T> trainer;
    private final Optimizer<T> optimizer;

    private Contestant(Library<T> library, Backend<T> backend, Trainer<T> trainer, Optimizer<T> optimizer) {
        this.library = library;
        this.backend = backend;
        this.trainer = trainer;
        this.optimizer = optimizer;
    }

    /**
     * Starts a library.
     *
     * @throws UserError if it cannot start on this machine
     */
    static <T> Contestant<T> open(Library<T> library, Mlp model, List<HostTensor> initialWeights, Settings settings) {
        try {
            return openUnchecked(library, model, initialWeights, settings);
        } catch (RuntimeException | LinkageError e) {
            // Native code that is missing or does not suit the machine comes to light here, in many disguises.
            throw new UserError(
                    "The backend \"" + library.id() + "\" cannot start (" + reason(e)
                            + "). Build again with `mvn package` on this machine, which puts its native libraries into "
                            + "lib/, or leave it out with --backends",
                    e);
        }
    }

    private static <T> Contestant<T> openUnchecked(
            Library<T> library, Mlp model, List<HostTensor> initialWeights, Settings settings) {
        Backend<T> backend = library.backend().get();
        try {
            Trainer<T> trainer = library.models().trainer(model, initialWeights, backend);
            Optimizer<T> optimizer = settings.on(backend);
            optimizer.build(trainer.variables());
            return new Contestant<>(library, backend, trainer, optimizer);
        } catch (RuntimeException | Error e) {
            backend.close();
            throw e;
        }
    }

    /** What the library says, which knows more than the code below it; an initializer's error alone says nothing. */
    private static Throwable reason(Throwable thrown) {
        Throwable reason = thrown;
        while (reason.getMessage() == null && reason.getCause() != null) {
            reason = reason.getCause();
        }
        return reason;
    }

    Library<T> library() {
        return library;
    }

    Backend<T> backend() {
        return backend;
    }

    Trainer<T> trainer() {
        return trainer;
    }

    Optimizer<T> optimizer() {
        return optimizer;
    }

    @Override
    public void close() {
        optimizer.close();
        trainer.close();
        backend.close();
    }
}
