package io.gradstep.djl;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.training.GradientCollector;
import io.gradstep.ops.DType;
import io.gradstep.ops.Loss;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A loss that is computed with arrays of DJL's PyTorch engine and differentiated by PyTorch's autograd.
 *
 * <p><b>Assumptions.</b> One thread at a time. The supplier computes with the very arrays that the variables hold and
 * with differentiable operations: {@code toType}, {@code toDevice}, {@code duplicate} and {@code stopGradient} cut the
 * graph in DJL, and what lies before the cut gets no gradient.
 *
 * <p><b>Guarantees.</b> Whether this thread records and whether the arrays require gradients is afterwards as it was
 * before. Nothing stays in a manager of the model: arrays that the supplier makes are closed when the evaluation ends,
 * except those that it takes out of its scope with {@code NDScope.unregister}.
 *
 * <p>The gradients of an evaluation are copies in memory of this loss. They live until the next evaluation succeeds or
 * {@link #close} is called; neither changes them before. DJL's own gradients of the arrays ({@code
 * NDArray.getGradient}) are overwritten, and what had been accumulated there is lost.
 *
 * <p>DJL collects gradients once at a time in a process: no other {@link GradientCollector} may be open.
 */
public final class AutogradLoss implements Loss<NDArray>, AutoCloseable {
    private static final String ENGINE = "PyTorch";

    private final Supplier<NDArray> supplier;
    /** Holds the gradients of the latest evaluation; null if there are none. */
    private NDManager latest;

    private AutogradLoss(Supplier<NDArray> supplier) {
        this.supplier = Objects.requireNonNull(supplier, "loss");
    }

    /**
     * A loss.
     *
     * @param loss computes the loss, of shape {@code ()} or {@code (1,)}, float32 or float64, from the variables'
     *     arrays; called once by each evaluation, while PyTorch records
     * @return the loss; to be closed by the caller
     */
    public static AutogradLoss of(Supplier<NDArray> loss) {
        return new AutogradLoss(loss);
    }

