package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.optim.LossScale;
import io.gradstep.optim.RMSprop;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LossScaleConfigTest {
    private final ConfigReader reader = new ConfigReader();

    private static Map<String, Object> scaled(String inner) {
        return Json.map("{'name': 'outer', 'inner_optimizer': " + inner + "}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'module': 'keras.optimizers', 'registered_name': null",
                "'module': 'keras.optimizers'",
                "'module': 'keras.optimizers', 'registered_name': ''",
                "'module': 'keras.src.backend.torch.optimizers.torch_rmsprop', 'registered_name': 'RMSprop'",
            })
    void the_inner_optimizer_is_of_either_module(String module) {
        Map<String, Object> config = scaled("{'class_name': 'RMSprop', 'config': {'name': 'n'}, " + module + "}");
        RMSprop inner = RMSprop.builder().name("n").build();
        assertThat(reader.lossScale(config)).isEqualTo(new LossScale(inner, 32768, 2000, "outer"));
    }

    @Test
    void what_older_versions_wrote_for_the_loss_scale_is_read() {
        Map<String, Object> config = scaled("{'module': 'keras.optimizers', 'class_name': 'RMSprop', 'config': {}}");
        Map<String, Object> older = new LinkedHashMap<>(config);
        older.putAll(Json.map("{'weight_decay': null, 'clipnorm': null, 'global_clipnorm': null, 'clipvalue': null, "
                + "'use_ema': false, 'ema_momentum': 0.99, 'ema_overwrite_frequency': null, "
                + "'loss_scale_factor': null, 'gradient_accumulation_steps': null, 'dynamic': true, "
                + "'initial_scale': 8, 'dynamic_growth_steps': 2.0}"));
        LossScale settings = reader.lossScale(older);
        assertThat(settings).isEqualTo(new LossScale(settings.inner(), 8, 2, "outer"));
    }

    @Test
    void a_loss_scale_without_a_name_gets_one_of_its_own() {
        String inner = "{'module': 'keras.optimizers', 'class_name': 'RMSprop', 'config': {}}";
        LossScale settings = reader.lossScale(Json.map("{'inner_optimizer': " + inner + "}"));
        assertThat(settings.name()).matches("loss_scale_optimizer(_\\d+)?");
        assertThat(settings.inner().name()).matches("rm_sprop(_\\d+)?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "null | inner_optimizer=null",
                "'rmsprop' | inner_optimizer=rmsprop",
                "{'module': 'keras.optimizers', 'class_name': 'RMSprop'} | inner_optimizer={module=keras.optimizers",
                "{'module': 'keras.optimizers', 'class_name': 'LossScaleOptimizer', 'config': {}} | inner_optimizer={",
                "{'class_name': 'RMSprop', 'config': {}} | Could not locate class 'RMSprop'",
                "{'module': null, 'class_name': 'Mine', 'config': {}} | Could not locate class 'Mine'",
                "{'module': 'keras.optimizers', 'class_name': 'rmsprop', 'config': {}} | 'keras.optimizers.rmsprop'",
                "{'module': 'keras.optimizers', 'class_name': 'Adam', 'config': {}} | 'keras.optimizers.Adam'",
                "{'module': 'keras.optimizers', 'class_name': 'RMSprop', 'config': {'rho': 'x'}} | rho=x",
            })
    void an_inner_optimizer_that_is_none_is_refused(String inner, String message) {
        Map<String, Object> config = Json.map("{'inner_optimizer': " + inner + "}");
        assertThatThrownBy(() -> reader.lossScale(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void an_inner_optimizer_is_needed() {
        assertThatThrownBy(() -> reader.lossScale(Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("inner_optimizer=null");
    }
}
