package io.gradstep.examples;

import java.util.List;

/** A table of numbers with a class for each row, as it was read. */
final class Dataset {
    private final String name;
    private final String source;
    private final List<String> classes;
    private final List<Example> examples;

    /**
     * A data set.
     *
     * @param name what the user calls it
     * @param source what it is and where it comes from: a part of a sentence
     * @param classes the names of the classes, in the order of their numbers
     * @param examples the rows, all of one width
     */
    Dataset(String name, String source, List<String> classes, List<Example> examples) {
        this.name = name;
        this.source = source;
        this.classes = List.copyOf(classes);
        this.examples = List.copyOf(examples);
    }

    /** One row: its numbers, and the number of its class. */
    static final class Example {
        private final float[] features;
        private final int label;

        Example(float[] features, int label) {
            this.features = features.clone();
            this.label = label;
        }

        float feature(int column) {
            return features[column];
        }

        int label() {
            return label;
        }
    }

    String name() {
        return name;
    }

    String source() {
        return source;
    }

    List<String> classes() {
        return classes;
    }

    int columns() {
        return examples.get(0).features.length;
    }

    int rows() {
        return examples.size();
    }

    Example row(int index) {
        return examples.get(index);
    }
}