    /**
     * Computes the loss and its gradients, where the variables are now.
     *
     * @param variables the variables to differentiate by, float32 or float64, whether their arrays require gradients
     *     or not
     * @param scale what the loss is multiplied by before the gradients are computed, rounded to the dtype of the loss
     * @return the loss itself, unscaled, and the gradients of {@code scale · loss}: each dense and of its variable's
     *     shape and dtype; null where no gradient ever reached the array. An array that had a gradient before, and
     *     that the loss does not depend on now, has the gradient −0: DJL cannot make it undefined again
     * @throws IllegalArgumentException if no gradient can reach a variable: its array is closed, not floating, or
     *     itself computed from others while PyTorch recorded
     * @throws IllegalStateException if the supplier returns no such loss, or if a gradient collector is open
     */
    @Override
    public Evaluation<NDArray> evaluate(List<TensorVariable<NDArray>> variables, double scale) {
        variables.forEach(AutogradLoss::check);
        List<NDArray> switchedOn = new ArrayList<>();
        boolean gradMode = Torch.gradMode();
        NDManager manager = Engine.getEngine(ENGINE).newBaseManager();
        NDManager superfluous = manager;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            for (TensorVariable<NDArray> variable : variables) {
                requireGradient(variable, switchedOn);
            }
            double value = backward(variables, scale, manager);
            List<NDArray> gradients = new ArrayList<>();
            variables.forEach(variable -> gradients.add(copyOfGradient(variable.value(), manager)));
            superfluous = latest;
            latest = manager;
            return new Evaluation<>(value, Collections.unmodifiableList(gradients));
        } finally {
            switchedOn.forEach(array -> array.setRequiresGradient(false));
            // A collector that could not be opened, because another one is, has switched it on.
            Torch.setGradMode(gradMode);
            if (superfluous != null) {
                superfluous.close();
            }
        }
    }

    private static void check(TensorVariable<NDArray> variable) {
        if (variable.value().isReleased()) {
            throw new IllegalArgumentException("The array of the variable " + variable.path()
                    + " is closed: its memory was given back. Keep the manager that holds it open for as long as it "
                    + "is used");
        }
        if (!variable.dtype().isFloating()) {
            throw new IllegalArgumentException("The variable " + variable.path() + " is " + variable.dtype()
                    + ". Only FLOAT32 and FLOAT64 have gradients: leave it out");
        }
    }

    private static void requireGradient(TensorVariable<NDArray> variable, List<NDArray> switchedOn) {
        NDArray array = variable.value();
        if (Torch.requiresGradient(array)) {
            return;
        }
        array.setRequiresGradient(true);
        // On an array inside a graph, which gets no gradient, PyTorch does nothing and says nothing.
        if (!Torch.requiresGradient(array)) {
            throw new IllegalArgumentException("The array of the variable " + variable.path()
                    + " was itself computed while PyTorch recorded, and so gets no gradient. Wrap the array that it "
                    + "was computed from, or its stopGradient()");
        }
        switchedOn.add(array);
    }

    private double backward(List<TensorVariable<NDArray>> variables, double scale, NDManager manager) {
        try (GradientCollector collector = Engine.getEngine(ENGINE).newGradientCollector()) {
            NDArray loss = supplier.get();
            DType dtype = check(loss);
            double value = Torch.read(loss, dtype, Torch.shape(loss)).get(0);
            NDArray scaled = loss.mul(Torch.filled(manager, loss.getDevice(), dtype, Shape.scalar(), scale));
            // Else backward would throw if the loss depends on nothing. If it depends on something, this does nothing.
            scaled.setRequiresGradient(true);
            variables.forEach(variable -> forgetGradient(variable, manager));
            collector.backward(scaled);
            return value;
        }
    }

    private static DType check(NDArray loss) {
        if (loss == null || loss.isReleased()) {
            throw new IllegalStateException("The supplier of the loss must return an open array. Received: "
                    + (loss == null ? "null" : "a closed one") + ". Close no manager or scope that holds the loss");
        }
        DType dtype = dtype(loss);
        Shape shape = Torch.shape(loss);
        if (!shape.equals(Shape.scalar()) && !shape.equals(Shape.of(1))) {
            throw new IllegalStateException("The loss must be one number, of shape () or (1,). Received: shape " + shape
                    + ". Reduce it: sum() or mean()");
        }
        return dtype;
    }

    /** A loss is float32 or float64. */
    static DType dtype(NDArray loss) {
        return switch (loss.getDataType()) {
            case FLOAT32 -> DType.FLOAT32;
            case FLOAT64 -> DType.FLOAT64;
            default ->
                throw new IllegalStateException("The loss must be FLOAT32 or FLOAT64. Received: "
                        + loss.getDataType().name() + ". Compute it in one of these; toType would cut the "
                        + "graph");
        };
    }

    /**
     * PyTorch adds each gradient to the one before. Multiplying that by 0 would keep a NaN, and adding to 0 would lose
     * the sign of a −0: only −0 changes nothing that is added to it.
     */
    private static void forgetGradient(TensorVariable<NDArray> variable, NDManager manager) {
        NDArray gradient = Torch.gradient(variable.value());
        if (gradient == null) {
            return;
        }
        if (gradient.isSparse()) {
            Torch.zeroGradient(variable.value());
        } else {
            Torch.write(gradient, Torch.filled(manager, gradient.getDevice(), variable.dtype(), Shape.scalar(), -0.0));
        }
    }

    private static NDArray copyOfGradient(NDArray array, NDManager manager) {
        NDArray gradient = Torch.gradient(array);
        if (gradient == null) {
            return null;
        }
        NDArray copy = gradient.toDense();
        copy.attach(manager);
        NDScope.unregister(copy);
        return copy;
    }

    /** Frees the gradients of the latest evaluation. Twice is once; the loss can be evaluated again. */
    @Override
    public void close() {
        if (latest != null) {
            latest.close();
            latest = null;
        }
    }
}
