package io.gradstep.examples.guides;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.initializer.Initializer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.TranslateException;
import io.gradstep.djl.GradstepOptimizer;
import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import io.gradstep.reference.ReferenceProvider;
import io.gradstep.tck.ScenarioTensor;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The programs of {@code coming-from-djl.md}. */
class ComingFromDjlTest {
    @Test
    void a_model_of_djl_is_stepped_as_an_optimizer_steps() throws IOException, TranslateException {
        Linear block = Linear.builder().setUnits(1).build();
        block.setInitializer(Initializer.ZEROS, Parameter.Type.WEIGHT);
        ai.djl.ndarray.types.Shape shape = new ai.djl.ndarray.types.Shape(1, 2);
        ai.djl.training.loss.Loss loss = ai.djl.training.loss.Loss.l2Loss();
        NDManager manager = NDManager.newBaseManager("PyTorch");
        ArrayDataset data = new ArrayDataset.Builder()
                .setData(manager.create(new float[] {1, 2}, shape))
                .optLabels(manager.create(new float[] {3}))
                .setSampling(1, false)
                .build();
        // guide: coming-from-djl/all
        RMSprop settings = RMSprop.builder()
                .learningRate(0.01)
                .globalClipnorm(1.0)
                .weightDecay(0.004)
                .useEma(true)
                .build();
        try (Model model = Model.newInstance("mlp");
                GradstepOptimizer optimizer = GradstepOptimizer.of(settings, model)) {
            model.setBlock(block);
            optimizer.excludeFromWeightDecay("bias");
            try (Trainer trainer = model.newTrainer(new DefaultTrainingConfig(loss).optOptimizer(optimizer))) {
                trainer.initialize(shape);
                EasyTrain.fit(trainer, 50, data, null);
                optimizer.finalizeVariableValues();
            }
            // hide
            NDArray weight = block.getParameters().get("weight").getArray();
            NDArray bias = block.getParameters().get("bias").getArray();
            assertThat(new float[] {weight.getFloat(0, 0), weight.getFloat(0, 1), bias.getFloat(0)})
                    .containsExactly(Line.byTheReference(settings, 1), within(1e-6f));
            // show
        }
        // end
        manager.close();
    }

    @Test
    void the_tracker_of_djl_can_be_kept() {
        // guide: coming-from-djl/tracker
        Tracker tracker = Tracker.warmUp()
                .setMainTracker(Tracker.cosine()
                        .setBaseValue(0.01f)
                        .optFinalValue(0.001f)
                        .setMaxUpdates(1000)
                        .build())
                .optWarmUpSteps(100)
                .build();
        RMSprop settings = RMSprop.builder()
                .learningRate(step -> tracker.getNewValue((int) step + 1))
                .build();
        // end
        try (Backend<HostTensor> reference = new ReferenceProvider().open();
                Optimizer<HostTensor> optimizer = settings.on(reference)) {
            assertThat(optimizer.learningRate()).isEqualTo(tracker.getNewValue(1));
            optimizer.setRawIteration(500);
            assertThat(optimizer.learningRate())
                    .isEqualTo(tracker.getNewValue(501))
                    .isBetween(0.001, 0.01);
        }
    }

    /** Why there are no old numbers of RMSprop: with the words that DJL has for it. */
    @Test
    void rmsprop_of_djl_does_not_run_on_pytorch() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            ai.djl.training.optimizer.Optimizer theirs = ai.djl.training.optimizer.Optimizer.rmsprop()
                    .optLearningRateTracker(Tracker.fixed(0.01f))
                    .build();
            NDArray weight = manager.create(new float[] {1});
            assertThatThrownBy(() -> theirs.update("w", weight, manager.create(new float[] {1})))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage("Not implemented");
        }
    }

    /** DJL itself is the judge. Not the bits: PyTorch fuses multiplications and additions where the processor can. */
    @Test
    void the_rule_gives_the_numbers_of_djls_adam() {
        // guide: coming-from-djl/old
        Settings settings = Settings.of(new DjlAdam(0.01f, 0.9f, 0.999f, 1e-8f))
                .learningRate(0.01)
                .build();
        // end
        ai.djl.training.optimizer.Optimizer theirs = ai.djl.training.optimizer.Optimizer.adam()
                .optLearningRateTracker(Tracker.fixed(0.01f))
                .build();
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                Backend<HostTensor> reference = new ReferenceProvider().open();
                Optimizer<HostTensor> ours = settings.on(reference)) {
            HostTensor weights = ScenarioTensor.generated(1, 2, Shape.of(100));
            NDArray weight = manager.create(weights.floats().clone());
            ours.build(List.of(reference.wrap(weights, "w")));
            for (int step = 0; step < 50; step++) {
                HostTensor gradient = ScenarioTensor.generated(2 + step, 2, Shape.of(100));
                ours.apply(List.of(gradient));
                theirs.update("w", weight, manager.create(gradient.floats()));
                assertThat(weights.floats())
                        .as("after step %d", step)
                        .containsExactly(weight.toFloatArray(), within(1e-6f));
            }
        }
    }
}
