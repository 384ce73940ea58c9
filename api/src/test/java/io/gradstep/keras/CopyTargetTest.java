package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which kind of file a copy is, under which name. */
class CopyTargetTest {
    private static final String KERNEL = "layers/dense/vars/0";

    @TempDir
    private Path folder;

    private Path model;

    @BeforeEach
    void copyModel() throws IOException {
        model = GoldenFiles.in(folder, "dense-plain.keras");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (KerasFile file = KerasFile.open(from)) {
            file.copy().array(KERNEL, ones(1)).writeTo(to);
        }
    }

    private static HostTensor ones(double value) {
        return HostTensor.filled(DType.FLOAT32, Shape.of(4, 8), value);
    }

    private static void assertKept(Path file, boolean isArchive) throws IOException {
        try (KerasFile opened = KerasFile.open(file)) {
            assertThat(opened.isArchive()).isEqualTo(isArchive);
            assertThat(opened.optimizer().isPresent()).isEqualTo(isArchive);
            assertThat(opened.array(KERNEL).get(0)).isEqualTo(1);
        }
    }

    @Test
    void the_ending_decides_whether_a_copy_has_the_weights_alone() throws IOException {
        copy(model, folder.resolve("only.weights.h5"));
        assertKept(folder.resolve("only.weights.h5"), false);
        copy(model, folder.resolve("other"));
        assertKept(folder.resolve("other"), true);
    }

    @Test
    void an_archive_that_is_called_h5_keeps_its_configuration_when_it_is_replaced() throws IOException {
        Path renamed = Files.move(model, folder.resolve("renamed.h5"));
        copy(renamed, renamed);
        assertKept(renamed, true);
    }

    @Test
    void of_a_link_the_ending_of_the_file_counts() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("best.h5"), model.getFileName());
        copy(link, link);
        assertThat(link).isSymbolicLink();
        assertKept(model, true);

        Path weights = GoldenFiles.in(folder, "dense-plain.weights.h5");
        Path archive = Files.createSymbolicLink(folder.resolve("link.h5"), folder.resolve("new.keras"));
        assertThatThrownBy(() -> copy(weights, archive)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new WeightsFile().writeTo(archive)).isInstanceOf(IllegalArgumentException.class);
        assertThat(folder.resolve("new.keras")).doesNotExist();
    }

    @Test
    void one_copy_is_written_again_and_again() throws IOException {
        try (KerasFile file = KerasFile.open(model)) {
            KerasFileCopy copy = file.copy().array(KERNEL, ones(1));
            copy.writeTo(model);
            copy.array("layers/dense/vars/1", HostTensor.filled(DType.FLOAT32, Shape.of(8), 2))
                    .writeTo(model);
        }
        assertKept(model, true);
        try (KerasFile file = KerasFile.open(model)) {
            assertThat(file.array("layers/dense/vars/1").get(7)).isEqualTo(2);
        }
    }

    @Test
    void what_is_no_regular_file_is_not_opened() {
        assertThatThrownBy(() -> KerasFile.open(folder))
                .isInstanceOf(KerasFileException.class)
                .hasMessageContaining("is a directory or a device");
    }
}
