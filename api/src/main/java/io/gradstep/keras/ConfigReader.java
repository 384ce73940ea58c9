package io.gradstep.keras;

import io.gradstep.ops.UpdateRule;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.RuleSettings;
import io.gradstep.optim.Settings;
import io.gradstep.schedule.LearningRateSchedule;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Function;

/**
 * Reads the maps in which Keras 3.15.1 writes optimizers and schedules: {@code from_config}, {@code
 * keras.optimizers.get} and {@code keras.optimizers.schedules.deserialize}.
 *
 * <p>A map is what a JSON parser makes of Keras's text: keys are strings; values are {@link Map}, {@link java.util.List
 * List}, {@link String}, {@link Boolean}, {@link Long} or {@link Integer} for a number written as an integer, {@link
 * Double} for any other, and null. Maps are not changed. A reader is immutable and may be shared by threads.
 *
 * <p><b>Nothing is made by a name in a map</b> but {@code RMSprop}, {@code LossScaleOptimizer}, Keras's six schedules,
 * and what was registered here. A registered name is compared exactly, first with {@code registered_name} and then with
 * {@code class_name}, and goes before a class of Keras's with the same name.
 *
 * <p>Missing arguments take Keras's defaults; a missing or null {@code name} gives the automatic one, {@code rm_sprop}.
 * What is wrong is refused in Keras's order and, as far as they apply, in its words. Where Keras is content and Java's
 * types are not, the argument is refused too:
 *
 * <ul>
 *   <li>numbers and booleans of another type, such as {@code rho="high"} or {@code use_ema=1}; an integer will do for a
 *       float, but not as a learning rate
 *   <li>{@code gradient_accumulation_steps=2.5}. A whole number written as a float will do. So it will as {@code
 *       ema_overwrite_frequency} while {@code use_ema} is off, else Keras refuses it
 *   <li>an {@code initial_learning_rate} written as an integer, of which Keras computes a schedule in integers
 *   <li>a {@code dynamic} that is neither a boolean nor a number, {@code boundaries} beyond 64 bits, and a {@code module}
 *       or {@code registered_name} that is neither a string nor null
 *   <li>a Python lambda, and a {@code LossScaleOptimizer} within another
 * </ul>
 */
public final class ConfigReader {
    private static final Set<String> RMSPROP_MODULES =
            Set.of("keras.optimizers", "keras.src.backend.torch.optimizers.torch_rmsprop");
    private static final Set<String> LOSS_SCALE_NAMES =
            Set.of("inner_optimizer", "initial_scale", "dynamic_growth_steps", "name", "dynamic");

    private final Map<String, Function<Map<String, Object>, ? extends UpdateRule>> rules;
    private final Map<String, Function<Map<String, Object>, ? extends LearningRateSchedule>> schedules;
    private final Map<String, DoubleSupplier> callables;
    private final Consumer<String> warnings;

    /** Knows Keras's own classes only, and warns to the {@link System.Logger} {@code io.gradstep}. */
    public ConfigReader() {
        this(
                Map.of(),
                Map.of(),
                Map.of(),
                warning -> System.getLogger("io.gradstep").log(System.Logger.Level.WARNING, warning));
    }

    /**
     * A reader that knows Keras's own classes and all {@link CustomObjects} that are installed.
     *
     * @return a new reader
     * @throws java.util.ServiceConfigurationError if a services file names what is no such class, or one that cannot be
     *     made
     */
    public static ConfigReader installed() {
        ConfigReader reader = new ConfigReader();
        for (CustomObjects objects : ServiceLoader.load(CustomObjects.class)) {
            reader = objects.addTo(reader);
        }
        return reader;
    }

    private ConfigReader(
            Map<String, Function<Map<String, Object>, ? extends UpdateRule>> rules,
            Map<String, Function<Map<String, Object>, ? extends LearningRateSchedule>> schedules,
            Map<String, DoubleSupplier> callables,
            Consumer<String> warnings) {
        this.rules = rules;
        this.schedules = schedules;
        this.callables = callables;
        this.warnings = warnings;
    }

