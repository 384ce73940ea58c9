package io.gradstep.dl4j;

import io.gradstep.nd4j.Nd4jProvider;
import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider.Options;
import io.gradstep.ops.DType;
import io.gradstep.ops.Execution;
import io.gradstep.ops.Expression;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import io.gradstep.ops.VariableInfo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * ND4J's backend, but that state lies where DL4J keeps it. What a network holds in its own state array is all that its
 * serializer sees.
 */
class HostedBackend implements Backend<INDArray> {
    private final Backend<INDArray> nd4j;
    private final Map<TensorVariable<INDArray>, List<INDArray>> places;
    private final Map<TensorVariable<INDArray>, Integer> taken = new HashMap<>();

    /**
     * A backend for one optimizer.
     *
     * @param options how steps are to be run
     * @param places of each variable the arrays of its state, of its shape, in the order of the settings' slots and with
     *     their initial values
     */
    HostedBackend(Options options, Map<TensorVariable<INDArray>, List<INDArray>> places) {
        this.nd4j = new Nd4jProvider().open(options);
        this.places = Map.copyOf(places);
    }

    @Override
    public TensorVariable<INDArray> state(TensorVariable<INDArray> reference, VariableInfo info, double initial) {
        int next = taken.merge(reference, 1, Integer::sum) - 1;
        return nd4j.wrap(places.get(reference).get(next), info);
    }

    // ---- as ND4J's

    @Override
    public String id() {
        return nd4j.id();
    }

    @Override
    public Class<INDArray> tensorType() {
        return nd4j.tensorType();
    }

    @Override
    public DType dtype(INDArray tensor) {
        return nd4j.dtype(tensor);
    }

    @Override
    public Shape shape(INDArray tensor) {
        return nd4j.shape(tensor);
    }

    @Override
    public INDArray tensor(HostTensor values) {
        return nd4j.tensor(values);
    }

    @Override
    public HostTensor read(INDArray tensor) {
        return nd4j.read(tensor);
    }

    @Override
    public TensorVariable<INDArray> variable(VariableInfo info, DType dtype, Shape shape, double initial) {
        return nd4j.variable(info, dtype, shape, initial);
    }

    @Override
    public void write(TensorVariable<INDArray> variable, HostTensor values) {
        nd4j.write(variable, values);
    }

    @Override
    public double[] sumsOfSquares(Expression expression, List<Update<INDArray>> updates) {
        return nd4j.sumsOfSquares(expression, updates);
    }

    @Override
    public boolean allFinite(List<INDArray> tensors) {
        return nd4j.allFinite(tensors);
    }

    @Override
    public void run(List<Update<INDArray>> updates) {
        nd4j.run(updates);
    }

    @Override
    public Execution execution(TensorVariable<INDArray> variable) {
        return nd4j.execution(variable);
    }

    @Override
    public void close() {
        nd4j.close();
    }
}
