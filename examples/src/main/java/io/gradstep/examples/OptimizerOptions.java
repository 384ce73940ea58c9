package io.gradstep.examples;

import io.gradstep.optim.LossScale;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** The options that choose an optimizer: the arguments of Keras's RMSprop, and what Keras puts around it. */
final class OptimizerOptions {
    private static final String USUAL_LOSS_SCALE = "32768,2000";
    /** The last parts of the paths of {@link Model#parameters()}, in which Keras searches. */
    private static final List<String> WEIGHT_NAMES = List.of("kernel", "bias");

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            converter = RealNumber.class,
            description = "The learning rate. Without this and --schedule: 0.001.")
    private Double learningRate;

    @Option(
            names = "--schedule",
            paramLabel = "SCHEDULE",
            description = {
                "Let the learning rate follow one of Keras's schedules; STEPS counts batches:",
                "  exponential:RATE,STEPS,DECAY[,staircase]",
                "  inverse-time:RATE,STEPS,DECAY[,staircase]",
                "  polynomial:RATE,STEPS[,END[,POWER]][,cycle]",
                "  cosine:RATE,STEPS[,ALPHA[,TARGET,WARMUP]]",
                "  cosine-restarts:RATE,STEPS[,T_MUL,M_MUL[,ALPHA]]",
                "  piecewise:STEP,...=RATE,RATE,...",
                "The parts are the arguments of Keras's classes, in their order.",
                "For example: exponential:0.01,100,0.9"
            })
    private String schedule;

    @Option(
            names = "--rho",
            paramLabel = "X",
            defaultValue = "0.9",
            converter = RealNumber.class,
            description = "How much of the old mean square stays.")
    private double rho;

    @Option(
            names = "--momentum",
            paramLabel = "X",
            defaultValue = "0",
            converter = RealNumber.class,
            description = "How much of the last step is taken again.")
    private double momentum;

    @Option(
            names = "--epsilon",
            paramLabel = "X",
            defaultValue = "1e-7",
            converter = RealNumber.class,
            description = "Added under the root.")
    private double epsilon;

    @Option(
            names = "--centered",
            description = "Divide by the gradients' standard deviation, not by their root mean square.")
    private boolean centered;

    @Option(
            names = "--weight-decay",
            paramLabel = "X",
            converter = RealNumber.class,
            description = "Shrink each weight before its update: w - w * X * learning rate.")
    private Double weightDecay;

    @Option(
            names = "--exclude",
            paramLabel = "PATTERN",
            showDefaultValue = Visibility.NEVER,
            description =
                    "No weight decay for weights in whose name this regular expression is found. Weights are named "
                            + "kernel and bias. Can be repeated.")
    private List<String> excluded = List.of();

    @Option(
            names = "--clipnorm",
            paramLabel = "X",
            converter = RealNumber.class,
            description = "Limit the norm of each gradient.")
    private Double clipnorm;

    @Option(
            names = "--clipvalue",
            paramLabel = "X",
            converter = RealNumber.class,
            description = "Limit each number of each gradient.")
    private Double clipvalue;

    @Option(
            names = "--global-clipnorm",
            paramLabel = "X",
            converter = RealNumber.class,
            description = "Limit the norm of all gradients together.")
    private Double globalClipnorm;

    @Option(
            names = "--ema",
            description = "Keep moving averages of the weights. After the last epoch the weights are set to them, so "
                    + "that the last loss and the accuracy are theirs.")
    private boolean averages;

    @Option(
            names = "--ema-momentum",
            paramLabel = "X",
            converter = RealNumber.class,
            description = "How much of the old average stays. Without this: 0.99.")
    private Double averageMomentum;

    @Option(
            names = "--ema-overwrite-frequency",
            paramLabel = "N",
            converter = PositiveNumber.class,
            description = "Set the weights to their averages after every N batches, too.")
    private Integer overwriteFrequency;

    @Option(
            names = "--accumulation",
            paramLabel = "N",
            converter = PositiveNumber.class,
            description = "Update the weights only after every N batches, with the mean of their gradients.")
    private Integer accumulationSteps;

    @Option(
            names = "--loss-scale-factor",
            paramLabel = "X",
            converter = RealNumber.class,
            description = "Multiply the loss by X, and divide its gradients by X again.")
    private Double lossScaleFactor;

    @Option(
            names = "--loss-scale",
            paramLabel = "INITIAL,STEPS",
            arity = "0..1",
            fallbackValue = USUAL_LOSS_SCALE,
            description =
                    "The same with a factor that is halved when a gradient is not finite, and doubled after STEPS "
                            + "good batches in a row. Without numbers: " + USUAL_LOSS_SCALE
                            + ". DL4J's updaters cannot do it: "
                            + "nd4j is then stepped from outside.")
    private String lossScale;

    /**
     * What the options say.
     *
     * @throws UserError if they contradict each other, one says nothing without another, or Keras refuses them
     */
    OptimizerChoice choice() {
        refuseBoth("--learning-rate", learningRate, "--schedule", schedule);
        refuseBoth("--loss-scale-factor", lossScaleFactor, "--loss-scale", lossScale);
        refuseAlone("--ema-momentum", averageMomentum, "--ema", averages);
        refuseAlone("--ema-overwrite-frequency", overwriteFrequency, "--ema", averages);
        excluded.forEach(pattern -> refuseAlone("--exclude", pattern, "--weight-decay", weightDecay != null));
        excluded.forEach(OptimizerOptions::refuseIfNotFound);
        RMSprop settings = settings();
        return new OptimizerChoice(lossScale == null ? settings : scaled(settings), excluded);
    }

    private static void refuseBoth(String option, Object value, String other, Object otherValue) {
        if (value != null && otherValue != null) {
            throw new UserError(option + " and " + other + " cannot both be given. Leave out one. Received: " + option
                    + " " + value + " " + other + " " + otherValue);
        }
    }

    private static void refuseAlone(String option, Object value, String needed, boolean isGiven) {
        if (value != null && !isGiven) {
            throw new UserError(option + " does nothing without " + needed + ". Add it, or leave out both. Received: "
                    + option + " " + value);
        }
    }

    private static void refuseIfNotFound(String pattern) {
        try {
            Pattern compiled = Pattern.compile(pattern);
            if (WEIGHT_NAMES.stream().noneMatch(name -> compiled.matcher(name).find())) {
                throw new UserError("--exclude is found in no weight's name. They are "
                        + String.join(" and ", WEIGHT_NAMES) + ". Received: " + pattern);
            }
        } catch (PatternSyntaxException e) {
            throw new UserError(
                    "--exclude must be a regular expression, like bias. Received: " + pattern + " ("
                            + e.getDescription() + ")",
                    e);
        }
    }

    private RMSprop settings() {
        RMSprop.Builder builder = RMSprop.builder()
                .rho(rho)
                .momentum(momentum)
                .epsilon(epsilon)
                .centered(centered)
                .weightDecay(weightDecay)
                .clipnorm(clipnorm)
                .clipvalue(clipvalue)
                .globalClipnorm(globalClipnorm)
                .useEma(averages)
                .emaOverwriteFrequency(overwriteFrequency)
                .lossScaleFactor(lossScaleFactor)
                .gradientAccumulationSteps(accumulationSteps);
        if (learningRate != null) {
            builder.learningRate(learningRate);
        }
        if (schedule != null) {
            builder.learningRate(ScheduleSyntax.parse(schedule));
        }
        if (averageMomentum != null) {
            builder.emaMomentum(averageMomentum);
        }
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw new UserError("The optimizer refuses an option. " + e.getMessage() + ". Change or leave it out", e);
        }
    }

    private Settings scaled(RMSprop settings) {
        // Without a comma nothing is left of it, which is no number.
        int comma = lossScale.indexOf(',');
        try {
            double initial = RealNumber.parse(lossScale.substring(0, Math.max(comma, 0)));
            return new LossScale(settings, initial, Integer.parseInt(lossScale.substring(comma + 1)), null);
        } catch (NumberFormatException e) {
            throw new UserError(
                    "--loss-scale must be a number and a whole number, like " + USUAL_LOSS_SCALE
                            + ", or stand alone. Received: " + (lossScale.isEmpty() ? "nothing" : lossScale),
                    e);
        }
    }
}
