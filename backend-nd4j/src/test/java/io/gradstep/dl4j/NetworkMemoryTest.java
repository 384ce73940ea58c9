package io.gradstep.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.optim.RMSprop;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Steps of networks leave no native memory behind: neither what ND4J counts, nor what the system does. */
class NetworkMemoryTest {
    private static final int STEPS = 20_000;

    /**
     * What the process may grow by. The heap of Java grows up to what it is allowed, and its compiler works meanwhile; 100
     * bytes lost in each step would not show, but those of one array in each, with ND4J's headers, would: 20 MB and more.
     */
    private static final long ALLOWED_GROWTH = 300L << 20;

    private static final RMSprop EVERYTHING = RMSprop.builder()
            .momentum(0.9)
            .centered(true)
            .globalClipnorm(1.0)
            .weightDecay(0.004)
            .useEma(true)
            .gradientAccumulationSteps(2)
            .build();

    @ParameterizedTest(name = "attached: {0}")
    @ValueSource(booleans = {false, true})
    void twenty_thousand_steps_take_no_memory(boolean isAttached) throws InterruptedException {
        MultiLayerNetwork net = TestNetworks.dense(new GradstepUpdater(isAttached ? EVERYTHING : new RMSprop(0.001)));
        if (isAttached) {
            GradstepUpdater.attach(net);
        }
        DataSet batch = TestNetworks.denseBatch(0);
        for (int step = 0; step < STEPS / 10; step++) {
            net.fit(batch);
        }
        long counted = liveBytesWithoutGarbage();
        long resident = Pointer.physicalBytes();
        for (int step = 0; step < STEPS; step++) {
            net.fit(batch);
        }
        assertThat(liveBytesWithoutGarbage()).as("bytes that ND4J counts").isLessThanOrEqualTo(counted);
        assertThat(Pointer.physicalBytes() - resident)
                .as("bytes that the process has grown by")
                .isLessThanOrEqualTo(ALLOWED_GROWTH);
    }

    private static long liveBytesWithoutGarbage() throws InterruptedException {
        long bytes = Nd4j.getEnvironment().getDeviceCouner(0);
        for (int unchanged = 0, rounds = 0; unchanged < 3 && rounds < 100; rounds++) {
            System.gc();
            Thread.sleep(20);
            long now = Nd4j.getEnvironment().getDeviceCouner(0);
            unchanged = now == bytes ? unchanged + 1 : 0;
            bytes = now;
        }
        return bytes;
    }
}
