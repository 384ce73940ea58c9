package io.gradstep.optim;

import io.gradstep.ops.Backend;
import io.gradstep.ops.Constraint;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;

/** Says no to arguments before anything has changed. */
final class Checks<T> {
    private final Backend<T> backend;

    Checks(Backend<T> backend) {
        this.backend = backend;
    }

    /** Each is alive, of this backend, and there once; no two share a tensor, else the order would decide. */
    void variables(List<TensorVariable<T>> variables) {
        Objects.requireNonNull(variables, "The list of variables is null");
        IdentityHashMap<T, TensorVariable<T>> owners = new IdentityHashMap<>();
        for (TensorVariable<T> variable : variables) {
            variable(variable);
            TensorVariable<T> other = owners.put(variable.value(), variable);
            if (other == variable) {
                throw new IllegalArgumentException("The variable " + variable.path()
                        + " stands twice among the variables. Name each variable once");
            }
            if (other != null) {
                throw new IllegalArgumentException("The variables " + other.path() + " and " + variable.path()
                        + " wrap one tensor. Wrap each tensor once");
            }
        }
    }

    /** All that can have changed since {@link #variables} said yes to them. */
    void stillAlive(List<TensorVariable<T>> variables) {
        for (TensorVariable<T> variable : variables) {
            variable(variable);
        }
    }

    /** Alive and of this backend. */
    void variable(TensorVariable<T> variable) {
        if (variable == null) {
            throw new IllegalArgumentException("A variable is null. Pass the variables that wrap(…) returned");
        }
        tensor("variable", variable, variable.value());
    }

    /** Rules can be run on them, and their constraints imposed. */
    void trainable(List<TensorVariable<T>> variables) {
        variables(variables);
        variables.forEach(this::trainable);
    }

    private void trainable(TensorVariable<T> variable) {
        if (variable instanceof HostScalar<T>) {
            throw new IllegalArgumentException("The variable " + variable.path()
                    + " is an optimizer's own number and takes no gradient. Use assign to change it");
        }
        if (!variable.dtype().isFloating()) {
            throw new IllegalArgumentException("The variable " + variable.path() + " is " + variable.dtype()
                    + ". Rules run in FLOAT32 and FLOAT64: cast it, or leave it out");
        }
        variable.constraint().ifPresent(constraint -> constraintFits(constraint, variable));
    }

    private void constraintFits(Constraint constraint, TensorVariable<T> variable) {
        try {
            constraint.checkFits(variable.shape());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "The constraint of the variable " + variable.path() + " does not fit. " + e.getMessage(), e);
        }
    }

    /** As many gradients as variables, each fits its variable or is null, and not all are null. */
    void gradients(List<T> gradients, List<TensorVariable<T>> variables) {
        if (gradients.size() != variables.size()) {
            throw new IllegalArgumentException("There must be one gradient for each variable, null where there is "
                    + "none. Received: " + gradients.size() + " gradients, " + variables.size() + " variables");
        }
        boolean anyGradient = false;
        for (int i = 0; i < gradients.size(); i++) {
            if (gradients.get(i) != null) {
                gradient(gradients.get(i), variables.get(i));
                anyGradient = true;
            }
        }
        if (!anyGradient) {
            throw new IllegalArgumentException("No gradients provided for any variable. Received null for all of "
                    + variables.stream().map(TensorVariable::path).toList());
        }
    }

    private void gradient(T gradient, TensorVariable<T> variable) {
        DType dtype = tensor("gradient of", variable, gradient);
        Shape shape = backend.shape(gradient);
        if (dtype != variable.dtype() || !shape.equals(variable.shape())) {
            throw new IllegalArgumentException(
                    "The gradient of " + variable.path() + " must be " + variable.dtype() + " of shape "
                            + variable.shape() + ", as the variable is. Received: " + dtype + " of shape " + shape);
        }
    }

    /** The value has the shape of the variable; its dtype may differ. */
    void value(T value, TensorVariable<T> variable) {
        tensor("value for", variable, value);
        Shape shape = backend.shape(value);
        if (!shape.equals(variable.shape())) {
            throw new IllegalArgumentException("The variable " + variable.path() + " has the shape " + variable.shape()
                    + ". Received a value of shape " + shape + ". Pass one of the variable's shape");
        }
    }

    /** One value for each variable, of its shape; dtypes may differ. */
    void values(String argument, List<T> values, List<TensorVariable<T>> variables) {
        Objects.requireNonNull(values, argument);
        if (values.size() != variables.size()) {
            throw new IllegalArgumentException("Argument `" + argument + "` must have one tensor for each of "
                    + variables.stream().map(TensorVariable::path).toList() + ". Received " + values.size()
                    + " tensors, expected " + variables.size());
        }
        for (int i = 0; i < values.size(); i++) {
            value(values.get(i), variables.get(i));
        }
    }

    /** The values of as many tensors as there are variables; surplus ones are left out, as in Keras. */
    List<HostTensor> weights(List<T> weights, List<TensorVariable<T>> variables) {
        Objects.requireNonNull(weights, "The list of weights is null");
        int count = Math.min(weights.size(), variables.size());
        for (int i = 0; i < count; i++) {
            tensor("weight for", variables.get(i), weights.get(i));
        }
        return weights.subList(0, count).stream().map(backend::read).toList();
    }

    /** A moving average has the shape and dtype of the variable that is to take it. */
    void average(TensorVariable<T> average, TensorVariable<T> variable) {
        if (average.dtype() != variable.dtype() || !average.shape().equals(variable.shape())) {
            throw new IllegalArgumentException("The average " + average.path() + " is " + average.dtype()
                    + " of shape " + average.shape() + ". Received the variable " + variable.path() + ", "
                    + variable.dtype() + " of shape " + variable.shape()
                    + ", for it. Pass the variables in the order of build");
        }
    }

    private DType tensor(String what, TensorVariable<T> variable, Object tensor) {
        if (!backend.tensorType().isInstance(tensor)) {
            throw new IllegalArgumentException(
                    "The " + what + " " + variable.path() + " is not a tensor of the backend " + backend.id()
                            + ", which works on " + backend.tensorType().getName() + ". Received: "
                            + (tensor == null ? "null" : tensor.getClass().getName()));
        }
        try {
            return backend.dtype(backend.tensorType().cast(tensor));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "The " + what + " " + variable.path() + " cannot be used. " + e.getMessage(), e);
        }
    }
}
