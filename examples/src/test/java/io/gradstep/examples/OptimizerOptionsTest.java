package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.optim.RMSprop;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class OptimizerOptionsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
                    --learning-rate 0.01              | RMSprop(learning_rate=0.01)
                    --learning-rate -1e-30            | RMSprop(learning_rate=-1.0E-30)
                    --rho 0.5                         | RMSprop(learning_rate=0.001, rho=0.5)
                    --momentum 0.9                    | RMSprop(learning_rate=0.001, momentum=0.9)
                    --epsilon 0.25                    | RMSprop(learning_rate=0.001, epsilon=0.25)
                    --centered                        | RMSprop(learning_rate=0.001, centered=True)
                    --weight-decay 0.1                | RMSprop(learning_rate=0.001, weight_decay=0.1)
                    --clipnorm 1                      | RMSprop(learning_rate=0.001, clipnorm=1.0)
                    --clipvalue 0                     | RMSprop(learning_rate=0.001, clipvalue=0.0)
                    --global-clipnorm 2.5             | RMSprop(learning_rate=0.001, global_clipnorm=2.5)
                    --ema                             | RMSprop(learning_rate=0.001, use_ema=True)
                    --ema --ema-momentum 0.5          | RMSprop(learning_rate=0.001, use_ema=True, ema_momentum=0.5)
                    --ema --ema-overwrite-frequency 7 | RMSprop(learning_rate=0.001, use_ema=True, ema_overwrite_frequency=7)
                    --accumulation 4                  | RMSprop(learning_rate=0.001, gradient_accumulation_steps=4)
                    --loss-scale-factor 3             | RMSprop(learning_rate=0.001, loss_scale_factor=3.0)
                    --loss-scale                      | LossScaleOptimizer(inner_optimizer=RMSprop(learning_rate=0.001))
                    --loss-scale --centered           | LossScaleOptimizer(inner_optimizer=RMSprop(learning_rate=0.001, centered=True))
                    --loss-scale 8,20                 | LossScaleOptimizer(inner_optimizer=RMSprop(learning_rate=0.001), initial_scale=8.0, dynamic_growth_steps=20)
                    --loss-scale=8,20                 | LossScaleOptimizer(inner_optimizer=RMSprop(learning_rate=0.001), initial_scale=8.0, dynamic_growth_steps=20)
                    --schedule exponential:0.1,10,0.5 | RMSprop(learning_rate=ExponentialDecay(initial_learning_rate=0.1, decay_steps=10, decay_rate=0.5, staircase=False))
                    """)
    void reach_the_settings(String options, String settings) {
        assertThat(SettingsText.of(choice(options.split(" ")).settings())).isEqualTo(settings);
    }

    @Test
    void without_any_are_kerass_defaults() {
        assertThat(choice()).isEqualTo(new OptimizerChoice(new RMSprop(0.001), List.of()));
    }

    @Test
    void spare_weights_from_decay() {
        assertThat(choice("--weight-decay", "0.1", "--exclude", "^b", "--exclude", "kernel")
                        .spared())
                .containsExactly("^b", "kernel");
    }

    private static OptimizerChoice choice(String... options) {
        return CommandLine.populateCommand(new OptimizerOptions(), options).choice();
    }
}
