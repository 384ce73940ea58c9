package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitTest {
    /** Fifty rows: the number of the row, one and the same number, and a class. */
    private static final Dataset DATA = new Dataset(
            "rows",
            "a test",
            List.of("even", "odd"),
            IntStream.range(0, 50)
                    .mapToObj(i -> new Dataset.Example(new float[] {i, 7}, i % 2))
                    .toList());

    @Test
    void four_fifths_are_for_training() {
        Split split = Split.of(DATA, 1);

        assertThat(split.training().rows()).isEqualTo(40);
        assertThat(split.test().rows()).isEqualTo(10);
    }

    @Test
    void the_seed_alone_decides() {
        assertThat(Split.of(DATA, 1).test().features())
                .isEqualTo(Split.of(DATA, 1).test().features())
                .isNotEqualTo(Split.of(DATA, 2).test().features());
    }

    @Test
    void columns_are_scaled_by_the_training_part() {
        Batch training = Split.of(DATA, 1).training();
        double[] column = IntStream.range(0, training.rows())
                .mapToDouble(row -> training.features()[2 * row])
                .toArray();

        double mean =
                IntStream.range(0, 40).mapToDouble(i -> column[i]).average().orElseThrow();
        double variance = IntStream.range(0, 40)
                .mapToDouble(i -> column[i] * column[i])
                .average()
                .orElseThrow();
        assertThat(mean).isCloseTo(0, within(1e-6));
        assertThat(variance).isCloseTo(1, within(1e-6));
    }

    @Test
    void a_constant_column_becomes_zero() {
        Split split = Split.of(DATA, 1);

        assertThat(constantColumn(split.training())).containsOnly(0);
        assertThat(constantColumn(split.test())).containsOnly(0);
    }

    private static float[] constantColumn(Batch batch) {
        float[] column = new float[batch.rows()];
        for (int row = 0; row < column.length; row++) {
            column[row] = batch.features()[2 * row + 1];
        }
        return column;
    }

    @Test
    void each_row_is_in_one_batch_of_an_epoch() {
        Batch training = Split.of(DATA, 1).training();
        Batches batches = new Batches(training, 16, 1);

        List<Batch> epoch = batches.epoch(1);

        assertThat(epoch).extracting(Batch::rows).containsExactly(16, 16, 8);
        assertThat(epoch).hasSize(batches.perEpoch());
        assertThat(firstColumn(epoch)).containsExactlyInAnyOrderElementsOf(firstColumn(List.of(training)));
        assertThat(firstColumn(batches.epoch(1))).isEqualTo(firstColumn(epoch));
        assertThat(firstColumn(batches.epoch(2))).isNotEqualTo(firstColumn(epoch));
    }

    private static List<Float> firstColumn(List<Batch> batches) {
        return batches.stream()
                .flatMap(batch -> IntStream.range(0, batch.rows()).mapToObj(row -> batch.features()[2 * row]))
                .toList();
    }
}
