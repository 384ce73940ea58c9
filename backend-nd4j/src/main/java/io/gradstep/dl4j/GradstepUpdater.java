package io.gradstep.dl4j;

import io.gradstep.ops.BackendProvider.Options;
import io.gradstep.optim.LearningRate;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.Settings;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.databind.annotation.JsonDeserialize;
import org.nd4j.shade.jackson.databind.annotation.JsonSerialize;

/**
 * An optimizer of gradstep as an updater of DL4J 1.0.0-M2.1:
 *
 * <pre>{@code
 * new NeuralNetConfiguration.Builder()
 *         .updater(new GradstepUpdater(new RMSprop(0.001)))
 * }</pre>
 *
 * <p>Alone it has all that needs no sight of the parameters: the learning rate with its schedules, the rule (rho,
 * momentum, epsilon, centered), {@code clipvalue}, accumulation and a loss scale factor. What needs them, {@code
 * clipnorm}, {@code global_clipnorm}, {@code weight_decay} and moving averages, takes a second line after {@code
 * net.init()}, without which the first step is refused:
 *
 * <pre>{@code
 * NetworkOptimizer optimizer = GradstepUpdater.attach(net);
 * }</pre>
 *
 * <p>The same for a rule of somebody's own: one that uses the parameters for anything but to subtract from them needs
 * the second line.
 *
 * <p><b>SameDiff.</b> {@code TrainingConfig.builder().updater(new GradstepUpdater(…))} has what the updater has alone:
 * SameDiff updates variables one by one, during backpropagation. For the rest step an optimizer yourself, with {@link
 * io.gradstep.nd4j.SameDiffLoss}: take {@code variables = loss.variables(backend)} once, and call {@code
 * optimizer.minimize(loss, variables)} for each batch.
 *
 * <p><b>Assumptions.</b> The parameters are FLOAT or DOUBLE. DL4J's iteration count is the optimizer's: it is the
 * phase of accumulation and what schedules see, the raw counter. An updater that is put on a network which was trained
 * already finds it running; its first window of accumulation may then be short. Variables that a step has no gradient
 * for do not exist in DL4J.
 *
 * <p><b>Guarantees.</b> The bits of {@link Settings#on an optimizer} of the same settings that is fed the same
 * gradients: those that DL4J has divided by the size of the batch, normalized and regularized with its own L1 and L2.
 * State lies in the network's own state array: DL4J saves, copies, averages and restores it, and training goes on with
 * the same bits. A step that throws has changed no parameter. Configurations are written and read as JSON or YAML under
 * Keras's names; rules and schedules of somebody's own are found again by {@link io.gradstep.keras.CustomObjects}. A
 * learning rate that is a lambda cannot be written.
 *
 * <p><b>Loss scale factor.</b> Gradients are divided by it; the loss has to be multiplied by it, which DL4J does by
 * weights of the loss ({@code new LossMCXENT(Nd4j.valueArrayOf(1, classes, factor))}) or of its labels' mask. {@link
 * LossScale} is refused: what it changes from step to step DL4J would neither save nor know of, and the loss of a
 * network is out of its reach.
 *
 * <p><b>Coming from DL4J's own updaters.</b> Their numbers are others, for the reasons in the right column:
 *
 * <table>
 * <caption>What to write instead</caption>
 * <tr><th>DL4J</th><th>gradstep</th><th>what differs</th></tr>
 * <tr><td>{@code new RmsProp(lr)}</td><td>{@code RMSprop.builder().learningRate(lr).rho(0.95).epsilon(1e-16)}</td>
 *     <td>DL4J adds epsilon outside the root, and begins with a velocity of epsilon, not 0; its defaults are 0.1, 0.95
 *     and 1e-8, Keras's 0.001, 0.9 and 1e-7</td></tr>
 * <tr><td>{@code rmsDecay}</td><td>{@code rho}</td><td>nothing</td></tr>
 * <tr><td>{@code epsilon} e</td><td>{@code epsilon} e²</td><td>under the root it weighs as its root does outside;
 *     equal where gradients vanish, near elsewhere</td></tr>
 * <tr><td>{@code Nesterovs} {@code momentum}</td><td>{@code momentum}</td><td>RMSprop's momentum is that of the
 *     scaled gradient, without Nesterov's look ahead; plain SGD with it is a rule of one's own</td></tr>
 * <tr><td>{@code learningRateSchedule}</td><td>{@code learningRate(schedule)}</td><td>Keras's six schedules count
 *     iterations, never epochs; {@code net.setLearningRate(ISchedule)} works too</td></tr>
 * <tr><td>{@code gradientNormalization(ClipElementWiseAbsoluteValue)}</td><td>{@code clipvalue}</td>
 *     <td>nothing</td></tr>
 * <tr><td>{@code gradientNormalization(ClipL2PerParamType)}</td><td>{@code clipnorm}, attached</td>
 *     <td>DL4J clips the running mean and variance of batch normalization too, and spoils them</td></tr>
 * <tr><td>none</td><td>{@code globalClipnorm}, attached</td><td></td></tr>
 * <tr><td>{@code weightDecay(c)}</td><td>{@code weightDecay(c)}, attached, {@code optimizer
 *     .excludeFromWeightDecay("^b$")}</td><td>the parameter decays before the update and not with it: another rounding;
 *     DL4J leaves out biases by itself, and batch normalization</td></tr>
 * <tr><td>{@code l1}, {@code l2}, constraints, {@code gradientNormalization}</td><td>the same</td>
 *     <td>nothing: they keep working beside it</td></tr>
 * </table>
 */
