package io.gradstep.examples.bench;

import io.gradstep.ops.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The models that are stepped: tensors of some shapes. */
public enum ModelSize {
    /** 1,000 parameters in 4 tensors, all in the first-level cache. */
    THOUSAND("1000"),
    /** 1,048,576 parameters in one tensor, in a third-level cache. */
    MILLION("1M"),
    /** 16,777,216 parameters in one tensor, in no cache. */
    SIXTEEN_MILLION("16M"),
    /** ResNet-50: 25,557,032 parameters in 161 tensors. */
    RESNET50("resnet50");

    private final String label;

    ModelSize(String label) {
        this.label = label;
    }

    /**
     * The model of a name.
     *
     * @param label what the user calls it
     * @return the model
     * @throws IllegalArgumentException if there is none of this name
     */
    public static ModelSize of(String label) {
        return Arrays.stream(values())
                .filter(size -> size.label.equals(label))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("There is no size \"" + label + "\". Choose among " + labels()));
    }

    /**
     * All names.
     *
     * @return them, separated by commas
     */
    public static String labels() {
        return Arrays.stream(values()).map(ModelSize::label).collect(Collectors.joining(", "));
    }

    /**
     * What the user calls it.
     *
     * @return the name
     */
    public String label() {
        return label;
    }

    List<Shape> shapes() {
        return switch (this) {
            case THOUSAND -> List.of(Shape.of(20, 30), Shape.of(30), Shape.of(30, 12), Shape.of(10));
            case MILLION -> List.of(Shape.of(1 << 20));
            case SIXTEEN_MILLION -> List.of(Shape.of(1 << 24));
            case RESNET50 -> ResNet50.shapes();
        };
    }

    /**
     * How many tensors there are.
     *
     * @return 1 or more
     */
    public int tensors() {
        return shapes().size();
    }

    /**
     * How many numbers its tensors hold.
     *
     * @return all of them together
     */
    public long parameters() {
        return shapes().stream().mapToLong(Shape::elements).sum();
    }
}
