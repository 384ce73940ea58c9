package io.gradstep.examples;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.gradstep.examples.bench.StepCost;
import io.gradstep.examples.bench.StepCosts;
import java.util.Collection;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collector;

/**
 * What a comparison found as JSON, all of it. Times are in nanoseconds. Where JSON has no number there is a word: NaN,
 * Infinity.
 */
final class ComparisonJson {
    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private final ComparisonResult result;
    private final Environment environment;

    ComparisonJson(ComparisonResult result, Environment environment) {
        this.result = result;
        this.environment = environment;
    }

    String text() {
        JsonObject json = new JsonObject();
        json.add("setup", setup());
        json.addProperty("complete", result.isComplete());
        json.add("backends", array(result.rows(), ComparisonJson::row));
        json.add("costs", array(result.costs(), ComparisonJson::cost));
        json.add("notMeasured", array(result.omissions(), ComparisonJson::omission));
        json.add("environment", environment());
        return GSON.toJson(json) + "\n";
    }

    private JsonObject setup() {
        ComparisonResult.Setup setup = result.setup();
        ComparisonPlan plan = setup.plan();
        JsonObject json = new JsonObject();
        json.addProperty("data", plan.data().name());
        json.addProperty("source", plan.data().source());
        json.addProperty("trainingRows", plan.trainingRows());
        json.addProperty("testRows", plan.testRows());
        json.addProperty("model", plan.kind().name());
        json.addProperty("layers", plan.model().toString());
        json.addProperty("precision", FloatPrecision.name(plan.precision()));
        json.addProperty("optimizer", SettingsText.of(plan.optimizer().settings()));
        json.add("noWeightDecayFor", array(plan.optimizer().spared(), JsonPrimitive::new));
        json.addProperty("batchSize", ComparisonPlan.BATCH_SIZE);
        json.addProperty("epochs", setup.epochs());
        json.add("seeds", array(setup.seeds(), JsonPrimitive::new));
        return json;
    }

    private static JsonObject row(ComparisonResult.Row row) {
        JsonObject json = new JsonObject();
        json.addProperty("name", row.name());
        json.addProperty("backend", row.contender().id());
        json.addProperty("execution", row.contender().executionWord());
        json.addProperty("role", row.contender().role().toString().toLowerCase(Locale.ROOT));
        json.add("runs", array(row.outcomes(), outcome -> outcome(row.contender(), outcome)));
        return json;
    }

    private static JsonObject outcome(Contender contender, Outcome outcome) {
        JsonObject json = new JsonObject();
        json.addProperty("seed", outcome.seed());
        outcome.failure().ifPresent(failure -> json.addProperty("error", failure));
        outcome.run().ifPresent(run -> {
            json.add("epochs", array(run.epochs(), ComparisonJson::epoch));
            json.add(
                    "epochNanos",
                    spread(
                            run.epochNanos().median(),
                            run.epochNanos().low(),
                            run.epochNanos().high()));
            json.add(
                    "stepNanos",
                    spread(
                            run.stepNanos().median(),
                            run.stepNanos().low(),
                            run.stepNanos().high()));
        });
        if (contender.role() == Contender.Role.BACKEND) {
            json.add("ulpReferenceGradients", differences(outcome.sameGradients()));
            json.add("ulpOwnGradients", differences(outcome.ownGradients()));
        }
        return json;
    }

    private static JsonObject epoch(TrainingRun.Epoch epoch) {
        JsonObject json = new JsonObject();
        json.addProperty("epoch", epoch.number());
        json.add("trainingLoss", number(epoch.trainingLoss()));
        json.add("testAccuracy", number(epoch.testAccuracy()));
        return json;
    }

    private static JsonObject differences(StepDifferences differences) {
        JsonObject json = new JsonObject();
        json.add("largest", ulp(differences.largest()));
        json.add("atTheEnd", ulp(differences.last()));
        json.add("steps", array(differences.points(), point -> new JsonPrimitive(point.step())));
        json.add("ulp", array(differences.points(), point -> ulp(point.ulp())));
        return json;
    }

    private static JsonObject cost(StepCost cost) {
        JsonObject json = new JsonObject();
        json.addProperty("who", cost.who());
        json.addProperty("settings", cost.settings().name());
        json.addProperty("parameters", cost.parameters());
        json.addProperty("bytesPerParameter", cost.bytesPerParameter());
        json.add("stepNanos", spread(cost.nanos(), cost.low(), cost.high()));
        return json;
    }

    private static JsonObject omission(StepCosts.Failure omission) {
        JsonObject json = new JsonObject();
        json.addProperty("who", omission.who());
        json.addProperty("settings", omission.settings().name());
        json.addProperty("parameters", omission.parameters());
        json.addProperty("reason", omission.reason());
        return json;
    }

    private JsonObject environment() {
        JsonObject json = new JsonObject();
        json.addProperty("processor", environment.processor());
        json.addProperty("cores", environment.machine().cores());
        json.addProperty("system", environment.machine().system());
        json.addProperty("java", environment.machine().java());
        JsonObject versions = new JsonObject();
        environment.versions().forEach(versions::addProperty);
        json.add("versions", versions);
        json.addProperty("command", environment.command());
        return json;
    }

    private static JsonObject spread(double median, double low, double high) {
        JsonObject json = new JsonObject();
        json.add("median", number(median));
        json.add("lowerQuartile", number(low));
        json.add("upperQuartile", number(high));
        return json;
    }

    private static JsonElement number(double value) {
        return Double.isFinite(value) ? new JsonPrimitive(value) : new JsonPrimitive(Double.toString(value));
    }

    private static JsonElement ulp(long distance) {
        return distance == Long.MAX_VALUE ? new JsonPrimitive("NaN") : new JsonPrimitive(distance);
    }

    private static <E> JsonArray array(Collection<E> elements, Function<E, JsonElement> toJson) {
        return elements.stream().map(toJson).collect(Collector.of(JsonArray::new, JsonArray::add, (left, right) -> {
            left.addAll(right);
            return left;
        }));
    }
}
