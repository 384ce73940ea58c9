package io.gradstep.nd4j;

import io.gradstep.ops.Backend;
import io.gradstep.ops.Loss;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.api.OutAndGrad;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.MulOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A variable of a SameDiff graph as a loss, differentiated by SameDiff.
 *
 * <p><b>Assumptions.</b> One thread at a time, also for the graph. The variables hold the very arrays of the graph's
 * trainable variables: {@link #variables} returns such, and so does wrapping {@code graph.getVariable(name).getArr()}.
 *
 * <p><b>Guarantees.</b> The values are those the graph's variables have at the evaluation, whoever wrote them. The
 * gradients are copies outside every workspace. They live until the next evaluation succeeds or {@link #close} is
 * called; neither changes them before. All else that an evaluation makes is freed when it returns.
 *
 * <p>An evaluation makes this variable the graph's only loss, for {@code fit} as well. It makes the graph's gradient
 * function anew if there is none, or if it was made for another loss or other arrays; SameDiff then prints to standard
 * output. The graph runs as in training, with dropout, but without what its {@code TrainingConfig} would add: no
 * regularization, no updater.
 */
@SuppressWarnings("try") // scopes outside workspaces are only opened and closed
public final class SameDiffLoss implements Loss<INDArray>, AutoCloseable {
    private static final String GRADIENT_FUNCTION = "grad";

    private final SameDiff graph;
    private final String lossVariable;
    private final Supplier<Map<String, INDArray>> placeholders;
    private GradientSession session;
    /** The gradients of the latest evaluation. */
    private List<INDArray> latest = List.of();

    private SameDiffLoss(SameDiff graph, String lossVariable, Supplier<Map<String, INDArray>> placeholders) {
        this.graph = Objects.requireNonNull(graph, "graph");
        this.lossVariable = Objects.requireNonNull(lossVariable, "lossVariable");
        this.placeholders = Objects.requireNonNull(placeholders, "placeholders");
        checkLossVariable();
    }

    /**
     * The loss of a graph without placeholders.
     *
     * @param graph the graph; stays the caller's
     * @param lossVariable the name of a floating-point variable that the graph computes: one number, of shape
     *     {@code ()} or {@code (1,)}
     * @return the loss; to be closed by the caller
     * @throws IllegalArgumentException if the graph computes no such variable
     */
    public static SameDiffLoss of(SameDiff graph, String lossVariable) {
        return of(graph, lossVariable, Map::of);
    }

    /**
     * The loss of a graph with placeholders.
     *
     * @param graph the graph; stays the caller's
     * @param lossVariable the name of a floating-point variable that the graph computes: one number, of shape
     *     {@code ()} or {@code (1,)}
     * @param placeholders gives the arrays of a batch, by the names of the graph's placeholders; called once by each
     *     evaluation. The arrays stay the caller's
     * @return the loss; to be closed by the caller
     * @throws IllegalArgumentException if the graph computes no such variable
     */
    public static SameDiffLoss of(SameDiff graph, String lossVariable, Supplier<Map<String, INDArray>> placeholders) {
        return new SameDiffLoss(graph, lossVariable, placeholders);
    }

    private void checkLossVariable() {
        if (!graph.hasVariable(lossVariable)) {
            throw new IllegalArgumentException(
                    "The graph has no variable " + lossVariable + ". Pass the name of its loss: loss.name()");
        }
        SDVariable loss = graph.getVariable(lossVariable);
        if (loss.getVariableType() != VariableType.ARRAY || !loss.dataType().isFPType()) {
            throw new IllegalArgumentException("A loss is computed by the graph, in floating point. Received: "
                    + lossVariable + ", of type " + loss.getVariableType() + " " + loss.dataType()
                    + ". Pass the name of the result of an operation");
        }
    }

    /**
     * The graph's trainable variables.
     *
     * @param backend the backend of ND4J's arrays
     * @return a new list of all floating-point variables of the type {@code VARIABLE}, whether the loss depends on
     *     them or not, in SameDiff's order, which is that of their names; the path of each is its name
     * @throws IllegalArgumentException if one is neither float32 nor float64
     */
    public List<TensorVariable<INDArray>> variables(Backend<INDArray> backend) {
        return trainable()
                .map(variable -> backend.wrap(variable.getArr(), variable.name()))
                .toList();
    }

    private Stream<SDVariable> trainable() {
        // A loop's counter, for one, is an integer of the type VARIABLE.
        return graph.variables().stream()
                .filter(variable -> variable.getVariableType() == VariableType.VARIABLE)
                .filter(variable -> variable.dataType().isFPType());
    }

    /**
     * Computes the loss and its gradients, where the variables are now.
     *
     * @param variables the variables to differentiate by, which hold arrays of the graph's trainable variables
     * @param scale what the gradients are multiplied by, rounded to the dtype of each: SameDiff cannot scale the loss
     *     before. Powers of two give the same bits unless gradients are subnormal or overflow on the way
     * @return the loss itself, unscaled, and the gradients of {@code scale · loss}, each of its variable's shape and
     *     dtype; null where the loss does not depend on the variable
     * @throws IllegalArgumentException if a variable is none of the graph's, or is closed
     * @throws IllegalStateException if the loss is not one number, if it depends on no trainable variable at all, or
     *     if placeholders are missing
     * @throws UnsupportedOperationException if SameDiff knows no gradient of an operation
     */
    @Override
    public Evaluation<INDArray> evaluate(List<TensorVariable<INDArray>> variables, double scale) {
        List<String> names = names(variables);
        Map<String, INDArray> batch = placeholders.get();
        if (batch == null) {
            throw new IllegalStateException(
                    "The supplier of the placeholders returned null. Return a map, empty if there are none");
        }
        try (MemoryWorkspace outside = OwnArrays.outsideWorkspaces()) {
            GradientSession current = session();
            try {
                OutAndGrad result = current.run(batch, List.of(lossVariable), names);
                double value = number(result.getOutputs().get(lossVariable));
                List<INDArray> gradients = scaledCopies(result, names, variables, scale);
                close();
                latest = gradients;
                return new Evaluation<>(value, Collections.unmodifiableList(gradients));
            } finally {
                current.free();
            }
        }
    }

    /** If one cannot be made, none is left. */
    private static List<INDArray> scaledCopies(
            OutAndGrad result, List<String> names, List<TensorVariable<INDArray>> variables, double scale) {
        List<INDArray> copies = new ArrayList<>();
        try {
            for (int i = 0; i < names.size(); i++) {
                INDArray gradient = result.getGradients().get(names.get(i));
                copies.add(gradient == null ? null : scaledCopy(gradient, variables.get(i), scale));
            }
            return copies;
        } catch (RuntimeException | Error e) {
            copies.stream().filter(Objects::nonNull).forEach(INDArray::close);
            throw e;
        }
    }

    private List<String> names(List<TensorVariable<INDArray>> variables) {
        IdentityHashMap<INDArray, String> names = new IdentityHashMap<>();
        trainable().forEach(variable -> names.put(variable.getArr(), variable.name()));
        return variables.stream().map(variable -> name(variable, names)).toList();
    }

    private static String name(TensorVariable<INDArray> variable, IdentityHashMap<INDArray, String> names) {
        INDArray array = variable.value();
        if (array.wasClosed()) {
            throw new IllegalArgumentException("The array of the variable " + variable.path()
                    + " is closed: its memory was given back. Give the graph another one: setArray");
        }
        String name = names.get(array);
        if (name == null) {
            throw new IllegalArgumentException("The variable " + variable.path()
                    + " is not one of the graph's trainable variables: its array is none of theirs. Take it from "
                    + "variables(backend), or wrap graph.getVariable(name).getArr(). Trainable are: "
                    + names.values().stream().sorted().toList());
        }
        return name;
    }

    private GradientSession session() {
        SameDiff function = graph.getFunction(GRADIENT_FUNCTION);
        if (function == null || !isOfThisLoss() || !hasTheArraysOfTheGraph(function)) {
            function = newGradientFunction();
        }
        if (session == null || !session.runs(function)) {
            session = new GradientSession(graph, function);
        }
        return session;
    }

    private boolean isOfThisLoss() {
        return graph.getLossVariables().equals(List.of(lossVariable));
    }

    /** {@code SDVariable.setArray} copies into the graph's array and gives the new one to the gradient function. */
    private boolean hasTheArraysOfTheGraph(SameDiff function) {
        return trainable().allMatch(variable -> function.getArrForVarName(variable.name()) == variable.getArr());
    }

    private SameDiff newGradientFunction() {
        dropGradientFunction();
        try {
            graph.createGradFunction();
        } catch (RuntimeException e) {
            // The half that was made would be taken for a whole one.
            dropGradientFunction();
            throw e;
        }
        return graph.getFunction(GRADIENT_FUNCTION);
    }

    private void dropGradientFunction() {
        graph.setLossVariables(lossVariable);
    }

    private double number(INDArray loss) {
        if (loss.rank() > 1 || loss.length() != 1) {
            throw new IllegalStateException("The loss " + lossVariable
                    + " must be one number, of shape () or (1,). Received: shape " + Shape.of(loss.shape())
                    + ". Reduce it: sum() or mean()");
        }
        return loss.getDouble(0);
    }

    /** Never the array itself, which may be the variable's own: SameDiff's gradient of l2Loss is its argument. */
    private static INDArray scaledCopy(INDArray gradient, TensorVariable<INDArray> variable, double scale) {
        INDArray copy = OwnArrays.uninitialized(gradient.dataType(), gradient.shape(), gradient.ordering());
        try (INDArray factor = OwnArrays.scalar(variable.dtype(), scale)) {
            return Nd4j.exec(new MulOp(gradient, factor, copy))[0];
        }
    }

    /** Frees the gradients of the latest evaluation. Twice is once; the loss can be evaluated again. */
    @Override
    public void close() {
        for (INDArray gradient : latest) {
            // Who evaluated the loss may have closed it already.
            if (gradient != null && gradient.closeable()) {
                gradient.close();
            }
        }
        latest = List.of();
    }
}
