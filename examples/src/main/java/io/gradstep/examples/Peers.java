package io.gradstep.examples;

import ai.djl.ndarray.NDArray;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.gradstep.examples.bench.StepExecution;
import java.util.Optional;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.RmsProp;

/**
 * What the user of a library would have had without gradstep: its own optimizers. Each is another rule than Keras's
 * RMSprop, and has the library's numbers for all but the learning rate.
 *
 * @param learningRate of each
 */
record Peers(float learningRate) {
    Library<INDArray> dl4jRmsProp() {
        return new Library<>(
                Contender.peer("nd4j", "DL4J RmsProp"),
                // Only reads and writes tensors here.
                () -> Libraries.openNd4j(StepExecution.eager),
                (model, weights, nd4j, choice) -> Dl4jTrainer.withOwn(model, weights, nd4j, new RmsProp(learningRate)),
                Optional.empty());
    }

    Library<NDArray> djlAdam() {
        return djl(
                "DJL Adam",
                () -> Optimizer.adam()
                        .optLearningRateTracker(Tracker.fixed(learningRate))
                        .build());
    }

    /** Throws on PyTorch, and what it says is told. */
    Library<NDArray> djlRmsProp() {
        return djl(
                "DJL RmsProp",
                () -> Optimizer.rmsprop()
                        .optLearningRateTracker(Tracker.fixed(learningRate))
                        .build());
    }

    private static Library<NDArray> djl(String id, Supplier<Optimizer> optimizer) {
        return new Library<>(
                Contender.peer("djl", id),
                () -> Libraries.openDjl(StepExecution.eager),
                (model, weights, djl, choice) -> DjlTrainer.withOwn(model, weights, djl, optimizer.get()),
                Optional.empty());
    }
}
