package io.gradstep.examples;

import java.util.List;

/** A table of numbers with a class for each row, as it was read. */
final class Dataset {
    private final String name;
    private final String source;
    private final List<String> classes;
    private final List<Example> training;
    private final List<Example> test;

    /**
     * A data set without a test part of its own, whose columns measure different things.
     *
     * @param name what the user calls it
     * @param source what it is and where it comes from: a part of a sentence
     * @param classes the names of the classes, in the order of their numbers
     * @param examples the rows, all of one width
     */
    Dataset(String name, String source, List<String> classes, List<Example> examples) {
        this(name, source, classes, List.copyOf(examples), List.of());
    }

    private Dataset(String name, String source, List<String> classes, List<Example> training, List<Example> test) {
        this.name = name;
        this.source = source;
        this.classes = List.copyOf(classes);
        this.training = training;
        this.test = test;
    }

    /**
     * Images that come in two parts.
     *
     * @param name as above
     * @param source as above
     * @param classes as above
     * @param training the rows to learn from, pixel after pixel; the list itself is kept, so that it may make its
     *     examples when they are asked for
     * @param test the rows to test with, at least one; kept as well
     */
    static Dataset ofImages(
            String name, String source, List<String> classes, List<Example> training, List<Example> test) {
        return new Dataset(name, source, classes, training, test);
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
        return training.get(0).features.length;
    }

    /** All rows, of whatever part. */
    int rows() {
        return training.size() + test.size();
    }

    /** A row; those of the test part, if any, come after the others. */
    Example row(int index) {
        return index < training.size() ? training.get(index) : test.get(index - training.size());
    }

    /** Whether it comes in two parts, and is images. */
    boolean hasTestPart() {
        return !test.isEmpty();
    }

    /** The rows to learn from; all of them where there is no test part. */
    List<Example> training() {
        return training;
    }

    /** The rows to test with; none where there is no test part. */
    List<Example> test() {
        return test;
    }
}