    /**
     * Registers a rule: an entry of Keras's {@code custom_objects}.
     *
     * @param className the class name or registered name that maps have for it
     * @param rule makes it of its own arguments, those that {@link UpdateRule#config} writes; its map cannot be changed
     *     and lacks what has its default. What the made rule does not write is refused as not recognized
     * @return a new reader
     */
    public ConfigReader withRule(String className, Function<Map<String, Object>, ? extends UpdateRule> rule) {
        return new ConfigReader(with(rules, className, rule), schedules, callables, warnings);
    }

    /**
     * Registers a schedule: an entry of Keras's {@code custom_objects}.
     *
     * @param className the class name or registered name that maps have for it
     * @param schedule makes it of its arguments, those that {@link LearningRateSchedule#config} writes; its map cannot
     *     be changed and lacks what has its default. What the made schedule does not write is refused as not
     *     recognized, unless it cannot be written at all
     * @return a new reader
     */
    public ConfigReader withSchedule(
            String className, Function<Map<String, Object>, ? extends LearningRateSchedule> schedule) {
        return new ConfigReader(rules, with(schedules, className, schedule), callables, warnings);
    }

    /**
     * Registers a function that learning rates are asked of: an entry of Keras's {@code custom_objects}.
     *
     * @param name what maps of the class {@code function} have as their {@code config}
     * @param callable the function
     * @return a new reader
     */
    public ConfigReader withCallable(String name, DoubleSupplier callable) {
        return new ConfigReader(rules, schedules, with(callables, name, callable), warnings);
    }

    /**
     * Sets who hears warnings.
     *
     * @param listener gets the text of each
     * @return a new reader
     */
    public ConfigReader withWarnings(Consumer<String> listener) {
        return new ConfigReader(rules, schedules, callables, Objects.requireNonNull(listener, "listener"));
    }

    private static <V> Map<String, V> with(Map<String, V> registered, String name, V value) {
        Map<String, V> more = new HashMap<>(registered);
        more.put(name, value);
        return Map.copyOf(more);
    }

    /**
     * {@code RMSprop.from_config}.
     *
     * @param config what {@code get_config} gives
     * @return the settings
     * @throws IllegalArgumentException if an argument is wrong or not recognized; the message has its name and value
     */
    public RMSprop rmsprop(Map<String, ?> config) {
        return rmsprop(new Arguments(config));
    }

    private RMSprop rmsprop(Arguments arguments) {
        RMSprop defaults = BaseConstructor.DEFAULTS;
        Object learningRate = learningRate(arguments.get("learning_rate", 0.001));
        BaseConstructor.checkNames(arguments, defaults.config().keySet(), warnings);
        return BaseConstructor.read(
                        arguments, () -> RMSprop.builder().name(null).build())
                .rho(arguments.number("rho", defaults.rho()))
                .momentum(arguments.number("momentum", defaults.momentum()))
                .epsilon(arguments.number("epsilon", defaults.epsilon()))
                .centered(arguments.flag("centered", defaults.centered()))
                .learningRate(BaseConstructor.learningRate(learningRate))
                .build();
    }

    /**
     * {@code LossScaleOptimizer.from_config}.
     *
     * @param config what {@code get_config} gives; base arguments, which older versions wrote too, at their defaults
     * @return the settings
     * @throws IllegalArgumentException if an argument is wrong or not supported, also of the inner optimizer; the
     *     message has its name
     */
    public LossScale lossScale(Map<String, ?> config) {
        return lossScale(new Arguments(config));
    }

    private LossScale lossScale(Arguments arguments) {
        Settings inner = innerOptimizer(arguments.get("inner_optimizer"));
        refuseUnsupported(arguments);
        LossScale named = new LossScale(
                inner,
                LossScale.INITIAL_SCALE,
                LossScale.DYNAMIC_GROWTH_STEPS,
                BaseConstructor.name(arguments.get("name")));
        return new LossScale(
                named.inner(),
                arguments.number("initial_scale", named.initialScale()),
                arguments.integer("dynamic_growth_steps", named.dynamicGrowthSteps()),
                named.name());
    }

