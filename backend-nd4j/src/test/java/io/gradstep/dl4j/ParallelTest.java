package io.gradstep.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.MultiLayerUpdater;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** DL4J's replicas on several threads: each has steps of its own, parameters and state are averaged. */
class ParallelTest {
    private static final int WORKERS = 2;

    private static final List<DataSet> BATCHES =
            IntStream.range(0, 8).mapToObj(TestNetworks::batch).toList();

    @ParameterizedTest
    @EnumSource(PersistenceTest.Case.class)
    void a_graph_learns_and_keeps_its_state_from_one_fit_to_the_next(PersistenceTest.Case of) {
        TestNet net = of.start(true);
        ComputationGraph graph = (ComputationGraph) net.model();
        double before = loss(graph);
        ParallelWrapper wrapper = averaging(graph);
        wrapper.fit(batches());
        INDArray state = PersistenceTest.stateOf(net).dup();
        assertThat(state.data().asFloat()).doesNotContain(Float.NaN);
        assertThat(Stream.of(state.maxNumber(), state.minNumber())).anyMatch(value -> value.floatValue() != 0);
        INDArray live = PersistenceTest.stateOf(net);
        wrapper.fit(batches());
        // Neither made anew nor left behind.
        assertThat(PersistenceTest.stateOf(net)).isSameAs(live).isNotEqualTo(state);
        assertThat(loss(graph)).isLessThan(before);
    }

    @ParameterizedTest
    @EnumSource(PersistenceTest.Case.class)
    void a_network_learns_and_has_its_state_if_one_puts_it_back(PersistenceTest.Case of) {
        TestNet net = of.start(false);
        MultiLayerNetwork network = (MultiLayerNetwork) net.model();
        double before = loss(network);
        ParallelWrapper wrapper = averaging(network);
        INDArray state = network.getUpdater().getStateViewArray();
        for (int fit = 0; fit < 2; fit++) {
            INDArray earlier = state.dup();
            wrapper.fit(batches());
            // DL4J has dropped it, but has averaged into it until then.
            assertThat(network.getUpdater(false)).isNull();
            assertThat(state).isNotEqualTo(earlier);
            network.setUpdater(new MultiLayerUpdater(network, state));
            assertThat(PersistenceTest.stateOf(net)).isSameAs(state);
        }
        assertThat(state.data().asFloat()).doesNotContain(Float.NaN);
        assertThat(loss(network)).isLessThan(before);
        net.fit(BATCHES.get(0));
    }

    @Test
    void an_attached_graph_cannot_share_encoded_gradients() {
        ComputationGraph graph =
                (ComputationGraph) PersistenceTest.Case.EVERYTHING.start(true).model();
        INDArray before = graph.params().dup();
        ParallelWrapper wrapper = new ParallelWrapper.Builder<>(graph)
                .workers(WORKERS)
                .prefetchBuffer(0)
                .trainingMode(ParallelWrapper.TrainingMode.SHARED_GRADIENTS)
                .build();
        assertThatThrownBy(() -> wrapper.fit(batches()))
                .hasStackTraceContaining("SHARED_GRADIENTS")
                .hasStackTraceContaining("TrainingMode.AVERAGING");
        assertThat(graph.params()).isEqualTo(before);
    }

    private static ParallelWrapper averaging(Model model) {
        return new ParallelWrapper.Builder<>(model)
                .workers(WORKERS)
                .prefetchBuffer(2)
                .averagingFrequency(2)
                .trainingMode(ParallelWrapper.TrainingMode.AVERAGING)
                .build();
    }

    private static ExistingDataSetIterator batches() {
        return new ExistingDataSetIterator(BATCHES);
    }

    private static double loss(Model model) {
        return BATCHES.stream()
                .mapToDouble(batch -> model instanceof MultiLayerNetwork network
                        ? network.score(batch)
                        : ((ComputationGraph) model).score(batch))
                .sum();
    }
}
