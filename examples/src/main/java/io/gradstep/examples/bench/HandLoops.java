package io.gradstep.examples.bench;

import java.util.List;
import java.util.concurrent.atomic.DoubleAdder;

/**
 * The step as one would write it by hand: one loop over plain Java arrays for each of the settings, with Keras's
 * arithmetic. Only the norm of all gradients is summed in another order than NumPy's.
 */
final class HandLoops {
    private static final float LEARNING_RATE = (float) StepSettings.LEARNING_RATE;
    private static final float RHO = (float) StepSettings.RHO;
    private static final float ONE_MINUS_RHO = (float) (1 - StepSettings.RHO);
    private static final float MOMENTUM = (float) StepSettings.MOMENTUM;
    private static final float EPSILON = (float) StepSettings.EPSILON;
    private static final float WEIGHT_DECAY = (float) StepSettings.WEIGHT_DECAY;
    private static final float GLOBAL_CLIPNORM = (float) StepSettings.GLOBAL_CLIPNORM;
    private static final float EMA_MOMENTUM = (float) StepSettings.EMA_MOMENTUM;
    private static final float ACCUMULATION_STEPS = StepSettings.ACCUMULATION_STEPS;

    private final StepSettings settings;
    private final HostArrays arrays;
    private final Pieces pieces;

    HandLoops(StepSettings settings, HostArrays arrays, int threads) {
        this.settings = settings;
        this.arrays = arrays;
        this.pieces = new Pieces(arrays.lengths(), threads);
    }

    void step() {
        List<float[]> w = arrays.weights();
        List<float[]> g = arrays.gradients();
        switch (settings) {
            case plain -> pieces.run((t, from, to) -> plain(w.get(t), g.get(t), state(0, t), from, to));
            case momentum ->
                pieces.run((t, from, to) -> momentum(w.get(t), g.get(t), state(0, t), state(1, t), from, to));
            case centered ->
                pieces.run(
                        (t, from, to) -> centered(w.get(t), g.get(t), state(0, t), state(1, t), state(2, t), from, to));
            case everything -> {
                float clipScale = clipScale();
                pieces.run((t, from, to) -> everything(
                        w.get(t),
                        g.get(t),
                        state(0, t),
                        state(1, t),
                        state(2, t),
                        state(3, t),
                        state(4, t),
                        clipScale,
                        from,
                        to));
            }
        }
    }

    private float[] state(int kind, int tensor) {
        return arrays.state().get(kind).get(tensor);
    }

    private static void plain(float[] w, float[] g, float[] velocity, int from, int to) {
        for (int i = from; i < to; i++) {
            float gradient = g[i];
            float v = RHO * velocity[i] + ONE_MINUS_RHO * (gradient * gradient);
            velocity[i] = v;
            w[i] -= LEARNING_RATE * gradient / (float) Math.sqrt(v + EPSILON);
        }
    }

    private static void momentum(float[] w, float[] g, float[] velocity, float[] momentum, int from, int to) {
        for (int i = from; i < to; i++) {
            float gradient = g[i];
            float v = RHO * velocity[i] + ONE_MINUS_RHO * (gradient * gradient);
            velocity[i] = v;
            float m = MOMENTUM * momentum[i] + LEARNING_RATE * gradient / (float) Math.sqrt(v + EPSILON);
            momentum[i] = m;
            w[i] -= m;
        }
    }

    private static void centered(
            float[] w, float[] g, float[] velocity, float[] momentum, float[] average, int from, int to) {
        for (int i = from; i < to; i++) {
            float gradient = g[i];
            float v = RHO * velocity[i] + ONE_MINUS_RHO * (gradient * gradient);
            velocity[i] = v;
            float a = RHO * average[i] + ONE_MINUS_RHO * gradient;
            average[i] = a;
            float m = MOMENTUM * momentum[i] + LEARNING_RATE * gradient / (float) Math.sqrt(v - a * a + EPSILON);
            momentum[i] = m;
            w[i] -= m;
        }
    }

    private static void everything(
            float[] w,
            float[] g,
            float[] velocity,
            float[] momentum,
            float[] average,
            float[] accumulator,
            float[] ema,
            float clipScale,
            int from,
            int to) {
        for (int i = from; i < to; i++) {
            float gradient = (g[i] + accumulator[i]) / ACCUMULATION_STEPS * clipScale;
            accumulator[i] = 0;
            float decayed = w[i] - w[i] * WEIGHT_DECAY * LEARNING_RATE;
            float v = RHO * velocity[i] + ONE_MINUS_RHO * (gradient * gradient);
            velocity[i] = v;
            float a = RHO * average[i] + ONE_MINUS_RHO * gradient;
            average[i] = a;
            float m = MOMENTUM * momentum[i] + LEARNING_RATE * gradient / (float) Math.sqrt(v - a * a + EPSILON);
            momentum[i] = m;
            float weight = decayed - m;
            w[i] = weight;
            ema[i] = EMA_MOMENTUM * ema[i] + (1 - EMA_MOMENTUM) * weight;
        }
    }

    private float clipScale() {
        DoubleAdder sum = new DoubleAdder();
        pieces.run((t, from, to) -> sum.add(sumOfSquares(arrays.gradients().get(t), state(3, t), from, to)));
        float norm = (float) Math.sqrt(sum.sum());
        return GLOBAL_CLIPNORM * Math.min(1 / norm, 1 / GLOBAL_CLIPNORM);
    }

    /** Four sums, so that none has to wait for the one before. */
    private static float sumOfSquares(float[] g, float[] accumulator, int from, int to) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int i = from;
        for (; i + 3 < to; i += 4) {
            s0 += square((g[i] + accumulator[i]) / ACCUMULATION_STEPS);
            s1 += square((g[i + 1] + accumulator[i + 1]) / ACCUMULATION_STEPS);
            s2 += square((g[i + 2] + accumulator[i + 2]) / ACCUMULATION_STEPS);
            s3 += square((g[i + 3] + accumulator[i + 3]) / ACCUMULATION_STEPS);
        }
        for (; i < to; i++) {
            s0 += square((g[i] + accumulator[i]) / ACCUMULATION_STEPS);
        }
        return s0 + s1 + (s2 + s3);
    }

    private static float square(float x) {
        return x * x;
    }
}
