package io.gradstep.tck;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.gradstep.constraint.KerasConstraint;
import io.gradstep.constraint.MaxNorm;
import io.gradstep.constraint.MinMaxNorm;
import io.gradstep.constraint.NonNeg;
import io.gradstep.constraint.UnitNorm;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import io.gradstep.optim.SettingsBuilder;
import io.gradstep.schedule.CosineDecay;
import io.gradstep.schedule.CosineDecayRestarts;
import io.gradstep.schedule.ExponentialDecay;
import io.gradstep.schedule.InverseTimeDecay;
import io.gradstep.schedule.LearningRateSchedule;
import io.gradstep.schedule.PiecewiseConstantDecay;
import io.gradstep.schedule.PolynomialDecay;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Draws scenarios from the whole space of arguments, variables and steps. What Keras makes of them is not known:
 * backends are compared with each other.
 */
public final class RandomScenario {
    private static final Gson GSON = new GsonBuilder().serializeNulls().create();
    private static final int STEPS = 20;
    private static final double[] SPECIAL = {
        0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e20, -1e20, 1e-40, 1e-30
    };

    private final Random random;
    private final List<JsonObject> variables = new ArrayList<>();
    private final List<Shape> shapes = new ArrayList<>();
    private final List<DType> dtypes = new ArrayList<>();
    private final boolean hasSpecialNumbers;
    private final boolean hasNumberAsRate;

    private RandomScenario(long seed) {
        random = new Random(seed);
        hasSpecialNumbers = chance(0.3);
        hasNumberAsRate = chance(0.6);
    }

    /**
     * Draws one.
     *
     * @param seed decides everything
     * @return a scenario with 20 steps and no expectation
     */
    public static Scenario of(long seed) {
        RandomScenario drawn = new RandomScenario(seed);
        JsonObject json = new JsonObject();
        json.addProperty("format", 1);
        json.addProperty("name", "random-" + seed);
        json.addProperty("about", "drawn with the seed " + seed);
        json.add("config", GSON.toJsonTree(drawn.settings().serialize()));
        drawn.drawVariables();
        json.add("exclude_from_weight_decay", drawn.chance(0.5) ? JsonNull.INSTANCE : drawn.exclusion());
        json.add("variables", array(drawn.variables));
        json.add(
                "steps",
                array(IntStream.range(0, STEPS).mapToObj(i -> drawn.step()).toList()));
        return new Scenario(json);
    }

    private static JsonArray array(List<? extends JsonElement> elements) {
        JsonArray array = new JsonArray();
        elements.forEach(array::add);
        return array;
    }

    private boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    private double oneOf(double... numbers) {
        return numbers[random.nextInt(numbers.length)];
    }

    /** With four digits, so that it reads well in a failure. */
    private double between(double low, double high) {
        return Math.round((low + (high - low) * random.nextDouble()) * 1e4) / 1e4;
    }

    // ---- settings

    /**
     * Draws settings.
     *
     * @param seed decides everything
     * @return settings of RMSprop, Lion or Adam, with or without a dynamic loss scale
     */
    static Settings settings(long seed) {
        return new RandomScenario(seed).settings();
    }

    private Settings settings() {
        Settings settings = switch (random.nextInt(6)) {
            case 0 ->
                base(Settings.of(new Lion(between(0.5, 1), between(0.5, 1)))).build();
            case 1 ->
                base(Settings.of(new Adam(between(0.5, 1), between(0.5, 1), oneOf(1e-7, 1e-3), random.nextBoolean())))
                        .build();
            default ->
                base(RMSprop.builder()
                                .rho(oneOf(0, 1, between(0.5, 1)))
                                .momentum(oneOf(0, 0, -0.5, between(0.1, 1)))
                                .epsilon(oneOf(1e-7, 1e-7, 1e-3, 0))
                                .centered(random.nextBoolean()))
                        .build();
        };
        return chance(0.25) ? new LossScale(settings, oneOf(1, 8, 32768), 1 + random.nextInt(4), "scale") : settings;
    }

    private <B extends SettingsBuilder<B>> B base(B builder) {
        builder.name("optimizer")
                .weightDecay(chance(0.5) ? null : oneOf(0, between(0, 0.1)))
                .useEma(random.nextBoolean())
                .emaMomentum(oneOf(0, 1, between(0, 1)))
                .emaOverwriteFrequency(chance(0.5) ? null : random.nextInt(4))
                .lossScaleFactor(chance(0.6) ? null : oneOf(0.1, 3, 1024))
                .gradientAccumulationSteps(chance(0.5) ? null : 2 + random.nextInt(3));
        double limit = oneOf(-1, 0, between(0.01, 2), 41);
        switch (random.nextInt(4)) {
            case 0 -> builder.clipnorm(limit);
            case 1 -> builder.clipvalue(limit);
            case 2 -> builder.globalClipnorm(limit);
            default -> builder.clipnorm(null);
        }
        return hasNumberAsRate ? builder.learningRate(between(0, 0.1)) : builder.learningRate(schedule());
    }

