package io.gradstep.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.modality.nlp.DefaultVocabulary;
import ai.djl.modality.nlp.embedding.TrainableWordEmbedding;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.LocalParameterServer;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.initializer.UniformInitializer;
import ai.djl.training.loss.Loss;
import ai.djl.util.PairList;
import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.OptimizerState;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import io.gradstep.reference.ReferenceProvider;
import io.gradstep.tck.Bits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models out of the ordinary, and what is done to them while they are trained. */
final class OddModelsTest {
    private static final int STEPS = 6;
    private static final Shape ROWS = new Shape(2, 4);
    private static final Shape SEQUENCES = new Shape(2, 3, 4);
    private static final Shape WORDS = new Shape(2, 3);

    private static final Settings SETTINGS = RMSprop.builder()
            .learningRate(0.01)
            .momentum(0.9)
            .centered(true)
            .globalClipnorm(0.1)
            .weightDecay(0.01)
            .useEma(true)
            .emaOverwriteFrequency(2)
            .gradientAccumulationSteps(2)
            .build();

    enum Odd {
        LSTM_OF_SEQUENCES(SEQUENCES) {
            @Override
            Block block() {
                return LSTM.builder().setStateSize(3).setNumLayers(1).build();
            }
        },
        GRU_WITHOUT_BIASES(SEQUENCES) {
            @Override
            Block block() {
                return GRU.builder()
                        .setStateSize(3)
                        .setNumLayers(1)
                        .optHasBiases(false)
                        .build();
            }
        },
        TRANSFORMER(SEQUENCES) {
            @Override
            Block block() {
                return new TransformerEncoderBlock(4, 2, 6, 0, Activation::gelu);
            }
        },
        WORDS_WITH_SPARSE_GRADIENTS(WORDS) {
            @Override
            Block block() {
                return new SequentialBlock().add(words(SparseFormat.COO)).add(TestModel.linear(2));
            }
        },
        WORDS_WITH_DENSE_GRADIENTS(WORDS) {
            @Override
            Block block() {
                return new SequentialBlock().add(words(SparseFormat.DENSE)).add(TestModel.linear(2));
            }
        },
        NORMALIZED_AND_NESTED_UNDER_THE_SAME_NAMES(ROWS) {
            @Override
            Block block() {
                return new SequentialBlock().add(layer()).add(layer()).add(layer());
            }

            private SequentialBlock layer() {
                return new SequentialBlock()
                        .add(TestModel.linear(3))
                        .add(LayerNorm.builder().build())
                        .add(Activation.tanhBlock());
            }
        },
        PARALLEL_WITH_A_FUNCTION_AND_A_SHARED_BLOCK(ROWS) {
            @Override
            Block block() {
                Block shared = TestModel.linear(3);
                return new ParallelBlock(
                        branches -> new NDList(
                                branches.get(0).head().add(branches.get(1).head())),
                        List.of(
                                shared,
                                new SequentialBlock()
                                        .add(shared)
                                        .add(list -> new NDList(list.head().mul(2)))));
            }
        },
        NAMES_LIKE_THOSE_OF_STATE(ROWS) {
            @Override
            Block block() {
                return new Sum("w", "w_velocity", "w_gradient", "iteration", "a.b", "");
            }
        };

        @SuppressWarnings("ImmutableEnumChecker") // nobody writes to it
        private final Shape input;

        Odd(Shape input) {
            this.input = input;
        }

        abstract Block block();

        NDArray batch(NDManager manager, int seed) {
            Random random = new Random(seed);
            int size = Math.toIntExact(input.size());
            return input.equals(WORDS)
                    ? manager.create(random.ints(size, 0, 5).toArray(), input)
                    : manager.create(random.doubles(size, -1, 1).toArray(), input)
                            .toType(DataType.FLOAT32, true);
        }

        private static Block words(SparseFormat format) {
            return TrainableWordEmbedding.builder()
                    .setVocabulary(new DefaultVocabulary(List.of("a", "b", "c", "d", "e", "f")))
                    .setEmbeddingSize(3)
                    .optSparseFormat(format)
                    .build();
        }
    }

    /** Adds up its parameters, with any names. */
    private static final class Sum extends AbstractBlock {
        private final List<Parameter> all = new ArrayList<>();

        Sum(String... names) {
            for (String name : names) {
                all.add(addParameter(Parameter.builder()
                        .setName(name)
                        .setType(Parameter.Type.WEIGHT)
                        .optShape(new Shape(2, 4))
                        .build()));
            }
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> ignored) {
            NDArray sum = inputs.head();
            for (int i = 0; i < all.size(); i++) {
                sum = sum.add(
                        store.getValue(all.get(i), sum.getDevice(), training).mul(i + 1));
            }
            return new NDList(sum);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return inputs;
        }
    }

