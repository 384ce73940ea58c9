package io.gradstep.examples.bench;

import java.util.Arrays;

/** Networks of DL4J and models of DJL: two dense layers, four arrays. */
public enum NetworkSize {
    /** 1,002 parameters. */
    THOUSAND("1000", 20, 30, 12),
    /** 1,011,010 parameters. */
    MILLION("1M", 1000, 1000, 10),
    /** 25,055,010 parameters. */
    TWENTY_FIVE_MILLION("25M", 5000, 5000, 10);

    private final String label;
    private final int inputs;
    private final int units;
    private final int classes;

    NetworkSize(String label, int inputs, int units, int classes) {
        this.label = label;
        this.inputs = inputs;
        this.units = units;
        this.classes = classes;
    }

    static NetworkSize of(String label) {
        return Arrays.stream(values())
                .filter(size -> size.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no network of the size \"" + label
                        + "\". Choose among "
                        + Arrays.stream(values()).map(NetworkSize::label).toList()));
    }

    /**
     * What the user calls it.
     *
     * @return the name
     */
    public String label() {
        return label;
    }

    int inputs() {
        return inputs;
    }

    int units() {
        return units;
    }

    int classes() {
        return classes;
    }
}