    private LearningRateSchedule schedule() {
        double rate = between(0, 0.1);
        double steps = 1 + random.nextInt(12);
        return switch (random.nextInt(6)) {
            case 0 -> new ExponentialDecay(rate, steps, between(0.5, 1), random.nextBoolean(), "e");
            case 1 -> new InverseTimeDecay(rate, steps, between(0, 1), random.nextBoolean(), "i");
            case 2 -> new PolynomialDecay(rate, steps, between(0, 0.01), oneOf(1, 2, 0.5), random.nextBoolean(), "p");
            case 3 -> new PiecewiseConstantDecay(List.of(3L, 9L), List.of(rate, rate / 2, rate / 8), "c");
            case 4 ->
                new CosineDecay(
                        rate, steps, between(0, 0.5), "w", chance(0.5) ? null : between(0, 0.1), random.nextInt(5));
            default -> new CosineDecayRestarts(rate, steps, oneOf(1, 2, 1.5), between(0.5, 1), between(0, 0.5), "r");
        };
    }

    // ---- variables

    private void drawVariables() {
        int count = 1 + random.nextInt(5);
        for (int i = 0; i < count; i++) {
            Shape shape = shape();
            DType dtype = chance(0.25) ? DType.FLOAT64 : DType.FLOAT32;
            shapes.add(shape);
            dtypes.add(dtype);
            String name = chance(0.5) ? "kernel" : "bias";
            JsonObject variable = new JsonObject();
            variable.addProperty("name", name);
            variable.addProperty("path", "layer_" + i + "/" + name);
            variable.addProperty("dtype", dtype == DType.FLOAT32 ? "float32" : "float64");
            variable.add("shape", GSON.toJsonTree(shape.lengths()));
            variable.add("values", values(shape, dtype, 2, 0));
            if (chance(0.15)) {
                variable.addProperty("overwrite_with_gradient", true);
            }
            if (chance(0.25)) {
                variable.add("constraint", constraint(shape));
            }
            variables.add(variable);
        }
    }

    private Shape shape() {
        long[] lengths = new long[random.nextInt(5)];
        Arrays.setAll(lengths, axis -> 1 + random.nextInt(lengths.length < 3 ? 20 : 4));
        if (lengths.length == 1 && chance(0.3)) {
            lengths[0] = (long) oneOf(0, 1, 129, 300, 1000);
        }
        return Shape.of(lengths);
    }

    private JsonObject constraint(Shape shape) {
        int axis = shape.rank() == 0 ? 0 : random.nextInt(shape.rank());
        KerasConstraint constraint = switch (random.nextInt(shape.rank() == 0 ? 1 : 4)) {
            case 0 -> new NonNeg();
            case 1 -> new MaxNorm(between(0.1, 3), List.of(axis));
            case 2 -> new UnitNorm(IntStream.rangeClosed(0, axis).boxed().toList());
            default -> new MinMaxNorm(between(0, 1), between(1, 3), between(0, 1), List.of(axis));
        };
        JsonObject json = new JsonObject();
        json.addProperty("class_name", constraint.className());
        json.add("config", GSON.toJsonTree(constraint.config()));
        return json;
    }

    private JsonArray values(Shape shape, DType dtype, double scale, double special) {
        HostTensor values = HostTensor.filled(dtype, shape, 0);
        for (int i = 0; i < values.length(); i++) {
            values.set(i, chance(special) ? oneOf(SPECIAL) : Math.round(random.nextGaussian() * scale * 1000) / 1000.0);
        }
        return ScenarioTensor.writeAll(values);
    }

    private JsonObject exclusion() {
        JsonObject exclusion = new JsonObject();
        if (random.nextBoolean()) {
            exclusion.add("var_names", GSON.toJsonTree(List.of(chance(0.5) ? "^b" : "kern.l", "x+")));
        }
        if (random.nextBoolean()) {
            exclusion.add("var_list", GSON.toJsonTree(List.of(path(0))));
        }
        return exclusion;
    }

    private String path(int variable) {
        return variables.get(variable).get("path").getAsString();
    }

    // ---- steps

    private JsonObject step() {
        JsonObject step = new JsonObject();
        switch (random.nextInt(20)) {
            case 0 ->
                step.add(
                        "set_learning_rate",
                        hasNumberAsRate
                                ? GSON.toJsonTree(between(0, 0.1))
                                : GSON.toJsonTree(schedule().serialize()));
            case 1 -> step.addProperty("finalize_variable_values", true);
            case 2 -> step.add("exclude_from_weight_decay", exclusion());
            case 3 -> step.addProperty("save_load", true);
            default -> addGradients(step);
        }
        return step;
    }

    private void addGradients(JsonObject step) {
        List<Integer> chosen =
                new ArrayList<>(IntStream.range(0, variables.size()).boxed().toList());
        if (chance(0.2)) {
            Collections.shuffle(chosen, random);
            chosen = chosen.subList(0, 1 + random.nextInt(chosen.size()));
            step.add(
                    "variables", GSON.toJsonTree(chosen.stream().map(this::path).toList()));
        }
        JsonArray gradients = new JsonArray();
        int present = random.nextInt(chosen.size());
        double scale = oneOf(0.1, 1, 10, 1000);
        for (int i = 0; i < chosen.size(); i++) {
            boolean missing = i != present && chance(0.2);
            int variable = chosen.get(i);
            gradients.add(
                    missing
                            ? JsonNull.INSTANCE
                            : values(shapes.get(variable), dtypes.get(variable), scale, hasSpecialNumbers ? 0.02 : 0));
        }
        step.add("grads", gradients);
    }
}
