package io.gradstep.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepCostsTest {
    private static final Duration MOMENT = Duration.ofMillis(1);

    private final List<StepCost> measured = new ArrayList<>();
    private final List<StepCosts.Failure> failed = new ArrayList<>();

    private static StepCosts costs(List<String> backends, boolean peers, List<Long> sizes, long largeSize) {
        return new StepCosts(backends, peers, sizes, largeSize, MOMENT, 2);
    }

    private static String what(StepCost cost) {
        return cost.parameters() + " " + cost.who() + " " + cost.settings() + " " + cost.bytesPerParameter();
    }

    @Test
    void plain_steps_are_measured_at_each_size_and_traffic_at_the_large_one() {
        StepCosts costs = costs(List.of("reference", "nd4j", "djl"), true, List.of(7L), 3000);

        costs.run(measured::add, failed::add, () -> false);

        assertThat(failed).isEmpty();
        assertThat(measured)
                .extracting(StepCostsTest::what)
                .containsExactly(
                        "7 reference plain 20",
                        "7 nd4j plain 20",
                        "7 djl plain 20",
                        "7 ND4J RmsProp plain 20",
                        "7 DJL Adam plain 28",
                        "3000 copy plain 8",
                        "3000 bandwidth plain 20",
                        "3000 reference plain 20",
                        "3000 nd4j plain 20",
                        "3000 djl plain 20",
                        "3000 bandwidth everything 60",
                        "3000 reference everything 60",
                        "3000 nd4j everything 60",
                        "3000 djl everything 60",
                        "3000 ND4J RmsProp plain 20",
                        "3000 DJL Adam plain 28");
        assertThat(costs.points()).isEqualTo(16);
        assertThat(measured).allSatisfy(cost -> {
            assertThat(cost.low()).isPositive().isLessThanOrEqualTo(cost.nanos());
            assertThat(cost.high()).isGreaterThanOrEqualTo(cost.nanos());
        });
    }

    @ParameterizedTest
    @CsvSource({"false, 30", "true, 46"})
    void a_full_run_goes_from_a_thousand_to_16_million(boolean peers, int points) {
        StepCosts costs = StepCosts.full(List.of("reference", "nd4j", "djl"), peers, 2);

        assertThat(costs.sizes())
                .containsExactly(1000L, 4096L, 16_384L, 65_536L, 262_144L, 1_048_576L, 4_194_304L, 16_777_216L);
        assertThat(costs.points()).isEqualTo(points);
    }

    @Test
    void peers_are_measured_only_beside_their_backend() {
        assertThat(costs(List.of("reference"), true, List.of(), 10).points()).isEqualTo(3 + 2);
        assertThat(costs(List.of("djl"), true, List.of(1L), 10).points()).isEqualTo(2 + 3 + 3);
    }

    @Test
    void ends_when_it_is_stopped() {
        StepCosts costs = costs(List.of("reference"), false, List.of(1L, 2L, 3L), 4);

        costs.run(measured::add, failed::add, () -> measured.size() == 2);

        assertThat(measured).extracting(StepCost::parameters).containsExactly(1L, 2L);
        assertThat(failed).isEmpty();
    }

    @Test
    void a_measurement_is_given_up_when_it_is_stopped() {
        int[] asked = {0};

        costs(List.of("reference"), false, List.of(), 1).run(measured::add, failed::add, () -> ++asked[0] > 2);

        assertThat(measured).isEmpty();
        assertThat(failed).isEmpty();
    }

    @Test
    void what_does_not_fit_into_the_heap_is_told_with_what_to_do() {
        costs(List.of("reference"), false, List.of(1L), 1L << 40).run(measured::add, failed::add, () -> false);

        assertThat(measured).extracting(StepCost::parameters).containsExactly(1L);
        assertThat(failed)
                .extracting(StepCosts.Failure::who)
                .containsExactly("copy", "bandwidth", "reference", "bandwidth", "reference");
        assertThat(failed.get(2).reason())
                .matches(
                        "needs 20971520 MB of heap, of which \\d+ are left. Give Java a larger heap: java -Xmx4g -jar ...");
    }

    @Test
    void an_error_of_memory_or_of_a_library_is_told_and_the_next_is_measured() {
        StepMeasuring measuring = new StepMeasuring(5, new Stopwatch(MOMENT, () -> false), measured::add, failed::add);

        measuring.measure(failing(new OutOfMemoryError("Java heap space")));
        measuring.measure(failing(new UnsupportedOperationException("Not implemented.")));
        measuring.measure(StepPoint.copy(1));

        assertThat(failed)
                .extracting(StepCosts.Failure::reason)
                .containsExactly(
                        "ran out of memory: Java heap space. Give Java a larger heap: java -Xmx4g -jar ...",
                        "throws java.lang.UnsupportedOperationException: Not implemented.");
        assertThat(measured).extracting(StepCost::who).containsExactly("copy");
    }

    private static StepPoint failing(Throwable e) {
        return new StepPoint("somebody", StepSettings.plain, 20, 0, (weights, gradients) -> () -> sneak(e));
    }

    private static void sneak(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) e;
    }

    @Test
    void threads_of_a_library_are_as_asked_for_and_afterwards_as_before() {
        Engine.getEngine("PyTorch");
        int before = JniUtils.getNumThreads();
        try {
            JniUtils.setNumThreads(1);
            List<Integer> meanwhile = new ArrayList<>();

            costs(List.of("djl"), false, List.of(), 1)
                    .run(cost -> meanwhile.add(JniUtils.getNumThreads()), failed::add, () -> false);

            assertThat(meanwhile).hasSize(5).containsOnly(2);
            assertThat(JniUtils.getNumThreads()).isEqualTo(1);
        } finally {
            JniUtils.setNumThreads(before);
        }
    }

    @Test
    void what_a_run_spoils_is_put_back_before_each() {
        List<String> calls = new ArrayList<>();
        PreparedWork work = new PreparedWork() {
            @Override
            public void prepare() {
                calls.add("prepare");
            }

            @Override
            public void run() {
                calls.add("run");
            }
        };

        assertThat(work.nanos(2)).isNotNegative();

        assertThat(calls).containsExactly("prepare", "run", "prepare", "run");
    }

    @Test
    void numbers_are_of_the_median() {
        StepCost cost = new StepCost("nd4j", StepSettings.plain, 1000, 500, 400, 600, 20);

        assertThat(cost.gigabytesPerSecond()).isEqualTo(40);
        assertThat(cost.nanosPerParameter()).isEqualTo(0.5);
    }

    @Test
    void nothing_of_no_size_is_measured() {
        assertThatThrownBy(() -> costs(List.of("reference"), false, List.of(0L), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Sizes, threads and time must be above 0. Received: [0, 1], 2, PT0.001S");
    }
}
