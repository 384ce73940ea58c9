package io.gradstep.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.modality.nlp.DefaultVocabulary;
import ai.djl.modality.nlp.embedding.TrainableWordEmbedding;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.util.PairList;
import io.gradstep.ops.BackendProvider.Options;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.optim.OptimizerState;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import io.gradstep.tck.Bits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Blocks and parameters of all kinds, and such as change between steps: each time with the bits of a reference twin. */
final class TrainerBlocksTest {
    private static final Settings EVERYTHING = HandLoop.everything().build();

    // ---- shared

    @Test
    void a_block_with_two_places_counts_once() {
        Linear shared = TestModel.linear(4);
        Block block = new SequentialBlock()
                .add(shared)
                .add(Activation.tanhBlock())
                .add(shared)
                .add(TestModel.linear(2));
        try (HandLoop loop = new HandLoop(EVERYTHING, block, new Shape(3, 4))) {
            loop.steps(6);
            assertThat(loop.model().getBlock().getParameters().keys()).hasSize(6);
            assertThat(loop.optimizer().execution().keySet())
                    .containsExactly("01Linear/weight", "01Linear/bias", "04Linear/weight", "04Linear/bias");
        }
    }

    // ---- heads

    /** Computes one of its heads. */
    private static final class TwoHeads extends AbstractBlock {
        private final Block body = addChildBlock("body", TestModel.linear(4));
        private final Block left = addChildBlock("left", TestModel.linear(2));
        private final Block right = addChildBlock("right", TestModel.linear(3));
        private boolean isLeft = true;

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> parameters) {
            return (isLeft ? left : right).forward(store, body.forward(store, inputs, training), training);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return (isLeft ? left : right).getOutputShapes(body.getOutputShapes(inputs));
        }

