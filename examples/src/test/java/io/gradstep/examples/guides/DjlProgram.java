package io.gradstep.examples.guides;

// guide: getting-started/djl
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.loss.Loss;
import ai.djl.translate.TranslateException;
import io.gradstep.djl.GradstepOptimizer;
import io.gradstep.optim.RMSprop;
import java.io.IOException;

/** The sum of two numbers, with a model of DJL. */
public final class DjlProgram {
    public static void main(String[] args) throws IOException, TranslateException {
        try (Model model = Model.newInstance("sum", "PyTorch")) {
            NDArray numbers = model.getNDManager().create(new float[][] {{0, 0}, {0, 1}, {1, 0}, {1, 1}});
            ArrayDataset data = new ArrayDataset.Builder()
                    .setData(numbers)
                    .optLabels(numbers.sum(new int[] {1}, true))
                    .setSampling(4, false)
                    .build();
            model.setBlock(new SequentialBlock()
                    .add(Linear.builder().setUnits(8).build())
                    .add(Activation.tanhBlock())
                    .add(Linear.builder().setUnits(1).build()));
            DefaultTrainingConfig config = new DefaultTrainingConfig(Loss.l2Loss())
                    .optOptimizer(GradstepOptimizer.of(new RMSprop(0.01), model));
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(new Shape(4, 2));
                EasyTrain.fit(trainer, 500, data, null);
                System.out.println(
                        trainer.evaluate(new NDList(numbers)).singletonOrThrow().round());
            }
        }
    }
}
// end
