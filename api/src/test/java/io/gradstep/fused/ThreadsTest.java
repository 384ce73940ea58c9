package io.gradstep.fused;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.ops.DType;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.ops.Shape;
import io.gradstep.ops.Update;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Helpers may come or not: a step is done when it returns, and never waits for one that is busy elsewhere. */
@Timeout(120)
class ThreadsTest {
    private static final int STEPS = 10;

    private static List<Update<TestTensor>> eager;

    private static List<Update<TestTensor>> large() {
        return List.of(
                Steps.rmsprop(Where.IN_PLACE, DType.FLOAT32, Shape.of(200_001), "arrays"),
                Steps.rmsprop(Where.BUFFERS_WITH_TILED_STATE, DType.FLOAT64, Shape.of(100_001), "buffers"),
                Steps.rmsprop(Where.IN_PLACE, DType.FLOAT32, Shape.of(9), "short"));
    }

    @BeforeAll
    static void runEagerly() {
        eager = large();
        for (int step = 0; step < STEPS; step++) {
            TestTensors.runEagerly(eager);
        }
    }

    private static void assertStepsAreRight(HostExecutor<TestTensor> executor) {
        List<Update<TestTensor>> fused = large();
        for (int step = 0; step < STEPS; step++) {
            TestTensors.run(executor, fused);
        }
        Steps.assertSame("after all steps", fused, eager);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 64})
    void any_number_of_them(int threads) {
        assertStepsAreRight(TestTensors.executor(ExecutionMode.COMPILED, threads));
    }

    @Test
    void several_callers_have_one_executor() throws InterruptedException, ExecutionException {
        HostExecutor<TestTensor> executor = TestTensors.executor(ExecutionMode.COMPILED, 3);
        ExecutorService callers = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                done.add(callers.submit(() -> assertStepsAreRight(executor)));
            }
            for (Future<?> each : done) {
                each.get();
            }
        } finally {
            callers.shutdown();
        }
    }

    @Test
    void the_common_pool_may_be_busy() throws InterruptedException {
        int busy = 4 * Math.max(1, ForkJoinPool.getCommonPoolParallelism());
        CountDownLatch release = new CountDownLatch(1);
        List<Future<?>> blocked = new ArrayList<>();
        for (int i = 0; i < busy; i++) {
            blocked.add(ForkJoinPool.commonPool().submit(() -> {
                release.await();
                return null;
            }));
        }
        try {
            assertStepsAreRight(TestTensors.executor(ExecutionMode.COMPILED, 5));
        } finally {
            release.countDown();
        }
        assertThat(blocked).hasSize(busy);
    }

    @Test
    void a_caller_may_be_of_the_common_pool_itself() {
        IntStream.range(0, 6)
                .parallel()
                .forEach(i -> assertStepsAreRight(TestTensors.executor(ExecutionMode.COMPILED, 5)));
    }

    @Test
    void a_caller_may_be_of_another_pool() throws InterruptedException, ExecutionException {
        ForkJoinPool pool = new ForkJoinPool(2);
        try {
            pool.submit(() -> assertStepsAreRight(TestTensors.executor(ExecutionMode.COMPILED, 5)))
                    .get();
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void an_interrupted_caller_takes_its_step_and_stays_interrupted() {
        Thread.currentThread().interrupt();
        assertStepsAreRight(TestTensors.executor(ExecutionMode.COMPILED, 5));
        assertThat(Thread.interrupted()).isTrue();
    }
}
