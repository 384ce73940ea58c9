package io.gradstep.fused;

import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import java.util.Arrays;
import java.util.List;

/** The arrays of a program for one update: where they lie in the present step. */
final class Operands<T> {
    private static final int NONE = -1;

    private final Update<T> update;
    private final List<Place> places;
    /** Those that the loop uses, the result not among them. */
    private final int[] used;

    /** {@link #NONE} if the loop does not use it. */
    private final int gradient;
    /** By index: the variable of a place, or null. */
    private final List<TensorVariable<T>> variables;
    /** By index, of this step: arrays that can be worked on in place. */
    private final Object[] arrays;
    /** By index, of this step: what cannot. */
    private final HostMemory[] memory;

    private final int length;
    private boolean allInPlace;
    private boolean knowsLayout;
    /** As in {@link HostTensors#strides}; it never changes. */
    private int[] strides;
    /** Why the variables can never be reached; null if they can. */
    private String hindrance;

    Operands(Update<T> update, Program program) {
        this.update = update;
        this.places = program.places();
        this.used = program.loop().arrays().stream()
                .filter(index -> !(places.get(index) instanceof Place.OfResult))
                .mapToInt(Integer::intValue)
                .toArray();
        int gradientIndex = places.indexOf(new Place.OfGradient());
        this.gradient = Arrays.stream(used).anyMatch(index -> index == gradientIndex) ? gradientIndex : NONE;
        this.variables = places.stream().map(this::variable).toList();
        this.arrays = new Object[places.size()];
        this.length = (int) Math.min(update.variable().shape().elements(), Integer.MAX_VALUE);
        this.memory = new HostMemory[places.size()];
    }

    /** The update's variable itself where the place is none. */
    private TensorVariable<T> variable(Place place) {
        return place instanceof Place.OfSlot slot ? update.slot(slot.name()) : update.variable();
    }

    // ---- locating

    /**
     * Finds out where everything lies now.
     *
     * @return whether all can be reached: if not once, then never
     * @throws IllegalStateException if a variable is closed, or the gradient missing
     */
    boolean locate(HostTensors<T> tensors) {
        if (!knowsLayout) {
            findLayout(tensors);
            knowsLayout = true;
        }
        if (hindrance != null) {
            return false;
        }
        allInPlace = true;
        for (int index : used) {
            locate(index, tensors);
        }
        if (!allInPlace) {
            takeAllFromMemory();
        }
        return true;
    }

    private void findLayout(HostTensors<T> tensors) {
        hindrance = hindrance(update.variable(), tensors);
        if (hindrance == null) {
            strides = strides(update.variable(), tensors);
        }
        for (int i = 0; i < used.length && hindrance == null; i++) {
            TensorVariable<T> variable = variables.get(used[i]);
            hindrance = hindrance(variable, tensors);
            if (hindrance == null && !Arrays.equals(strides, strides(variable, tensors))) {
                hindrance = "the elements of its state " + variable.path() + " lie in another order";
            }
        }
    }

    static <T> String hindrance(TensorVariable<T> variable, HostTensors<T> tensors) {
        if (variable.shape().elements() > Integer.MAX_VALUE) {
            return "it has more than " + Integer.MAX_VALUE + " elements";
        }
        if (variable instanceof TiledState<T> tiled) {
            // Throws if it is closed.
            tiled.memory();
            return null;
        }
        return tensors.hindrance(variable.value());
    }

    private static <T> int[] strides(TensorVariable<T> variable, HostTensors<T> tensors) {
        return variable instanceof TiledState<T> tiled ? tiled.strides() : tensors.strides(variable.value());
    }

    private void locate(int index, HostTensors<T> tensors) {
        arrays[index] = null;
        memory[index] = null;
        if (index == gradient) {
            T tensor = update.requiredGradient();
            arrays[index] = strides == null ? tensors.array(tensor) : null;
            memory[index] = arrays[index] == null ? tensors.gradient(tensor, strides) : null;
        } else if (variables.get(index) instanceof TiledState<T> tiled) {
            memory[index] = tiled.memory();
        } else {
            T tensor = variables.get(index).value();
            arrays[index] = tensors.array(tensor);
            memory[index] = arrays[index] == null ? tensors.memory(tensor) : null;
        }
        allInPlace &= arrays[index] != null;
    }

    private void takeAllFromMemory() {
        for (int index : used) {
            if (arrays[index] != null) {
                memory[index] = HostMemory.ofArray(arrays[index]);
                arrays[index] = null;
            }
        }
    }

    /** Lets go of memory that is not ours: the next step asks again. */
    void release() {
        Arrays.fill(arrays, null);
        Arrays.fill(memory, null);
    }

    // ---- what was found

    /** How many elements each has. */
    int length() {
        return length;
    }

    /** The indices of the arrays that the loop uses, the result not among them. */
    int[] used() {
        return used;
    }

    /** Whether all are in {@link #arrays}, else all are in {@link #memory}. */
    boolean allInPlace() {
        return allInPlace;
    }

    /** By index. */
    Object[] arrays() {
        return arrays;
    }

    HostMemory memory(int index) {
        return memory[index];
    }

    /** As in {@link HostTensors#strides}. */
    int[] strides() {
        return strides;
    }

    // ---- memory that is shared

    void addWritten(int index, Overlaps written) {
        if (allInPlace) {
            written.addArray(arrays[index]);
        } else {
            written.addMemory(memory[index]);
        }
    }

    void announceWritten(int index, HostTensors<T> tensors) {
        if (!(variables.get(index) instanceof TiledState<T>)) {
            tensors.written(variables.get(index).value());
        }
    }

    /** Takes a copy of the gradient if its memory is written by the step. */
    void separateGradient(Overlaps written) {
        if (gradient == NONE) {
            return;
        }
        if (allInPlace && written.includeArray(arrays[gradient])) {
            arrays[gradient] = HostMemory.ofArray(arrays[gradient]).copy();
        } else if (!allInPlace && written.includeMemory(memory[gradient])) {
            memory[gradient] = HostMemory.ofArray(memory[gradient].copy());
        }
    }
}