@JsonSerialize(using = UpdaterJson.Writer.class)
@JsonDeserialize(using = UpdaterJson.Reader.class)
public final class GradstepUpdater implements IUpdater {
    private static final long serialVersionUID = 1;

    private transient Settings settings;
    /** Goes before the learning rate of the settings; null if there is none. */
    private transient ISchedule schedule;

    private transient StepRate rate;
    /** No part of what it is: all give the same bits. */
    private transient Options options;

    /**
     * An updater.
     *
     * @param settings of {@link io.gradstep.optim.RMSprop} or around any rule. A learning rate that is a number is kept
     *     as the float32 that Keras keeps
     * @throws IllegalArgumentException if they are a {@link LossScale}
     */
    public GradstepUpdater(Settings settings) {
        this(settings, Options.DEFAULT);
    }

    /**
     * An updater whose steps are run in some other way. The options change no bit and are no part of the configuration:
     * they are neither compared nor written, and of variables with equal updaters those of the first hold.
     *
     * @param settings as above
     * @param options the mode and the threads
     * @throws IllegalArgumentException if the settings are a {@link LossScale}
     */
    public GradstepUpdater(Settings settings, Options options) {
        this(kept(settings), null, Objects.requireNonNull(options, "options"));
    }

    GradstepUpdater(Settings settings, ISchedule schedule) {
        this(settings, schedule, Options.DEFAULT);
    }

    private GradstepUpdater(Settings settings, ISchedule schedule, Options options) {
        this(settings, schedule, new StepRate(settings.base().learningRate(), schedule), options);
    }

    private GradstepUpdater(Settings settings, ISchedule schedule, StepRate rate, Options options) {
        this.settings = settings;
        this.schedule = schedule;
        this.rate = rate;
        this.options = options;
    }

    /** With the learning rate as it is written and read, so that a configuration that was read equals its original. */
    static Settings kept(Settings settings) {
        Objects.requireNonNull(settings, "settings");
        if (settings instanceof LossScale lossScale) {
            throw new IllegalArgumentException("An updater of DL4J cannot scale the loss: it does not see it, and DL4J "
                    + "would not save the scale. Use the inner settings with a fixed loss_scale_factor, and multiply "
                    + "the loss by it. Received: " + lossScale);
        }
        return settings.base().learningRate() instanceof LearningRate.Fixed fixed
                ? settings.withLearningRate(new LearningRate.Fixed((float) fixed.value()))
                : settings;
    }

