package io.gradstep.examples;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A folder with the four files of MNIST, or of a data set that was made like it: images and labels for training, images
 * and labels for testing.
 *
 * @param folder where they are
 */
record MnistFolder(Path folder) {
    private static final String TRAINING_IMAGES = "train-images-idx3-ubyte";
    private static final String TRAINING_LABELS = "train-labels-idx1-ubyte";
    private static final String TEST_IMAGES = "t10k-images-idx3-ubyte";
    private static final String TEST_LABELS = "t10k-labels-idx1-ubyte";
    private static final List<String> ALL = List.of(TRAINING_IMAGES, TRAINING_LABELS, TEST_IMAGES, TEST_LABELS);
    private static final int CLASSES = 10;

    /**
     * Reads the files.
     *
     * @param name what the user calls the data set
     * @throws UserError if one is missing or broken, or if they do not belong together
     */
    Dataset read(String name) {
        ensureComplete();
        Part training = part(TRAINING_IMAGES, TRAINING_LABELS);
        Part test = part(TEST_IMAGES, TEST_LABELS);
        if (!training.images.shape().equals(test.images.shape())) {
            throw new UserError("The images of " + training.images.path() + " are "
                    + training.images.shape() + ", those of " + test.images.path() + " "
                    + test.images.shape() + ". Take both from one data set");
        }
        return Dataset.ofImages(
                name,
                training.images.shape() + " pixels, in the format of MNIST, read from " + folder.toAbsolutePath(),
                IntStream.range(0, CLASSES).mapToObj(String::valueOf).toList(),
                training,
                test);
    }

    private void ensureComplete() {
        if (!Files.isDirectory(folder)) {
            throw new UserError("--data-dir must be a folder with the files " + String.join(", ", ALL)
                    + " (each may be compressed: .gz). Received: " + folder.toAbsolutePath() + ", "
                    + (Files.exists(folder) ? "a file" : "which does not exist"));
        }
        List<String> missing =
                ALL.stream().filter(file -> found(file).isEmpty()).toList();
        if (!missing.isEmpty()) {
            throw new UserError("--data-dir must be a folder with the files " + String.join(", ", ALL)
                    + " (each may be compressed: .gz). Received: " + folder.toAbsolutePath() + ", where "
                    + String.join(", ", missing) + (missing.size() == 1 ? " is" : " are")
                    + " missing. Put them there, or name another folder");
        }
    }

    /** Some unpackers write a dot for the second hyphen from the end: {@code train-images.idx3-ubyte}. */
    private Optional<Path> found(String file) {
        String dotted = file.replace("-idx", ".idx");
        return Stream.of(file, file + ".gz", dotted, dotted + ".gz")
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst();
    }

    private Part part(String images, String labels) {
        return new Part(
                IdxFile.read(found(images).orElseThrow(), IdxFile.IMAGES),
                IdxFile.read(found(labels).orElseThrow(), IdxFile.LABELS));
    }

    /** Examples that are made when they are asked for: as floats, all would take four times the memory. */
    private static final class Part extends AbstractList<Dataset.Example> {
        private final IdxFile images;
        private final IdxFile labels;

        Part(IdxFile images, IdxFile labels) {
            this.images = images;
            this.labels = labels;
            if (images.count() != labels.count()) {
                throw new UserError(images.path() + " has " + images.count() + " images, but " + labels.path() + " has "
                        + labels.count() + " labels. Take both from one data set");
            }
            if (labels.largestLabel() >= CLASSES) {
                throw new UserError(labels.path() + " must have labels from 0 to " + (CLASSES - 1) + ". Received: "
                        + labels.largestLabel() + ". Take a data set with " + CLASSES + " classes");
            }
        }

        @Override
        public Dataset.Example get(int index) {
            return new Dataset.Example(images.image(index), labels.label(index));
        }

        @Override
        public int size() {
            return images.count();
        }
    }
}