    private static void refuseUnsupported(Arguments arguments) {
        Object dynamic = arguments.get("dynamic", true);
        if (dynamic == null || dynamic.equals(false) || Arguments.whole(dynamic).equals(OptionalInt.of(0))) {
            throw new IllegalArgumentException("LossScaleOptimizer no longer supports `dynamic=false`. Instead, simply "
                    + "set `loss_scale_factor` directly on the `inner_optimizer`.");
        }
        if (!(dynamic instanceof Boolean || dynamic instanceof Number)) {
            throw Arguments.wrong("dynamic", "a boolean", dynamic);
        }
        Map<String, Object> baseDefaults = BaseConstructor.DEFAULTS.base().config();
        baseDefaults.keySet().removeAll(Set.of("name", "learning_rate"));
        baseDefaults.forEach((name, byDefault) -> {
            if (!Objects.equals(arguments.get(name, byDefault), byDefault)) {
                throw new IllegalArgumentException("LossScaleOptimizer does not support `" + name + "`. Instead, set `"
                        + name + "` on the `inner_optimizer`.");
            }
        });
        Set<String> known = new HashSet<>(baseDefaults.keySet());
        known.addAll(LOSS_SCALE_NAMES);
        Set<String> others = arguments.except(known).keySet();
        if (!others.isEmpty()) {
            throw new IllegalArgumentException(
                    "LossScaleOptimizer does not support arguments: `" + Shown.of(String.join("`, `", others)) + "`.");
        }
    }

    private Settings innerOptimizer(Object value) {
        if (!SerializedObject.isOne(value)) {
            throw Arguments.wrong("inner_optimizer", "a serialized optimizer", value);
        }
        SerializedObject object = SerializedObject.of((Map<?, ?>) value);
        String registered = object.nameIn(rules);
        if (registered != null) {
            return rule(registered, object.config());
        }
        if (object.className().equals("LossScaleOptimizer")) {
            throw Arguments.wrong("inner_optimizer", "another optimizer than a LossScaleOptimizer", value);
        }
        if (object.className().equals("RMSprop") && RMSPROP_MODULES.stream().anyMatch(object::isOfModule)) {
            object.refuseOtherRegisteredName();
            return rmsprop(object.config());
        }
        throw object.notFound();
    }

    /**
     * {@code from_config} of a registered rule. Of the base arguments the learning rate is needed.
     *
     * @param className the name that it is registered under
     * @param config what {@link RuleSettings#config} gives
     * @return the settings
     * @throws IllegalArgumentException if there is no such rule, or if an argument is wrong or not recognized; the
     *     message has its name and value
     */
    public RuleSettings rule(String className, Map<String, ?> config) {
        if (!rules.containsKey(className)) {
            throw new IllegalArgumentException(
                    "Could not locate class '" + className + "' because it is not registered with `withRule`");
        }
        return rule(className, new Arguments(config));
    }

    private RuleSettings rule(String className, Arguments arguments) {
        Object learningRate = learningRate(arguments.get("learning_rate"));
        UpdateRule rule = rules.get(className).apply(arguments.except(BaseConstructor.NAMES));
        Set<String> known = new HashSet<>(BaseConstructor.NAMES);
        known.addAll(rule.config().keySet());
        BaseConstructor.checkNames(arguments, known, warnings);
        RMSprop base = BaseConstructor.read(
                        arguments, () -> Settings.of(rule).learningRate(0).build())
                .learningRate(BaseConstructor.learningRate(learningRate))
                .build();
        return new RuleSettings(base.base(), rule);
    }

