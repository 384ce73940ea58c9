package io.gradstep.schedule;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The first value up to and including the first boundary, then the second up to the second, …, the last value after
 * the last: Keras 3.15.1, {@code keras.optimizers.schedules.PiecewiseConstantDecay}.
 *
 * <p>Computed as Keras does, by adding up every value, each times 1 or 0. So boundaries out of order may give the sum
 * of several values or 0, and an infinite value gives NaN at every step outside its piece. Boundaries above the range
 * of int32, where Keras fails when called, are boundaries like others.
 *
 * @param boundaries the last step of each piece but the last one
 * @param values the rates, one more than there are boundaries
 * @param name checked when the schedule is called, as in Keras
 */
public record PiecewiseConstantDecay(List<Long> boundaries, List<Double> values, String name)
        implements LearningRateSchedule {

    /**
     * Copies the lists and checks their lengths, and nothing else, as in Keras.
     *
     * @param boundaries in rising order; if there is none, {@link #at} fails
     * @param values one more than there are boundaries
     * @param name without {@code /}, else {@link #at} fails
     * @throws IllegalArgumentException if there is not one value more than there are boundaries
     * @throws NullPointerException if a list is null or has a null in it
     */
    public PiecewiseConstantDecay {
        boundaries = List.copyOf(boundaries);
        values = List.copyOf(values);
        if (boundaries.size() != values.size() - 1) {
            throw new IllegalArgumentException("The length of boundaries should be 1 less than the length of values."
                    + " Received: boundaries=" + boundaries + " of length " + boundaries.size() + ", and values="
                    + values + " of length " + values.size() + ".");
        }
    }

    /**
     * Under Keras's default name, {@code PiecewiseConstant}.
     *
     * @param boundaries the last step of each piece but the last one
     * @param values the rates, one more than there are boundaries
     */
    public PiecewiseConstantDecay(List<Long> boundaries, List<Double> values) {
        this(boundaries, values, "PiecewiseConstant");
    }

    /**
     * The rate at a step.
     *
     * @throws IllegalArgumentException if there are no boundaries, or the name is not legal
     */
    @Override
    public double at(long step) {
        Keras.name(name);
        if (boundaries.isEmpty()) {
            throw new IllegalArgumentException(
                    "There must be at least one boundary. Received: boundaries=[]. Use the number for one rate");
        }
        int last = boundaries.size() - 1;
        float sum = 0;
        sum += term(step <= boundaries.get(0), values.get(0));
        sum += term(step > boundaries.get(last), values.get(last + 1));
        for (int i = 0; i < last; i++) {
            sum += term(step > boundaries.get(i) && step <= boundaries.get(i + 1), values.get(i + 1));
        }
        return sum;
    }

    private static float term(boolean within, double value) {
        return (within ? 1f : 0f) * (float) value;
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("boundaries", boundaries);
        config.put("values", values);
        config.put("name", name);
        return config;
    }

    @Override
    public Map<String, Object> serialize() {
        return Keras.serialize(this);
    }
}