    private static Model model(Block block) {
        Model model = Model.newInstance("odd", "PyTorch");
        model.setBlock(block);
        return model;
    }

    private static Trainer trainer(Model model, GradstepOptimizer optimizer, Shape input) {
        Trainer trainer = model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss())
                .optInitializer(new UniformInitializer(0.5f), Parameter.Type.WEIGHT)
                .optOptimizer(optimizer));
        trainer.initialize(input);
        return trainer;
    }

    private static void backward(Trainer trainer, Odd odd, int seed) {
        try (NDManager batch = trainer.getManager().newSubManager();
                GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray predictions =
                    trainer.forward(new NDList(odd.batch(batch, seed))).head();
            collector.backward(predictions.square().mean());
        }
    }

    private static Map<String, HostTensor> parameters(Model model) {
        Map<String, HostTensor> values = new LinkedHashMap<>();
        for (ModelParameter parameter : ModelParameter.of(model.getBlock())) {
            if (parameter.isTrainable()) {
                values.put(parameter.path(), TestModel.read(parameter.array()));
            }
        }
        return values;
    }

    /** Dense copies; null where there is none. */
    private static List<HostTensor> gradients(Model model) {
        List<HostTensor> values = new ArrayList<>();
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            for (ModelParameter parameter : ModelParameter.of(model.getBlock())) {
                if (parameter.isTrainable()) {
                    NDArray gradient = Torch.denseGradient(parameter.array());
                    values.add(gradient == null ? null : TestModel.read(gradient));
                }
            }
        }
        return values;
    }

    @ParameterizedTest
    @EnumSource
    void it_is_stepped_as_the_reference_steps(Odd odd) {
        try (Model model = model(odd.block());
                GradstepOptimizer optimizer = GradstepOptimizer.of(SETTINGS, model);
                Trainer trainer = trainer(model, optimizer, odd.input);
                Backend<HostTensor> backend = new ReferenceProvider().open();
                Optimizer<HostTensor> reference = SETTINGS.on(backend)) {
            Map<String, HostTensor> expected = parameters(model);
            List<TensorVariable<HostTensor>> variables = new ArrayList<>();
            expected.forEach((path, values) -> variables.add(backend.wrap(values, path)));
            reference.build(variables);
            for (int step = 1; step <= STEPS; step++) {
                backward(trainer, odd, step);
                reference.apply(gradients(model));
                trainer.step();
                Bits.assertEqual("after step " + step, expected, parameters(model));
                Bits.assertEqual("after step " + step, reference.saveOwnVariables(), optimizer.state());
                optimizer.restore(optimizer.state());
            }
        }
    }

    @Test
    void a_sparse_gradient_was_one() {
        Odd odd = Odd.WORDS_WITH_SPARSE_GRADIENTS;
        try (Model model = model(odd.block());
                GradstepOptimizer optimizer = GradstepOptimizer.of(SETTINGS, model);
                Trainer trainer = trainer(model, optimizer, odd.input)) {
            backward(trainer, odd, 1);
            NDArray words = model.getBlock().getParameters().valueAt(0).getArray();
            try (NDArray gradient = Torch.gradient(words)) {
                assertThat(gradient.isSparse()).isTrue();
            }
        }
    }

    // ---- what is done to models

    @ParameterizedTest
    @ValueSource(ints = {3, 7})
    void a_head_that_replaces_another_is_trained(int units) {
        SequentialBlock block = new SequentialBlock().add(TestModel.linear(5)).add(TestModel.linear(3));
        Odd rows = Odd.NAMES_LIKE_THOSE_OF_STATE;
        try (Model model = model(block);
                GradstepOptimizer optimizer = GradstepOptimizer.of(new RMSprop(0.01), model)) {
            try (Trainer trainer = trainer(model, optimizer, ROWS)) {
                backward(trainer, rows, 1);
                trainer.step();
            }
            block.replaceLastBlock(TestModel.linear(units));
            try (Trainer trainer = trainer(model, optimizer, ROWS)) {
                Map<String, HostTensor> before = parameters(model);
                backward(trainer, rows, 2);
                trainer.step();
                assertThat(optimizer.iterations()).isEqualTo(2);
                assertThat(parameters(model).get("02Linear/weight").floats())
                        .isNotEqualTo(before.get("02Linear/weight").floats());
            }
        }
    }

    /** That it has copies shows when the step is taken already. */
    @Test
    void the_only_parameter_of_a_model_is_refused_on_several_devices() {
        Block block = new SequentialBlock()
                .add(Linear.builder().setUnits(2).optBias(false).build());
        try (Model model = model(block);
                GradstepOptimizer optimizer = GradstepOptimizer.of(new RMSprop(0.01), model);
                LocalParameterServer server = new LocalParameterServer(optimizer)) {
            block.initialize(model.getNDManager(), DataType.FLOAT32, ROWS);
            Parameter parameter = block.getParameters().valueAt(0);
            NDArray[] copies = {parameter.getArray(), parameter.getArray().duplicate()};
            for (NDArray copy : copies) {
                copy.setRequiresGradient(true);
            }
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                collector.backward(
                        copies[0].square().sum().add(copies[1].square().sum()));
            }
            assertThatThrownBy(() -> server.update(parameter.getId(), copies))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is the only one with a gradient");
        }
    }

    /** What becomes of the state of two parameters, and of a third that has none yet. */
    enum Fate {
        A_THIRD_JOINS {
            @Override
            List<float[]> velocities(GradstepOptimizer optimizer, Sum block) {
                block.getParameters().get("late").freeze(false);
                return OddModelsTest.velocities(optimizer);
            }
        },
        RESTORED {
            @Override
            List<float[]> velocities(GradstepOptimizer optimizer, Sum block) {
                optimizer.restore(optimizer.state());
                return OddModelsTest.velocities(optimizer);
            }
        },
        RESTORED_BY_POSITION {
            @Override
            List<float[]> velocities(GradstepOptimizer optimizer, Sum block) {
                OptimizerState state = optimizer.state();
                List<String> numbers = IntStream.range(0, state.arrays().size())
                        .mapToObj(Integer::toString)
                        .toList();
                optimizer.restore(state.named(numbers));
                return OddModelsTest.velocities(optimizer);
            }
        },
        RESTORED_IN_ANOTHER_MODEL {
            @Override
            List<float[]> velocities(GradstepOptimizer optimizer, Sum block) {
                Sum other = new Sum("a/b", "a_b", "late");
                try (Model model = model(other);
                        GradstepOptimizer successor = GradstepOptimizer.of(new RMSprop(0.01), model)) {
                    other.initialize(model.getNDManager(), DataType.FLOAT32, ROWS);
                    other.getParameters().get("late").freeze(true);
                    successor.restore(optimizer.state());
                    return OddModelsTest.velocities(successor);
                }
            }
        };

        abstract List<float[]> velocities(GradstepOptimizer optimizer, Sum block);
    }

    /** Their state has one name for both. */
    @ParameterizedTest
    @EnumSource
    void state_is_kept_apart_of_parameters_whose_names_differ_by_a_slash(Fate fate) {
        Sum block = new Sum("a/b", "a_b", "late");
        try (Model model = model(block);
                GradstepOptimizer optimizer = GradstepOptimizer.of(new RMSprop(0.01), model);
                Trainer trainer = trainer(model, optimizer, ROWS)) {
            block.getParameters().get("late").freeze(true);
            backward(trainer, Odd.NAMES_LIKE_THOSE_OF_STATE, 1);
            trainer.step();
            List<float[]> before = velocities(optimizer);
            assertThat(before.get(0)).isNotEqualTo(before.get(1));
            assertThat(fate.velocities(optimizer, block)).startsWith(before.get(0), before.get(1));
        }
    }

    @ParameterizedTest
    @CsvSource({"w, w_velocity", "w_velocity, w", "w, iter"})
    void a_parameter_that_joins_has_no_part_in_state_of_a_similar_name(String trained, String late) {
        Sum block = new Sum(trained, late);
        try (Model model = model(block);
                GradstepOptimizer optimizer = GradstepOptimizer.of(new RMSprop(0.01), model);
                Trainer trainer = trainer(model, optimizer, ROWS)) {
            block.getParameters().get(late).freeze(true);
            backward(trainer, Odd.NAMES_LIKE_THOSE_OF_STATE, 1);
            trainer.step();
            OptimizerState state = optimizer.state();
            float[] before = velocities(optimizer).get(0);
            block.getParameters().get(late).freeze(false);
            optimizer.restore(state);
            List<float[]> after = velocities(optimizer);
            assertThat(after.get(0)).isEqualTo(before);
            assertThat(after.get(1)).containsOnly(0);
        }
    }

    private static List<float[]> velocities(GradstepOptimizer optimizer) {
        return optimizer.state().arrays().stream()
                .filter(array -> array.name().endsWith("_velocity"))
                .map(array -> array.values().floats())
                .toList();
    }
}