    /**
     * Lets the optimizer see the parameters of a network. Twice is once.
     *
     * @param net a network, initialized
     * @return what Keras's optimizer has beside its steps, for this network
     * @throws IllegalStateException if the network is not initialized
     * @throws IllegalArgumentException if nothing in it is updated by a {@link GradstepUpdater}, or if it has what
     *     cannot be matched: another optimization algorithm or step function than stochastic gradient descent, DL4J's own
     *     weight decay on variables of ours
     */
    public static NetworkOptimizer attach(MultiLayerNetwork net) {
        return NetworkOptimizer.attach(new Network.OfLayers(Objects.requireNonNull(net, "net")));
    }

    /**
     * Lets the optimizer see the parameters of a graph. Twice is once.
     *
     * @param net a graph, initialized
     * @return what Keras's optimizer has beside its steps, for this graph
     * @throws IllegalStateException if the graph is not initialized
     * @throws IllegalArgumentException as {@link #attach(MultiLayerNetwork)} does
     */
    public static NetworkOptimizer attach(ComputationGraph net) {
        return NetworkOptimizer.attach(new Network.OfVertices(Objects.requireNonNull(net, "net")));
    }

    /**
     * What the updater is made from.
     *
     * @return the settings, with the learning rate as it was last set
     */
    public Settings settings() {
        return settings;
    }

    /**
     * The schedule of DL4J that {@code net.setLearningRate} has set.
     *
     * @return it, or null if the learning rate is that of the settings
     */
    public ISchedule schedule() {
        return schedule;
    }

    /** How steps are to be run. */
    Options options() {
        return options;
    }

    // ---- what DL4J asks

    @Override
    public long stateSize(long parameters) {
        return parameters * settings.slots().size();
    }

    @Override
    public GradientUpdater<GradstepUpdater> instantiate(INDArray state, boolean initialize) {
        BlockUpdater updater = new BlockUpdater(this);
        if (state != null) {
            long parameters = state.length() / settings.slots().size();
            updater.setStateViewArray(state, new long[] {parameters}, 'c', initialize);
        }
        return updater;
    }

    @Override
    public GradientUpdater<GradstepUpdater> instantiate(Map<String, INDArray> state, boolean initialize) {
        BlockUpdater updater = new BlockUpdater(this);
        updater.setState(state, initialize);
        return updater;
    }

    @Override
    public double getLearningRate(int iteration, int epoch) {
        return rate.at(iteration, epoch);
    }

    @Override
    public boolean hasLearningRate() {
        return true;
    }

    /**
     * Sets another learning rate, as {@code net.setLearningRate} does.
     *
     * @param learningRate a number, if there is no schedule
     * @param other a schedule of DL4J's, or null
     */
    @Override
    public void setLrAndSchedule(double learningRate, ISchedule other) {
        boolean isCallable = settings.base().learningRate() instanceof LearningRate.Callable;
        if (other == null) {
            settings = settings.withLearningRate(new LearningRate.Fixed((float) learningRate));
        } else if (isCallable) {
            // It is not asked any more, and would stand in the way of writing the settings.
            settings = settings.withLearningRate(new LearningRate.Fixed(0));
        }
        schedule = other;
        rate = new StepRate(settings.base().learningRate(), schedule);
    }

    @Override
    @SuppressWarnings("MethodDoesntCallSuperMethod") // the class is final
    public GradstepUpdater clone() {
        return new GradstepUpdater(settings, schedule, rate, options);
    }

    /** Equal are updaters that do the same: of equal settings with equal schedules. */
    @Override
    public boolean equals(Object other) {
        return other instanceof GradstepUpdater updater
                && settings.equals(updater.settings)
                && Objects.equals(schedule, updater.schedule);
    }

    @Override
    public int hashCode() {
        return Objects.hash(settings, schedule);
    }

    @Override
    public String toString() {
        return "GradstepUpdater[" + settings + (schedule == null ? "" : ", schedule=" + schedule) + "]";
    }

    // ---- Java's own serialization: Javadoc has a page on it, so these need comments, too

    /**
     * Writes the settings as JSON.
     *
     * @return what is written in place of this
     */
    private Object writeReplace() {
        return new SerializedUpdater(UpdaterJson.text(settings), schedule);
    }

    /**
     * Refuses: nothing writes an updater as itself.
     *
     * @param in what claims to hold one
     * @throws InvalidObjectException always
     */
    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("An updater is written as its settings in JSON, never as itself");
    }
}