        @Override
        protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
            body.initialize(manager, type, inputs);
            left.initialize(manager, type, body.getOutputShapes(inputs));
            right.initialize(manager, type, body.getOutputShapes(inputs));
        }
    }

    @Test
    void a_head_that_is_not_used_is_left_out_with_a_warning_and_joins_when_it_is() {
        TwoHeads block = new TwoHeads();
        try (HandLoop loop = new HandLoop(EVERYTHING, block, new Shape(3, 5))) {
            List<String> warnings = new ArrayList<>();
            loop.optimizer().onWarning(warnings::add);
            loop.parameter("01body_bias").freeze(true);
            loop.steps(2);
            // Another optimizer takes over here.
            loop.parameter("01body_bias").freeze(false);
            loop.steps(3);
            assertThat(warnings)
                    .isNotEmpty()
                    .isEqualTo(loop.twin().warnings())
                    .allMatch(warning -> warning.startsWith(
                            "Gradients do not exist for variables [03right/weight, 03right/bias] when minimizing"));
            warnings.clear();
            block.isLeft = false;
            // From here on the other head has a gradient of zeros, with which it is stepped: DJL forgets none.
            loop.steps(5);
            block.isLeft = true;
            loop.steps(3);
            assertThat(warnings).isEmpty();
        }
    }

    /** A trainer asks for updates of both heads, and makes up gradients where there are none. */
    @Test
    void a_trainer_leaves_out_the_head_that_is_not_used_too() {
        TwoHeads block = new TwoHeads();
        try (HandLoop loop = new HandLoop(EVERYTHING, block, new Shape(3, 5));
                Trainer trainer = loop.model()
                        .newTrainer(new DefaultTrainingConfig(TestModel.loss()).optOptimizer(loop.optimizer()))) {
            trainer.initialize(new Shape(3, 5));
            List<String> warnings = new ArrayList<>();
            loop.optimizer().onWarning(warnings::add);
            for (int step = 0; step < 9; step++) {
                block.isLeft = step < 5;
                loop.backward(step);
                loop.step(trainer::step);
            }
            assertThat(warnings).hasSize(5).isEqualTo(loop.twin().warnings());
        }
    }

    // ---- shapes and layouts

    /** A number, and nothing at all. */
    private static final class Odd extends AbstractBlock {
        private final Parameter scale = addParameter(parameter("scale", new Shape()));
        private final Parameter empty = addParameter(parameter("empty", new Shape(0)));

        private static Parameter parameter(String name, Shape shape) {
            return Parameter.builder()
                    .setName(name)
                    .setType(Parameter.Type.OTHER)
                    .optShape(shape)
                    .build();
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> parameters) {
            NDArray input = inputs.singletonOrThrow();
            NDArray factor = store.getValue(scale, input.getDevice(), training);
            NDArray sum = store.getValue(empty, input.getDevice(), training).sum();
            // Twice, so that going back needs the factor itself.
            return new NDList(input.mul(factor).mul(factor).add(sum));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return inputs;
        }
    }

    @ParameterizedTest
    @EnumSource
    void parameters_without_dimensions_and_without_elements_are_stepped(ExecutionMode mode) {
        try (HandLoop loop =
                new HandLoop(EVERYTHING, new Odd(), new Shape(3, 2), Options.DEFAULT.withExecution(mode))) {
            float before = loop.parameter("scale").getArray().getFloat();
            loop.steps(9);
            assertThat(loop.parameter("scale").getArray().getFloat()).isNotEqualTo(before);
            assertThat(loop.optimizer().execution().keySet()).containsExactly("scale", "empty");
        }
    }

    private static final class Product extends AbstractBlock {
        private final Parameter weight = addParameter(Parameter.builder()
                .setName("weight")
                .setType(Parameter.Type.WEIGHT)
                .build());

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> parameters) {
            NDArray input = inputs.singletonOrThrow();
            return new NDList(input.matMul(store.getValue(weight, input.getDevice(), training)));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return new Shape[] {new Shape(inputs[0].get(0), weight.getShape().get(1))};
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_weight_that_is_not_contiguous_is_stepped_in_place(ExecutionMode mode) {
        Product block = new Product();
        try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager()) {
            NDArray memory = manager.create(new float[] {1, -2, 3, -4, 5, -6}, new Shape(2, 3));
            block.weight.setArray(memory.transpose());
            try (HandLoop loop =
                    new HandLoop(EVERYTHING, block, new Shape(4, 3), Options.DEFAULT.withExecution(mode))) {
                loop.steps(9);
                assertThat(memory.transpose().toFloatArray())
                        .isEqualTo(block.weight.getArray().toFloatArray());
                assertThat(memory.getFloat(0, 1)).isNotEqualTo(-2);
            }
        }
    }

    // ---- sparse gradients

    /** Looks up the words that are there at a step. */
    private static final class Words extends AbstractBlock {
        private final Block table = addChildBlock(
                "table",
                TrainableWordEmbedding.builder()
                        .setVocabulary(new DefaultVocabulary(List.of("a", "b", "c", "d", "e", "f")))
                        .setEmbeddingSize(3)
                        .optSparseFormat(SparseFormat.COO)
                        .optUseDefault(false)
                        .build());
        private long first;

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> parameters) {
            first++;
            NDManager batch = inputs.singletonOrThrow().getManager();
            NDArray ids = batch.create(new long[] {first % 6, (first + 3) % 6, first % 6});
            return table.forward(store, new NDList(ids), training);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return new Shape[] {new Shape(3, 3)};
        }

        @Override
        protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
            table.initialize(manager, type, new Shape(3));
        }
    }

    @ParameterizedTest
    @EnumSource
    void sparse_gradients_are_made_dense(ExecutionMode mode) {
        try (HandLoop loop = new HandLoop(EVERYTHING, new Words(), new Shape(1), Options.DEFAULT.withExecution(mode))) {
            for (int step = 0; step < 8; step++) {
                loop.backward(step);
                try (NDArray gradient =
                        Torch.gradient(loop.parameter("01table_embedding").getArray())) {
                    assertThat(gradient.isSparse()).isTrue();
                }
                loop.step();
            }
        }
    }

    // ---- graphs

    enum Graph {
        OF_MATRICES {
            @Override
            HandLoop loop(Options options) {
                return new HandLoop(new RMSprop(0.01), HandLoop.mlp(), new Shape(4, 6), options);
            }
        },
        OF_A_NUMBER {
            @Override
            HandLoop loop(Options options) {
                return new HandLoop(new RMSprop(0.01), new Odd(), new Shape(3, 2), options);
            }
        };

        abstract HandLoop loop(Options options);
    }

    @ParameterizedTest
    @EnumSource
    void a_graph_that_needs_what_a_step_has_overwritten_throws(Graph graph) {
        for (ExecutionMode mode : ExecutionMode.values()) {
            try (HandLoop loop = graph.loop(Options.DEFAULT.withExecution(mode))) {
                loop.steps(1);
                loop.backward(1);
                try (NDManager batch = loop.model().getNDManager().newSubManager();
                        GradientCollector collector =
                                Engine.getEngine("PyTorch").newGradientCollector()) {
                    NDArray loss = loop.loss(batch, 2);
                    loop.step();
                    assertThatThrownBy(() -> collector.backward(loss))
                            .isInstanceOf(EngineException.class)
                            .hasMessageContaining("modified by an inplace operation");
                }
                loop.steps(2);
            }
        }
    }

    // ---- what changes between steps

    /** DJL gives the parameters of each block other ids. */
    @Test
    void a_block_in_place_of_another_goes_on_with_its_state() {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING)) {
            loop.steps(5);
            String id = loop.parameter("01Linear_weight").getId();
            loop.setBlock(HandLoop.mlp());
            assertThat(loop.parameter("01Linear_weight").getId()).isNotEqualTo(id);
            loop.steps(5);
            assertThat(loop.optimizer().iterations()).isEqualTo(5);
        }
    }

    @Test
    void blocks_that_change_places_go_on_with_the_state_of_their_places() {
        Linear first = TestModel.linear(6);
        Linear last = TestModel.linear(6);
        try (HandLoop loop = new HandLoop(EVERYTHING, mlp(first, last), new Shape(4, 6))) {
            loop.steps(3);
            loop.setBlock(mlp(last, first));
            loop.steps(3);
        }
    }

    private static SequentialBlock mlp(Linear first, Linear last) {
        return new SequentialBlock().add(first).add(Activation.tanhBlock()).add(last);
    }

    @Test
    void a_block_that_is_cleared_is_refused_until_it_is_initialized_again() {
        SequentialBlock block = HandLoop.mlp();
        try (HandLoop loop = new HandLoop(EVERYTHING, block, new Shape(4, 6))) {
            loop.steps(3);
            block.clear();
            assertThatThrownBy(() -> loop.optimizer().step())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("has no parameter that can be trained. Initialize it");
            loop.setBlock(block);
            loop.steps(3);
        }
    }

    @Test
    void parameters_that_a_block_gets_later_join() {
        SequentialBlock block = HandLoop.mlp();
        try (HandLoop loop = new HandLoop(EVERYTHING, block, new Shape(4, 6))) {
            loop.steps(3);
            Linear added = TestModel.linear(2);
            added.initialize(loop.model().getNDManager(), DataType.FLOAT32, new Shape(4, 3));
            block.add(added);
            loop.renewTwin();
            loop.steps(5);
            assertThat(loop.optimizer().execution()).hasSize(6);
            block.removeLastBlock();
            loop.renewTwin();
            loop.steps(3);
            assertThat(loop.optimizer().execution()).hasSize(4);
        }
    }

    /** DJL gives the array other memory then, and whoever writes to the former ends the process. */
    @Test
    void values_may_be_set_between_steps() {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING)) {
            for (int i = 0; i < 5; i++) {
                loop.steps(2);
                NDArray weight = loop.parameter("01Linear_weight").getArray();
                float[] values = weight.toFloatArray();
                values[i] += 1;
                boolean gradMode = Torch.gradMode();
                Torch.setGradMode(false);
                weight.set(values);
                Torch.setGradMode(gradMode);
                loop.renewTwin();
            }
            loop.steps(2);
        }
    }

    @Test
    void a_parameter_that_is_loaded_anew_keeps_its_state() throws Exception {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING)) {
            Parameter weight = loop.parameter("01Linear_weight");
            ByteArrayOutputStream saved = new ByteArrayOutputStream();
            weight.save(new DataOutputStream(saved));
            loop.steps(3);
            NDArray former = weight.getArray();
            weight.load(
                    loop.model().getNDManager(), new DataInputStream(new ByteArrayInputStream(saved.toByteArray())));
            former.close();
            weight.freeze(false);
            loop.renewTwin();
            loop.steps(5);
        }
    }

    @Test
    void a_model_that_is_loaded_anew_keeps_its_state(@TempDir Path directory) throws Exception {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING)) {
            loop.model().save(directory, "saved");
            loop.steps(3);
            loop.model().load(directory, "saved");
            assertThatThrownBy(() -> loop.optimizer().step())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("has a gradient yet");
            // What was loaded requires no gradients: DJL's trainers see to it, and here there is none.
            loop.model().getBlock().freezeParameters(false);
            loop.renewTwin();
            loop.steps(5);
            assertThat(loop.optimizer().iterations()).isEqualTo(4);
        }
    }

    @Test
    void a_parameter_of_another_shape_under_the_same_path_begins_anew() {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING)) {
            loop.steps(3);
            loop.setBlock(new SequentialBlock()
                    .add(TestModel.linear(5))
                    .add(Activation.tanhBlock())
                    .add(TestModel.linear(7)));
            loop.steps(3);
            assertThat(loop.optimizer().iterations()).isEqualTo(3);
        }
    }

    @Test
    void a_frozen_parameter_keeps_its_state_when_the_block_is_replaced() {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING)) {
            loop.steps(3);
            OptimizerState before = loop.optimizer().state();
            SequentialBlock other = HandLoop.mlp();
            other.getParameters().get("01Linear_weight").freeze(true);
            other.initialize(loop.model().getNDManager(), DataType.FLOAT32, new Shape(4, 6));
            loop.model().setBlock(other);
            Bits.assertEqual("of the other block", before, loop.optimizer().state());
        }
    }
}
