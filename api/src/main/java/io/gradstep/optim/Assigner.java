package io.gradstep.optim;

import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import java.util.List;

/** Gives variables new values, wherever they lie; a value of another dtype is cast, one of another shape refused. */
final class Assigner<T> {
    private final Backend<T> backend;
    private final Checks<T> checks;

    Assigner(Backend<T> backend) {
        this.backend = backend;
        this.checks = new Checks<>(backend);
    }

    void assign(Assignment assignment, TensorVariable<T> variable, T value) {
        checks.variable(variable);
        checks.value(value, variable);
        boolean ruleCanRun = variable.dtype().isFloating() && !(variable instanceof HostScalar<T>);
        if (ruleCanRun && backend.dtype(value) == variable.dtype()) {
            backend.run(List.of(update(assignment, variable, value)));
        } else {
            assignOnHost(assignment, variable, backend.read(value));
        }
    }

    /** An assignment as an update, to be run together with others. */
    static <T> Update<T> update(Assignment assignment, TensorVariable<T> variable, T value) {
        Update<T> update = new Update<>(assignment, variable, List.of(), name -> {
            throw new IllegalArgumentException(name);
        });
        update.setGradient(value);
        return update;
    }

    private void assignOnHost(Assignment assignment, TensorVariable<T> variable, HostTensor value) {
        HostTensor cast = value.cast(variable.dtype());
        HostTensor result = read(variable);
        for (int i = 0; i < result.length(); i++) {
            result.set(i, assignment.applyTo(result.get(i), cast.get(i)));
        }
        set(variable, result);
    }

    /** A copy of what the variable holds. */
    HostTensor read(TensorVariable<T> variable) {
        return variable instanceof HostScalar<T> scalar
                ? HostTensor.filled(scalar.dtype(), scalar.shape(), scalar.number())
                : backend.read(variable);
    }

    /** Writes values of the variable's shape, cast to its dtype. */
    void set(TensorVariable<T> variable, HostTensor values) {
        HostTensor cast = values.cast(variable.dtype());
        if (variable instanceof HostScalar<T> scalar) {
            scalar.set(cast.get(0));
        } else {
            backend.write(variable, cast);
        }
    }

    /** Writes values into variables by position, all of them or, if one has another shape, none. */
    void setAll(List<TensorVariable<T>> variables, List<HostTensor> values) {
        for (int i = 0; i < values.size(); i++) {
            if (!values.get(i).shape().equals(variables.get(i).shape())) {
                throw new IllegalArgumentException(
                        "The optimizer's variable " + variables.get(i).path()
                                + " has the shape " + variables.get(i).shape() + ". Received values of shape "
                                + values.get(i).shape() + " for it, at position " + i + ". Nothing was changed");
            }
        }
        for (int i = 0; i < values.size(); i++) {
            set(variables.get(i), values.get(i));
        }
    }
}
