package io.gradstep.constraint;

import io.gradstep.ops.Shape;
import java.util.Arrays;
import java.util.List;

/** The argument {@code axis} of Keras's norms. */
final class Axes {
    private Axes() {}

    /** The axes given, or axis 0 where none is. */
    static List<Integer> orDefault(int... axes) {
        return axes.length == 0 ? List.of(0) : Arrays.stream(axes).boxed().toList();
    }

    /** As Keras's configs have it. */
    static Object written(List<Integer> axes) {
        return axes.size() == 1 ? axes.get(0) : axes;
    }

    /** Which axes of a shape are meant. */
    static boolean[] of(List<Integer> axes, Shape shape) {
        int rank = shape.rank();
        boolean[] meant = new boolean[rank];
        if (rank == 0 && (axes.equals(List.of(0)) || axes.equals(List.of(-1)))) {
            // NumPy sums scalars along an axis 0 or -1 that they do not have.
            return meant;
        }
        for (int axis : axes) {
            if (axis < -rank || axis >= rank) {
                throw new IllegalArgumentException(
                        "There is no axis " + axis + " in the shape " + shape + ". Received the axes " + axes + ". "
                                + (rank == 0
                                        ? "A scalar takes 0, -1 or no axis"
                                        : "Use axes from " + -rank + " to " + (rank - 1)));
            }
            int index = axis < 0 ? axis + rank : axis;
            if (meant[index]) {
                throw new IllegalArgumentException("The axes " + axes + " name axis " + index + " of the shape " + shape
                        + " twice. Name each axis once");
            }
            meant[index] = true;
        }
        return meant;
    }
}