    /**
     * {@code keras.optimizers.get}. The names of Keras's classes may be written in any case, and in any module.
     *
     * @param identifier a class name, the map that {@link Settings#serialize} gives, settings, or null. Without a
     *     {@code config} all arguments have their defaults
     * @return the settings, or null for null
     * @throws IllegalArgumentException if it is none of these, if no such optimizer is known, or if an argument is
     *     wrong
     */
    public Settings optimizer(Object identifier) {
        if (identifier == null || identifier instanceof Settings) {
            return (Settings) identifier;
        }
        if (identifier instanceof String className) {
            return optimizer(Map.of("class_name", className), identifier);
        }
        if (identifier instanceof Map<?, ?> map && map.get("class_name") instanceof String) {
            return optimizer(map, identifier);
        }
        throw notInterpreted(identifier);
    }

    private Settings optimizer(Map<?, ?> map, Object identifier) {
        SerializedObject object = SerializedObject.of(map);
        String registered = object.nameIn(rules);
        if (registered != null) {
            return rule(registered, object.config());
        }
        object.refuseNullModule();
        return switch (object.className().toLowerCase(Locale.ROOT)) {
            case "rmsprop" -> rmsprop(object.config());
            case "lossscaleoptimizer" -> lossScale(object.config());
            default -> throw notInterpreted(identifier);
        };
    }

    private IllegalArgumentException notInterpreted(Object identifier) {
        return new IllegalArgumentException("Could not interpret optimizer identifier: " + Shown.of(identifier)
                + ". Known are RMSprop, LossScaleOptimizer, and registered with `withRule` "
                + new TreeSet<>(rules.keySet()));
    }

    /**
     * {@code keras.optimizers.schedules.deserialize}. Class names are those of Keras to the letter; the module does not
     * matter.
     *
     * @param serialized what {@link LearningRateSchedule#serialize} gives
     * @return the schedule
     * @throws IllegalArgumentException if no such schedule is known, which Keras answers with its bare name, or if an
     *     argument is wrong
     */
    public LearningRateSchedule schedule(Map<String, ?> serialized) {
        SerializedObject object = SerializedObject.of(serialized);
        String registered = object.nameIn(schedules);
        if (registered != null) {
            return registeredSchedule(registered, object.config());
        }
        object.refuseNullModule();
        if (KerasSchedules.has(object.className())) {
            return KerasSchedules.make(object.className(), object.config());
        }
        throw object.notFound();
    }

    /** Within an optimizer, where Keras deserializes a map before it looks at anything else. */
    private Object learningRate(Object value) {
        if (!SerializedObject.isOne(value)) {
            return value;
        }
        SerializedObject object = SerializedObject.of((Map<?, ?>) value);
        if (object.className().equals("__lambda__")) {
            throw new IllegalArgumentException("The learning rate is a Python lambda, which is bytecode and cannot be "
                    + "run here. Use a schedule, or a named function and `withCallable`");
        }
        if (object.className().equals("function")) {
            return callable(object.fields().get("config"));
        }
        String registered = object.nameIn(schedules);
        if (registered != null) {
            return registeredSchedule(registered, object.config());
        }
        if (object.isOfModule(KerasSchedules.MODULE) && KerasSchedules.has(object.className())) {
            object.refuseOtherRegisteredName();
            return KerasSchedules.make(object.className(), object.config());
        }
        throw object.notFound();
    }

    private DoubleSupplier callable(Object name) {
        DoubleSupplier callable = name instanceof String ? callables.get(name) : null;
        if (callable == null) {
            throw new IllegalArgumentException("Could not locate function '" + Shown.of(name)
                    + "' because it is not registered with `withCallable`");
        }
        return callable;
    }

    private LearningRateSchedule registeredSchedule(String className, Arguments arguments) {
        LearningRateSchedule schedule = schedules.get(className).apply(arguments.all());
        Set<String> written;
        try {
            written = schedule.config().keySet();
        } catch (UnsupportedOperationException e) {
            // Nothing says which arguments it has: a lambda, say.
            return schedule;
        }
        arguments.refuseAllBut(written);
        return schedule;
    }
}
