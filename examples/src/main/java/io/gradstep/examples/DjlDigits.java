package io.gradstep.examples;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.translate.TranslateException;
import io.gradstep.djl.GradstepOptimizer;
import io.gradstep.optim.RMSprop;
import java.io.IOException;

/**
 * "Train your first model" of DJL's tutorials, a program to copy. Of gradstep's are the lines with the optimizer and,
 * because it keeps moving averages of the weights, that with {@code finalizeVariableValues}.
 */
public final class DjlDigits {
    private DjlDigits() {}

    /**
     * Trains on 80% of the digits, and prints how many of the others are read right.
     *
     * @param args none
     * @throws IOException if the data cannot be read
     * @throws TranslateException if the data cannot be put into batches
     */
    public static void main(String[] args) throws IOException, TranslateException {
        Engine.getInstance().setRandomSeed(1);
        SequentialBlock block = new SequentialBlock()
                .add(Blocks.batchFlattenBlock(8 * 8))
                .add(Linear.builder().setUnits(128).build())
                .add(Activation.reluBlock())
                .add(Linear.builder().setUnits(64).build())
                .add(Activation.reluBlock())
                .add(Linear.builder().setUnits(10).build());

        try (Model model = Model.newInstance("mlp");
                GradstepOptimizer optimizer = GradstepOptimizer.of(
                        RMSprop.builder().learningRate(0.001).useEma(true).build(), model)) {
            model.setBlock(block);
            Accuracy accuracy = new Accuracy();
            DefaultTrainingConfig config = new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                    .optOptimizer(optimizer)
                    .addEvaluator(accuracy)
                    .addTrainingListeners(new EvaluatorTrainingListener());
            Split digits = Split.of(BundledDataset.DIGITS.read(), 1);
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(new Shape(1, 8 * 8));
                EasyTrain.fit(trainer, 10, dataset(digits.training(), model.getNDManager()), null);
                optimizer.finalizeVariableValues();
                EasyTrain.evaluateDataset(trainer, dataset(digits.test(), model.getNDManager()));
            }
            System.out.println("Accuracy: " + accuracy.getAccumulator(EvaluatorTrainingListener.VALIDATE_EPOCH));
        }
    }

    private static ArrayDataset dataset(Batch digits, NDManager manager) {
        return new ArrayDataset.Builder()
                .setData(manager.create(digits.features(), new Shape(digits.rows(), digits.columns())))
                .optLabels(manager.create(digits.labels()))
                .setSampling(32, true)
                .build();
    }
}
