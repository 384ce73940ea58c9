package io.gradstep.examples;

import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import java.util.List;

/**
 * One library in the comparison: its backend, and a model that computes its own gradients and steps with them.
 *
 * @param <T> the tensor type
 */
final class Contestant<T> implements AutoCloseable {
    private final Library<T> library;
    private final Backend<T> backend;
    private final Trainer<T> trainer;

    private Contestant(Library<T> library, Backend<T> backend, Trainer<T> trainer) {
        this.library = library;
        this.backend = backend;
        this.trainer = trainer;
    }

    /**
     * Starts a library.
     *
     * @throws UserError if it cannot start on this machine
     */
    static <T> Contestant<T> open(
            Library<T> library, Model model, List<HostTensor> initialWeights, OptimizerChoice choice) {
        try {
            return openUnchecked(library, model, initialWeights, choice);
        } catch (RuntimeException | LinkageError e) {
            // Native code that is missing or does not suit the machine comes to light here, in many disguises.
            throw new UserError(
                    "The backend \"" + library.contender().id() + "\" cannot start (" + reason(e)
                            + "). Build again with `mvn package` on this machine, which puts its native libraries into "
                            + "lib/, or leave it out with --backends",
                    e);
        }
    }

    private static <T> Contestant<T> openUnchecked(
            Library<T> library, Model model, List<HostTensor> initialWeights, OptimizerChoice choice) {
        Backend<T> backend = library.backend().get();
        try {
            return new Contestant<>(library, backend, library.models().trainer(model, initialWeights, backend, choice));
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

    Stepper<T> stepper() {
        return trainer.stepper();
    }

    /**
     * What the {@link #stepper} is to be fed: the gradients of the batch's loss times the loss scale. A program of one's
     * own multiplies the loss instead, as {@link DjlTrainer} does; the others compute the gradients of the loss as it is.
     *
     * @return one for each variable of the {@link #trainer}; they hold until the next call
     */
    List<T> gradients(Batch batch) {
        List<T> gradients = trainer.gradients(batch);
        double scale = stepper().lossScale();
        if (scale != 1) {
            gradients.forEach(gradient -> multiply(gradient, scale));
        }
        return gradients;
    }

    private void multiply(T gradient, double factor) {
        HostTensor values = backend.read(gradient);
        double rounded = values.dtype().round(factor);
        for (int i = 0; i < values.length(); i++) {
            values.set(i, values.get(i) * rounded);
        }
        try (TensorVariable<T> variable = backend.wrap(gradient, "gradient")) {
            backend.write(variable, values);
        }
    }

    @Override
    public void close() {
        trainer.close();
        backend.close();
    }
}
