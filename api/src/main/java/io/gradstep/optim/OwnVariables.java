package io.gradstep.optim;

import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.VariableInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The variables that an optimizer owns, in the order in which they are stored: it makes, names and closes them. */
final class OwnVariables<T> {
    private final Backend<T> backend;
    private final String optimizer;
    private final List<TensorVariable<T>> list = new ArrayList<>();

    OwnVariables(Backend<T> backend, String optimizer) {
        this.backend = backend;
        this.optimizer = optimizer;
    }

    /** Other variables in the places of these. */
    OwnVariables<T> on(StandIns<T> standIns) {
        OwnVariables<T> other = new OwnVariables<>(backend, optimizer);
        list.forEach(variable -> other.list.add(standIns.of(variable)));
        return other;
    }

    /** A new list. */
    List<TensorVariable<T>> list() {
        return new ArrayList<>(list);
    }

    HostScalar<T> addNumber(String name, DType dtype, double initial) {
        HostScalar<T> number = new HostScalar<>(backend, info("", name), dtype, initial);
        list.add(number);
        return number;
    }

    TensorVariable<T> add(HostTensor initial, String name) {
        String given = nameOrAutomatic(name);
        TensorVariable<T> made = backend.variable(info("", given), initial.dtype(), initial.shape(), 0);
        backend.write(made, initial);
        list.add(made);
        return made;
    }

    TensorVariable<T> add(Shape shape, DType dtype, double initial, String name) {
        String given = nameOrAutomatic(name);
        TensorVariable<T> made = backend.variable(info("", given), dtype, shape, initial);
        list.add(made);
        return made;
    }

    private static String nameOrAutomatic(String name) {
        return name == null || name.isEmpty() ? Names.automatic("variable") : Names.withoutSlash(name);
    }

    TensorVariable<T> addLike(TensorVariable<T> reference, String kind, double initial) {
        return addAll(maker -> maker.like(reference, "", kind, initial)).get(0);
    }

    /** For each kind a list with one variable for each reference, null for those without state; made interleaved. */
    List<List<TensorVariable<T>>> addLike(
            List<TensorVariable<T>> references, List<String> kinds, List<Double> initials) {
        if (kinds.size() != initials.size()) {
            throw new IllegalArgumentException("The number of provided names must match the number of provided initial "
                    + "values. Received: names=" + kinds + ", initials=" + initials);
        }
        List<List<TensorVariable<T>>> lists = new ArrayList<>();
        kinds.forEach(kind -> lists.add(new ArrayList<>()));
        addAll(maker -> {
            for (TensorVariable<T> reference : references) {
                for (int i = 0; i < kinds.size(); i++) {
                    lists.get(i)
                            .add(
                                    reference.overwriteWithGradient()
                                            ? null
                                            : maker.like(reference, "", kinds.get(i), initials.get(i)));
                }
            }
        });
        return lists;
    }

    /** Adds what is made meanwhile; if that fails half-way, nothing is added and all of it closed. */
    List<TensorVariable<T>> addAll(Consumer<Maker> making) {
        Maker maker = new Maker();
        try {
            making.accept(maker);
        } catch (RuntimeException | Error e) {
            maker.made.forEach(TensorVariable::close);
            throw e;
        }
        list.addAll(maker.made);
        return List.copyOf(maker.made);
    }

    /** Makes state that is not yet among the variables. */
    final class Maker {
        private final List<TensorVariable<T>> made = new ArrayList<>();

        /** State like a variable of the model; the scope begins its path and is usually empty. */
        TensorVariable<T> like(TensorVariable<T> reference, String scope, String kind, double initial) {
            String given = kind == null || kind.isEmpty() ? "var" : Names.withoutSlash(kind);
            String name = Names.state(reference.path(), given);
            TensorVariable<T> state = backend.state(reference, info(scope, name), initial);
            made.add(state);
            return state;
        }
    }

    void remove(List<TensorVariable<T>> gone) {
        list.removeAll(gone);
        gone.forEach(TensorVariable::close);
    }

    void close() {
        list.forEach(TensorVariable::close);
    }

    private VariableInfo info(String scope, String name) {
        return new VariableInfo(scope + Names.path(optimizer, name), name);
    }
}
