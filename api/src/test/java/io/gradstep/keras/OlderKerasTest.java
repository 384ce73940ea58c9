package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.optim.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Configurations as Keras 3.0 to 3.15 wrote them, on its NumPy, JAX and PyTorch backends. */
@Tag("json")
class OlderKerasTest {
    static List<Named<Map<String, Object>>> written() {
        return Json.golden("older-configs.json", "written").stream()
                .map(row -> Named.of(row.get("about") + ", " + row.get("keras"), map(row, "serialized")))
                .toList();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Map<String, Object> map, String key) {
        return (Map<String, Object>) map.get(key);
    }

    @ParameterizedTest
    @MethodSource("written")
    void what_it_says_is_read_and_written_in_the_neutral_form(Map<String, Object> serialized) {
        Settings settings = Keras.fromJson(Keras.toJson(serialized));
        assertSays(serialized, Keras.configFromJson(Keras.toJson(settings)));
    }

    /** Older ones say more: of a loss scale also the arguments that it never took. */
    private static void assertSays(Map<String, Object> older, Map<String, Object> written) {
        assertThat(written)
                .containsEntry("module", "keras.optimizers")
                .containsEntry("class_name", older.get("class_name"))
                .containsEntry("registered_name", null);
        Map<String, Object> said = new LinkedHashMap<>(map(older, "config"));
        Map<String, Object> config = new LinkedHashMap<>(map(written, "config"));
        if (config.get("inner_optimizer") != null) {
            assertSays(map(said, "inner_optimizer"), map(config, "inner_optimizer"));
            config.remove("inner_optimizer");
        }
        assertThat(said).containsAllEntriesOf(config);
        assertThat(config).hasSizeGreaterThanOrEqualTo(3);
    }
}
