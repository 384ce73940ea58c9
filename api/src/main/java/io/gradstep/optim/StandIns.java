package io.gradstep.optim;

import io.gradstep.ops.Backend;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.VariableInfo;
import java.util.IdentityHashMap;
import java.util.List;

/** Variables that take the places of others for one stateless step, with values of their own. */
final class StandIns<T> implements AutoCloseable {
    private final Backend<T> backend;
    private final Assigner<T> assigner;
    private final IdentityHashMap<TensorVariable<T>, TensorVariable<T>> standIns = new IdentityHashMap<>();

    private StandIns(Backend<T> backend) {
        this.backend = backend;
        this.assigner = new Assigner<>(backend);
    }

    /** Makes them; the values have the shapes of the variables and are cast to their dtypes. */
    static <T> StandIns<T> of(Backend<T> backend, List<TensorVariable<T>> variables, List<T> values) {
        StandIns<T> result = new StandIns<>(backend);
        try {
            for (int i = 0; i < variables.size(); i++) {
                result.add(variables.get(i), values.get(i));
            }
        } catch (RuntimeException | Error e) {
            result.close();
            throw e;
        }
        return result;
    }

    private void add(TensorVariable<T> variable, T value) {
        VariableInfo info = new VariableInfo(
                variable.path(), variable.name(), variable.overwriteWithGradient(), variable.constraint());
        TensorVariable<T> standIn = variable instanceof HostScalar<T> scalar
                ? new HostScalar<>(backend, info, scalar.dtype(), 0)
                : backend.state(variable, info, 0);
        standIns.put(variable, standIn);
        assigner.set(standIn, backend.read(value));
    }

    TensorVariable<T> of(TensorVariable<T> variable) {
        return standIns.get(variable);
    }

    HostScalar<T> of(HostScalar<T> number) {
        return (HostScalar<T>) standIns.get((TensorVariable<T>) number);
    }

    /** Their present values, as new tensors. */
    List<T> values(List<TensorVariable<T>> variables) {
        return variables.stream()
                .map(variable -> backend.tensor(assigner.read(of(variable))))
                .toList();
    }

    @Override
    public void close() {
        standIns.values().forEach(TensorVariable::close);
    }
}
