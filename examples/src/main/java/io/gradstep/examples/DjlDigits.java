package io.gradstep.examples;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
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
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.translate.TranslateException;
import io.gradstep.djl.GradstepOptimizer;
import io.gradstep.optim.RMSprop;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;

/**
 * "Train your first model" of DJL's tutorials on smaller digits, a program to copy. Of gradstep's is the line with the
 * optimizer; the model closes it.
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

        try (Model model = Model.newInstance("mlp")) {
            model.setBlock(block);
            DefaultTrainingConfig config = new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                    .optOptimizer(GradstepOptimizer.of(new RMSprop(0.001), model))
                    .addEvaluator(new Accuracy())
                    .addTrainingListeners(new EvaluatorTrainingListener());
            RandomAccessDataset[] digits = digits(model.getNDManager()).randomSplit(8, 2);
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(new Shape(1, 8 * 8));
                EasyTrain.fit(trainer, 20, digits[0], digits[1]);
                System.out.println("Accuracy: " + trainer.getTrainingResult().getValidateEvaluation("Accuracy"));
            }
        }
    }

    /** Handwritten digits, from this jar: in each line 64 shades of grey, and what was written. */
    private static ArrayDataset digits(NDManager manager) throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(DjlDigits.class.getResourceAsStream("digits.csv.gz")),
                StandardCharsets.US_ASCII))) {
            NDArray numbers =
                    manager.create(reader.lines().map(DjlDigits::numbers).toArray(float[][]::new));
            return new ArrayDataset.Builder()
                    .setData(numbers.get(":, :64"))
                    .optLabels(numbers.get(":, 64"))
                    .setSampling(32, true)
                    .build();
        }
    }

    private static float[] numbers(String line) {
        String[] cells = line.split(",", -1);
        float[] numbers = new float[cells.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Float.parseFloat(cells[i]);
        }
        return numbers;
    }
}
