package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gradstep.examples.bench.StepExecution;
import io.gradstep.examples.bench.StepSettings;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** For programs: every digit, whatever the country. */
class ComparisonFilesTest {
    private static final ComparisonResult RESULT = new MadeUpResult()
            .seeds(7L, 8L)
            .reference()
            .backend("nd4j", StepExecution.fused, 0, Long.MAX_VALUE)
            .failedPeer("djl", "DJL RmsProp", "Not \"implemented\", it says")
            .cost("nd4j", StepSettings.plain, 1000, 40_000)
            .result();

    private final Locale usual = Locale.getDefault();

    @TempDir
    private Path folder;

    @BeforeEach
    void elsewhere() {
        Locale.setDefault(Locale.GERMANY);
    }

    @AfterEach
    void backHome() {
        Locale.setDefault(usual);
    }

    @Test
    void tables_have_a_row_for_each_seed() {
        new ComparisonFiles(RESULT).writeTo(OutputFolder.open(folder.toString()));

        assertThat(folder.resolve("comparison.csv")).content().isEqualTo("""
                backend,execution,seed,loss_first_epoch,loss_last_epoch,test_accuracy,epoch_ms,step_ms,step_ms_lower_quartile,step_ms_upper_quartile,ulp_reference_gradients,ulp_own_gradients,error
                reference,eager,7,1.5,0.25,0.975,12.345678,0.001499,0.001,0.003,,,
                reference,eager,8,1.5,0.5,0.875,12.345678,0.001499,0.001,0.003,,,
                nd4j,fused,7,1.5,0.25,0.975,12.345678,0.001499,0.001,0.003,0,NaN,
                nd4j,fused,8,1.5,0.5,0.875,12.345678,0.001499,0.001,0.003,0,NaN,
                DJL RmsProp,,7,,,,,,,,,,"Not ""implemented"", it says"
                DJL RmsProp,,8,,,,,,,,,,"Not ""implemented"", it says"
                """);
        assertThat(folder.resolve("epochs.csv")).content().isEqualTo("""
                backend,execution,seed,epoch,training_loss,test_accuracy
                reference,eager,7,1,1.5,0.5
                reference,eager,7,2,0.25,0.975
                reference,eager,8,1,1.5,0.5
                reference,eager,8,2,0.5,0.875
                nd4j,fused,7,1,1.5,0.5
                nd4j,fused,7,2,0.25,0.975
                nd4j,fused,8,1,1.5,0.5
                nd4j,fused,8,2,0.5,0.875
                """);
        assertThat(folder.resolve("steps.csv")).content().isEqualTo("""
                backend,execution,seed,step,ulp_reference_gradients,ulp_own_gradients
                nd4j,fused,7,1,0,4611686018427387903
                nd4j,fused,7,2,0,NaN
                nd4j,fused,8,1,0,4611686018427387903
                nd4j,fused,8,2,0,NaN
                """);
        assertThat(folder.resolve("costs.csv")).content().isEqualTo("""
                who,settings,parameters,bytes_per_parameter,step_ms,step_ms_lower_quartile,step_ms_upper_quartile
                nd4j,plain,1000,20,0.04,0.036,0.048
                """);
    }

