package io.gradstep.dl4j;

import io.gradstep.optim.RMSprop;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Trains networks in a process of its own and prints by how many bytes it has grown: in ND4J's count, in the system's. */
final class NetworkMemory {
    private static final int STEPS = 20_000;

    private static final RMSprop EVERYTHING = RMSprop.builder()
            .momentum(0.9)
            .centered(true)
            .globalClipnorm(1.0)
            .weightDecay(0.004)
            .useEma(true)
            .gradientAccumulationSteps(2)
            .build();

    private NetworkMemory() {}

    public static void main(String[] args) throws InterruptedException {
        MultiLayerNetwork plain = TestNetworks.dense(new GradstepUpdater(new RMSprop(0.001)));
        MultiLayerNetwork attached = TestNetworks.dense(new GradstepUpdater(EVERYTHING));
        GradstepUpdater.attach(attached);
        DataSet batch = TestNetworks.denseBatch(0);
        fit(plain, attached, batch, STEPS / 4);
        long counted = liveBytesWithoutGarbage();
        long resident = Pointer.physicalBytes();
        fit(plain, attached, batch, STEPS);
        System.out.println((liveBytesWithoutGarbage() - counted) + " " + (Pointer.physicalBytes() - resident));
    }

    private static void fit(MultiLayerNetwork plain, MultiLayerNetwork attached, DataSet batch, int steps) {
        for (int step = 0; step < steps; step++) {
            plain.fit(batch);
            attached.fit(batch);
        }
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
