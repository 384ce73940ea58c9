package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StepDifferencesTest {
    @Test
    void a_short_training_is_remembered_step_by_step() {
        StepDifferences differences = new StepDifferences();
        LongStream.rangeClosed(1, 1024).forEach(step -> differences.add(step, step % 7));

        assertThat(differences.points())
                .isEqualTo(LongStream.rangeClosed(1, 1024)
                        .mapToObj(step -> new StepDifferences.Point(step, step % 7))
                        .toList());
        assertThat(differences.largest()).isEqualTo(6);
        assertThat(differences.last()).isEqualTo(1024 % 7);
    }

    /** 1,025 to 2,048 steps lie two to a point, 2,049 to 4,096 four, and so on. */
    @Test
    void of_a_long_one_each_point_is_the_largest_since_the_one_before() {
        for (int count : new int[] {1025, 1026, 2048, 2049, 4095, 4096, 10_000, 37_501}) {
            StepDifferences differences = new StepDifferences();
            LongStream.rangeClosed(1, count).forEach(step -> differences.add(step, hash(step)));

            List<StepDifferences.Point> points = differences.points();
            assertThat(points).hasSizeBetween(513, 1024);
            long from = 1;
            for (StepDifferences.Point point : points) {
                assertThat(point.ulp())
                        .as("steps %d to %d of %d", from, point.step(), count)
                        .isEqualTo(LongStream.rangeClosed(from, point.step())
                                .map(StepDifferencesTest::hash)
                                .max()
                                .orElseThrow());
                from = point.step() + 1;
            }
            assertThat(from).isEqualTo(count + 1);
            long first = points.get(0).step();
            assertThat(points.subList(0, points.size() - 1))
                    .extracting(StepDifferences.Point::step)
                    .isEqualTo(LongStream.rangeClosed(1, points.size() - 1)
                            .mapToObj(i -> i * first)
                            .toList());
        }
    }

    private static long hash(long step) {
        return step * 2_654_435_761L % 1009;
    }

    /** After the last step weights may be set to their averages. */
    @Test
    void a_second_look_after_the_same_step_is_no_point_of_its_own() {
        StepDifferences differences = new StepDifferences();
        differences.add(1, 5);
        differences.add(2, 9);
        differences.add(2, 3);

        assertThat(differences.points())
                .containsExactly(new StepDifferences.Point(1, 5), new StepDifferences.Point(2, 9));
        assertThat(differences.last()).isEqualTo(3);
        assertThat(differences.largest()).isEqualTo(9);
    }

    @Test
    void of_no_steps_there_is_no_difference() {
        StepDifferences differences = new StepDifferences();

        assertThat(differences.points()).isEmpty();
        assertThat(differences.largest()).isZero();
        assertThat(differences.last()).isZero();
    }
}
