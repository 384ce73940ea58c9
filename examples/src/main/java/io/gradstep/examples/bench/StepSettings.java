package io.gradstep.examples.bench;

import io.gradstep.optim.RMSprop;

/** The settings that are measured, in the words of the command line. */
public enum StepSettings {
    /** Keras's defaults: weights and velocity are read and written, gradients are read. */
    plain(1, 20),
    /** With momentum, one more array to read and write. */
    momentum(2, 28),
    /** Centered and with momentum. */
    centered(3, 36),
    /**
     * All that Keras has, where a window of accumulated gradients ends: the norm of all gradients first, which reads
     * gradients and accumulators (8 bytes), then the step with accumulator and moving average (52 bytes).
     */
    everything(5, 60);

    static final double LEARNING_RATE = 0.001;
    static final double RHO = 0.9;
    static final double MOMENTUM = 0.9;
    static final double EPSILON = 1e-7;
    static final double WEIGHT_DECAY = 0.004;
    static final double GLOBAL_CLIPNORM = 1;
    static final double EMA_MOMENTUM = 0.99;
    static final int ACCUMULATION_STEPS = 2;

    /**
     * The raw counter before a step that ends a window. Not the first window's, whose moving average is a copy of the
     * weights.
     */
    static final long END_OF_A_WINDOW = 2 * ACCUMULATION_STEPS - 1;

    private final int stateArrays;
    private final int bytesPerParameter;

    StepSettings(int stateArrays, int bytesPerParameter) {
        this.stateArrays = stateArrays;
        this.bytesPerParameter = bytesPerParameter;
    }

    /** How many arrays there are beside weights and gradients. Each is read and written once. */
    int stateArrays() {
        return stateArrays;
    }

    /**
     * The memory traffic that the step cannot do without.
     *
     * @return bytes read and written for each parameter
     */
    public int bytesPerParameter() {
        return bytesPerParameter;
    }

    /** Whether gradients are accumulated, and their norm is taken. */
    boolean accumulates() {
        return this == everything;
    }

    RMSprop rmsprop() {
        RMSprop.Builder builder =
                RMSprop.builder().learningRate(LEARNING_RATE).rho(RHO).epsilon(EPSILON);
        if (this != plain) {
            builder.momentum(MOMENTUM);
        }
        if (this == centered || this == everything) {
            builder.centered(true);
        }
        if (this == everything) {
            builder.weightDecay(WEIGHT_DECAY)
                    .globalClipnorm(GLOBAL_CLIPNORM)
                    .useEma(true)
                    .emaMomentum(EMA_MOMENTUM)
                    .gradientAccumulationSteps(ACCUMULATION_STEPS);
        }
        return builder.build();
    }
}
