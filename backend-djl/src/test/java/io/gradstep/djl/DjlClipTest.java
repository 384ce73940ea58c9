package io.gradstep.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.initializer.Initializer;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import io.gradstep.optim.RMSprop;
import io.gradstep.reference.ReferenceProvider;
import io.gradstep.tck.Bits;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Why {@code clipvalue} gives other numbers than DJL's {@code optClipGrad} on PyTorch. */
final class DjlClipTest {
    private static final float LIMIT = 1;
    private static final float NONE = -1;

    /** Small at first: Adam's first step is the same for gradients of any size. */
    private static final float[][] GRADIENTS = {{0.5f, -0.25f}, {100, -200}};

    private static final float[][] CUT = {{0.5f, -0.25f}, {1, -1}};
    private static final float[][] CUT_ABOVE_ALONE = {{0.5f, -0.25f}, {1, -200}};

    /** All that DJL has on PyTorch. */
    enum Own {
        SGD {
            @Override
            Optimizer with(float clip) {
                return Optimizer.sgd()
                        .setLearningRateTracker(Tracker.fixed(0.01f))
                        .optClipGrad(clip)
                        .build();
            }
        },
        ADAM {
            @Override
            Optimizer with(float clip) {
                return Optimizer.adam().optClipGrad(clip).build();
            }
        },
        ADAM_W {
            @Override
            Optimizer with(float clip) {
                return Optimizer.adamW().optClipGrad(clip).build();
            }
        };

        abstract Optimizer with(float clip);
    }

    @ParameterizedTest
    @EnumSource
    void djl_cuts_a_large_positive_gradient_and_no_negative_one(Own own) {
        assertThat(train(model -> own.with(LIMIT), GRADIENTS))
                .isEqualTo(train(model -> own.with(NONE), CUT_ABOVE_ALONE))
                .isNotEqualTo(train(model -> own.with(NONE), CUT))
                .isNotEqualTo(train(model -> own.with(NONE), GRADIENTS));
    }

    @Test
    void djls_own_rmsprop_cuts_nothing_because_it_throws() {
        Optimizer rmsprop = Optimizer.rmsprop().optClipGrad(LIMIT).build();
        assertThatThrownBy(() -> train(model -> rmsprop, GRADIENTS))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessage("Not implemented");
    }

    @Test
    void clipvalue_cuts_both() {
        RMSprop settings = RMSprop.builder().clipvalue((double) LIMIT).build();
        HostTensor expected = HostTensor.of(io.gradstep.ops.Shape.of(1, 2), 1f, 1f);
        try (Backend<HostTensor> reference = new ReferenceProvider().open();
                io.gradstep.optim.Optimizer<HostTensor> unclipped = new RMSprop(0.001).on(reference)) {
            unclipped.build(List.of(reference.wrap(expected, "weight")));
            for (float[] gradient : CUT) {
                unclipped.apply(List.of(HostTensor.of(expected.shape(), gradient)));
            }
        }
        float[] actual = train(model -> GradstepOptimizer.of(settings, model), GRADIENTS);
        Bits.assertEqual("weight", expected, HostTensor.of(expected.shape(), actual));
    }

    /** The weights after a step with each of the gradients; they begin at 1. */
    private static float[] train(Function<Model, Optimizer> optimizer, float[]... gradients) {
        try (Model model = Model.newInstance("clip", "PyTorch")) {
            Block block = Linear.builder().setUnits(1).optBias(false).build();
            block.setInitializer(Initializer.ONES, Parameter.Type.WEIGHT);
            model.setBlock(block);
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(TestModel.loss()).optOptimizer(optimizer.apply(model));
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(new Shape(1, 2));
                for (float[] gradient : gradients) {
                    backward(trainer, gradient);
                    trainer.step();
                }
                return block.getParameters().valueAt(0).getArray().toFloatArray();
            }
        }
    }

    /** The gradient of a sum of inputs times weights is the inputs. */
    private static void backward(Trainer trainer, float[] inputs) {
        try (NDManager batch = trainer.getManager().newSubManager();
                GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDList outputs = trainer.forward(new NDList(batch.create(inputs, new Shape(1, 2))));
            collector.backward(outputs.head().sum());
        }
    }
}