    @Test
    void json_has_all_of_it() {
        JsonObject json = JsonParser.parseString(new ComparisonJson(RESULT, MadeUpResult.ENVIRONMENT).text())
                .getAsJsonObject();

        assertThat(json.getAsJsonObject("setup")).isEqualTo(JsonParser.parseString("""
                        {"data": "points", "source": "made up", "trainingRows": 10, "testRows": 2, "model": "logistic",
                         "layers": "3-2", "precision": "float32", "optimizer": "RMSprop(learning_rate=0.001)",
                         "noWeightDecayFor": [], "batchSize": 32, "epochs": 2, "seeds": [7, 8]}
                        """));
        assertThat(json.get("complete").getAsBoolean()).isTrue();
        assertThat(json.getAsJsonArray("backends").get(1)).isEqualTo(JsonParser.parseString("""
                        {"name": "nd4j fused", "backend": "nd4j", "execution": "fused", "role": "backend", "runs": [
                          {"seed": 7,
                           "epochs": [{"epoch": 1, "trainingLoss": 1.5, "testAccuracy": 0.5},
                                      {"epoch": 2, "trainingLoss": 0.25, "testAccuracy": 0.975}],
                           "epochNanos": {"median": 12345678.0, "lowerQuartile": 12000000.0, "upperQuartile": 13000000.0},
                           "stepNanos": {"median": 1499.0, "lowerQuartile": 1000.0, "upperQuartile": 3000.0},
                           "ulpReferenceGradients": {"largest": 0, "atTheEnd": 0, "steps": [1, 2], "ulp": [0, 0]},
                           "ulpOwnGradients":
                             {"largest": "NaN", "atTheEnd": "NaN", "steps": [1, 2], "ulp": [4611686018427387903, "NaN"]}},
                          {"seed": 8,
                           "epochs": [{"epoch": 1, "trainingLoss": 1.5, "testAccuracy": 0.5},
                                      {"epoch": 2, "trainingLoss": 0.5, "testAccuracy": 0.875}],
                           "epochNanos": {"median": 12345678.0, "lowerQuartile": 12000000.0, "upperQuartile": 13000000.0},
                           "stepNanos": {"median": 1499.0, "lowerQuartile": 1000.0, "upperQuartile": 3000.0},
                           "ulpReferenceGradients": {"largest": 0, "atTheEnd": 0, "steps": [1, 2], "ulp": [0, 0]},
                           "ulpOwnGradients":
                             {"largest": "NaN", "atTheEnd": "NaN", "steps": [1, 2], "ulp": [4611686018427387903, "NaN"]}}]}
                        """));
        assertThat(json.getAsJsonArray("backends").get(2)).isEqualTo(JsonParser.parseString("""
                        {"name": "DJL RmsProp", "backend": "DJL RmsProp", "execution": "", "role": "peer", "runs": [
                          {"seed": 7, "error": "Not \\"implemented\\", it says"},
                          {"seed": 8, "error": "Not \\"implemented\\", it says"}]}
                        """));
        assertThat(json.getAsJsonArray("costs").get(0)).isEqualTo(JsonParser.parseString("""
                        {"who": "nd4j", "settings": "plain", "parameters": 1000, "bytesPerParameter": 20,
                         "stepNanos": {"median": 40000.0, "lowerQuartile": 36000.0, "upperQuartile": 48000.0}}
                        """));
        assertThat(json.getAsJsonObject("environment").get("command").getAsString())
                .isEqualTo("java -jar gradstep-examples.jar compare --seed 7");
    }

    /** With the same gradients any difference is a bug; with others it is the end that counts. */
    @Test
    void a_difference_that_fades_is_told_in_one_column_and_not_in_the_other() {
        ComparisonResult fading =
                new MadeUpResult().fading("djl", StepExecution.fused, 9, 4).result();
        new ComparisonFiles(fading).writeTo(OutputFolder.open(folder.toString()));

        assertThat(folder.resolve("comparison.csv")).content().endsWith(",9,4,\n");
        assertThat(run(json(fading), 0).get("ulpOwnGradients"))
                .isEqualTo(JsonParser.parseString(
                        "{\"largest\": 9, \"atTheEnd\": 4, \"steps\": [1, 2], \"ulp\": [9, 4]}"));
    }

    @Test
    void json_tells_what_is_not_as_wished() {
        ComparisonResult result = new MadeUpResult()
                .reference()
                .trained("djl", StepExecution.fused, Double.NaN, 1)
                .omission("djl", 16_777_216, "no room")
                .planned(3)
                .endedEarly()
                .result();
        JsonObject json = json(result);

        assertThat(json.get("complete").getAsBoolean()).isFalse();
        assertThat(json.getAsJsonObject("setup").get("epochs").getAsInt()).isEqualTo(2);
        assertThat(json.get("notMeasured")).isEqualTo(JsonParser.parseString("""
                        [{"who": "djl", "settings": "plain", "parameters": 16777216, "reason": "no room"}]
                        """));
        assertThat(run(json, 1).getAsJsonArray("epochs").get(1)).isEqualTo(JsonParser.parseString("""
                        {"epoch": 2, "trainingLoss": "NaN", "testAccuracy": 0.75}
                        """));
        assertThat(new ComparisonJson(result, MadeUpResult.ENVIRONMENT).text())
                .as("not every parser knows a bare NaN")
                .contains(": \"NaN\"")
                .doesNotContain(": NaN");
        assertThat(run(json, 0).keySet())
                .as("the reference is compared with nobody")
                .containsExactly("seed", "epochs", "epochNanos", "stepNanos");
    }

    @Test
    void json_tells_where_it_was_measured() {
        assertThat(json(RESULT).get("environment")).isEqualTo(JsonParser.parseString("""
                        {"processor": "A processor", "cores": 2, "system": "Linux amd64", "java": "17 (Vendor)",
                         "versions": {"DL4J": "4.5", "gradstep": "1.2.3"},
                         "command": "java -jar gradstep-examples.jar compare --seed 7"}
                        """));
    }

    private static JsonObject run(JsonObject json, int backend) {
        return json.getAsJsonArray("backends")
                .get(backend)
                .getAsJsonObject()
                .getAsJsonArray("runs")
                .get(0)
                .getAsJsonObject();
    }

    private static JsonObject json(ComparisonResult result) {
        return JsonParser.parseString(new ComparisonJson(result, MadeUpResult.ENVIRONMENT).text())
                .getAsJsonObject();
    }
}
