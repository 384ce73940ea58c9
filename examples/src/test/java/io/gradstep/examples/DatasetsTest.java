package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetsTest {
    private static final String ROWS = "1,2,a\n3,4,b\n".repeat(5);

    @TempDir
    private Path folder;

    @Test
    void digits_are_in_the_jar() {
        Dataset digits = Datasets.read("digits");

        assertThat(digits.rows()).isEqualTo(1797);
        assertThat(digits.columns()).isEqualTo(64);
        assertThat(digits.classes()).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    }

    @Test
    void breast_cancer_is_in_the_jar() {
        Dataset tumours = Datasets.read("breast-cancer");

        assertThat(tumours.rows()).isEqualTo(569);
        assertThat(tumours.columns()).isEqualTo(30);
        assertThat(tumours.classes()).containsExactly("malignant", "benign");
        assertThat(tumours.row(0).label()).isZero();
    }

    @Test
    void a_copy_of_a_bundled_file_is_read_as_the_original() throws IOException {
        Path copy = folder.resolve("copy.csv");
        try (InputStream original = BundledDataset.class.getResourceAsStream("breast_cancer.csv")) {
            Files.copy(original, copy);
        }

        assertThat(Datasets.read(copy.toString()).classes()).containsExactly("malignant", "benign");
    }

    @Test
    void a_gzip_file_is_known_by_its_first_bytes() throws IOException {
        assertThat(Datasets.read(file("data.csv.gz", gzip(ROWS))).rows()).isEqualTo(10);
        assertThat(Datasets.read(file("data.csv", gzip(ROWS))).rows()).isEqualTo(10);
    }

    @Test
    void a_byte_order_mark_is_no_part_of_the_first_field() throws IOException {
        assertThat(Datasets.read(file("data.csv", ("\uFEFF" + ROWS).getBytes(StandardCharsets.UTF_8)))
                        .rows())
                .isEqualTo(10);
    }

    @Test
    void says_that_a_file_is_no_text_in_utf_8() throws IOException {
        String latin1 = file("data.csv", (ROWS + "1,2,ä\n").getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> Datasets.read(latin1))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("is not text in UTF-8");
    }

    @Test
    void says_that_a_gzip_file_is_damaged() throws IOException {
        byte[] whole = gzip(ROWS);
        String half = file("data.csv.gz", Arrays.copyOf(whole, whole.length / 2));

        assertThatThrownBy(() -> Datasets.read(half))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("is damaged");
    }

    @Test
    void says_that_there_is_no_such_file() {
        assertThatThrownBy(() -> Datasets.read("iris"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("no data set and no file \"iris\". Choose among digits, breast-cancer, mnist, or")
                .hasMessageContaining(Path.of("iris").toAbsolutePath().toString());
    }

    @Test
    void says_that_it_is_a_directory() {
        assertThatThrownBy(() -> Datasets.read(folder.toString()))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("is a directory");
    }

    private String file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content).toString();
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream stream = new GZIPOutputStream(bytes)) {
            stream.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }
}
