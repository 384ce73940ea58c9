package io.gradstep.fused;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The part of a program that is run for each element: all instructions, then all stores. It knows arrays and numbers by
 * their index only, so that rules which differ in their constants have equal loops, and one kernel.
 *
 * @param body the instructions
 * @param stores what is written, each array once
 */
public record Loop(List<Instruction> body, List<Store> stores) {
    /**
     * Checks that each instruction uses results of earlier ones, and that no array is stored twice.
     *
     * @param body not null
     * @param stores not null
     * @throws IllegalArgumentException if it is no loop
     */
    public Loop {
        body = List.copyOf(body);
        stores = List.copyOf(stores);
        for (int i = 0; i < body.size(); i++) {
            for (Node operand : body.get(i).operands()) {
                checkIsComputed(operand, i);
            }
        }
        Set<Integer> stored = new HashSet<>();
        for (Store store : stores) {
            checkIsComputed(store.value(), body.size());
            if (!stored.add(store.array())) {
                throw new IllegalArgumentException("The array " + store.array() + " is stored twice");
            }
        }
    }

    private static void checkIsComputed(Node value, int before) {
        if (value instanceof Node.Element element && element.index() >= before) {
            throw new IllegalArgumentException(
                    "The value " + value + " is used before it is computed, by the instruction " + before);
        }
    }

    /** The arrays that are read, in the order of their index. */
    Set<Integer> loads() {
        Set<Integer> arrays = new TreeSet<>();
        for (Instruction instruction : body) {
            if (instruction instanceof Instruction.Load load) {
                arrays.add(load.array());
            }
        }
        return arrays;
    }

    /** The arrays that are written, in the order of their index. */
    Set<Integer> storedArrays() {
        Set<Integer> arrays = new TreeSet<>();
        stores.forEach(store -> arrays.add(store.array()));
        return arrays;
    }

    /** The arrays that are read or written, in the order of their index. */
    Set<Integer> arrays() {
        Set<Integer> arrays = loads();
        arrays.addAll(storedArrays());
        return arrays;
    }

    /** The numbers that are used, in the order of their index. */
    Set<Integer> scalars() {
        Set<Integer> scalars = new TreeSet<>();
        body.forEach(instruction -> instruction.operands().forEach(operand -> addScalar(operand, scalars)));
        stores.forEach(store -> addScalar(store.value(), scalars));
        return scalars;
    }

    private static void addScalar(Node value, Set<Integer> scalars) {
        if (value instanceof Node.Scalar scalar) {
            scalars.add(scalar.index());
        }
    }
}
