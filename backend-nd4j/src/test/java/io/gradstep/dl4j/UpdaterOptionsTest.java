package io.gradstep.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.ops.BackendProvider.Options;
import io.gradstep.ops.Execution;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.optim.RMSprop;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;

class UpdaterOptionsTest {
    private static final RMSprop SETTINGS = new RMSprop(0.01);
    private static final Options EAGER = Options.DEFAULT.withExecution(ExecutionMode.EAGER);

    @ParameterizedTest
    @EnumSource(ExecutionMode.class)
    void an_attached_network_is_stepped_as_they_say(ExecutionMode mode) {
        GradstepUpdater updater = new GradstepUpdater(SETTINGS, Options.DEFAULT.withExecution(mode));
        MultiLayerNetwork net = TestNetworks.network(TestNetworks.common(updater, DataType.FLOAT));

        assertThat(GradstepUpdater.attach(net).execution().values())
                .extracting(Execution::mode)
                .containsOnly(mode);
    }

    @Test
    void they_are_no_part_of_what_is_compared_and_written() {
        GradstepUpdater updater = new GradstepUpdater(SETTINGS, EAGER);
        MultiLayerConfiguration written = TestNetworks.network(TestNetworks.common(updater, DataType.FLOAT))
                .getLayerWiseConfigurations();
        MultiLayerConfiguration plain = TestNetworks.network(
                        TestNetworks.common(new GradstepUpdater(SETTINGS), DataType.FLOAT))
                .getLayerWiseConfigurations();

        assertThat(updater).isEqualTo(new GradstepUpdater(SETTINGS)).hasSameHashCodeAs(new GradstepUpdater(SETTINGS));
        assertThat(written.toJson()).isEqualTo(plain.toJson());
        assertThat(updater.clone().options()).isEqualTo(EAGER);
    }
}
