package io.gradstep.dl4j;

import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.RMSprop;
import io.gradstep.reference.ReferenceProvider;
import io.gradstep.schedule.ExponentialDecay;
import io.gradstep.tck.Bits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * Parameters and state are those of a plain optimizer on the reference backend that is fed the same gradients: those of
 * a twin of the network, whose own updater hands them on as they are.
 */
class BitsTest {
    private static final int STEPS = 30;

    /** Which settings, and whether they need to be attached. */
    @SuppressWarnings("ImmutableEnumChecker") // settings are immutable
    enum Case {
        PLAIN(RMSprop.builder(), false),
        ALL_THAT_AN_UPDATER_CAN_ALONE(
                RMSprop.builder()
                        .momentum(0.9)
                        .centered(true)
                        .clipvalue(0.01)
                        .lossScaleFactor(8.0)
                        .gradientAccumulationSteps(3),
                false),
        ATTACHED_ALTHOUGH_IT_NEED_NOT(RMSprop.builder().momentum(0.9).clipvalue(0.01), true),
        EVERYTHING_WITH_A_GLOBAL_NORM(
                RMSprop.builder()
                        .learningRate(new ExponentialDecay(0.01, 10, 0.9))
                        .momentum(0.9)
                        .centered(true)
                        .globalClipnorm(0.1)
                        .weightDecay(0.01)
                        .useEma(true)
                        .emaMomentum(0.9)
                        .emaOverwriteFrequency(4)
                        .lossScaleFactor(8.0)
                        .gradientAccumulationSteps(3),
                true),
        A_NORM_OF_EACH(RMSprop.builder().clipnorm(0.02).weightDecay(0.01).useEma(true), true);

        private final RMSprop settings;
        private final boolean isAttached;

        Case(RMSprop.Builder settings, boolean isAttached) {
            this.settings = settings.build();
            this.isAttached = isAttached;
        }
    }

    static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (Case each : Case.values()) {
            for (boolean isGraph : new boolean[] {false, true}) {
                for (boolean regularizes : new boolean[] {false, true}) {
                    cases.add(Arguments.of(each, isGraph, DataType.FLOAT, regularizes));
                    cases.add(Arguments.of(each, isGraph, DataType.DOUBLE, regularizes));
                }
            }
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}, graph: {1}, {2}, with L1 and L2 of DL4J: {3}")
    @MethodSource("cases")
    void a_network_is_stepped_as_an_optimizer_steps(Case of, boolean isGraph, DataType type, boolean regularizes) {
        TestNet net = TestNet.of(isGraph, common(new GradstepUpdater(of.settings), type, regularizes));
        TestNet twin = TestNet.of(isGraph, common(new Sgd(1), type, regularizes));
        NetworkOptimizer attached = of.isAttached ? net.attach().excludeFromWeightDecay("^b$") : null;
        try (Backend<HostTensor> backend = new ReferenceProvider().open();
                Optimizer<HostTensor> optimizer = of.settings.on(backend)) {
            Map<String, HostTensor> expected = net.parameters();
            List<TensorVariable<HostTensor>> variables = new ArrayList<>();
            expected.forEach((path, values) -> variables.add(backend.wrap(values, path)));
            optimizer.build(variables);
            optimizer.excludeFromWeightDecay(List.of(), List.of("^b$"));
            for (int step = 0; step < STEPS; step++) {
                DataSet batch = TestNetworks.batch(step, type);
                Map<String, HostTensor> gradients = net.gradientsOn(twin, batch, step);
                net.fit(batch);
                optimizer.apply(new ArrayList<>(gradients.values()));
                Bits.assertEqual("after step " + step, expected, net.parameters());
                if (attached != null) {
                    Bits.assertEqual("after step " + step, optimizer.saveOwnVariables(), attached.state());
                }
            }
            if (attached != null) {
                attached.finalizeVariableValues();
                optimizer.finalizeVariableValues(variables);
                Bits.assertEqual("at the end", expected, net.parameters());
            }
        }
    }

    private static NeuralNetConfiguration.Builder common(IUpdater updater, DataType type, boolean regularizes) {
        NeuralNetConfiguration.Builder common = TestNetworks.common(updater, type);
        return regularizes ? common.l1(0.001).l2(0.002).l2Bias(0.003) : common;
    }
}
