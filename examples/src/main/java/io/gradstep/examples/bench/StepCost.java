package io.gradstep.examples.bench;

/**
 * How long a step takes, or something that a step is held against. Made by {@link StepCosts}.
 *
 * @param who a backend's id if the step is ours; else {@link StepCosts#ND4J_RMSPROP}, {@link StepCosts#DJL_ADAM},
 *     {@link StepCosts#BANDWIDTH} or {@link StepCosts#COPY}
 * @param settings the step's settings; plain for the libraries' own optimizers and for the copy
 * @param parameters how many numbers were stepped, in one tensor
 * @param nanos nanoseconds for a step: the median over the repetitions
 * @param low the lower quartile
 * @param high the upper quartile
 * @param bytesPerParameter the memory traffic that cannot be done without: bytes read and written for each parameter
 */
public record StepCost(
        String who,
        StepSettings settings,
        long parameters,
        double nanos,
        double low,
        double high,
        int bytesPerParameter) {
    /**
     * The memory traffic that cannot be done without, over the median of time.
     *
     * @return in units of 10<sup>9</sup> bytes a second
     */
    public double gigabytesPerSecond() {
        // Bytes for each nanosecond.
        return bytesPerParameter * (double) parameters / nanos;
    }

    /**
     * The median of time for one parameter.
     *
     * @return in nanoseconds
     */
    public double nanosPerParameter() {
        return nanos / parameters;
    }
}
