package io.gradstep.fused;

import io.gradstep.ops.Binary;

/** Runs a loop over a stretch of elements. One kernel serves all threads. */
abstract class Kernel {
    /** So many operations {@link #sign(float)} consists of. */
    static final int OPERATIONS_OF_SIGN = 5;

    /** Twice times this, every number but zero is beyond 1. */
    private static final float HUGE_FLOAT = 0x1p127f;

    private static final double HUGE_DOUBLE = 0x1p1023;

    /**
     * Runs the loop.
     *
     * @param arrays the arrays of the loop by index, {@code float[]} or {@code double[]}
     * @param scalars the numbers of the program by index
     * @param from the first element
     * @param to the element after the last one
     */
    abstract void run(Object[] arrays, double[] scalars, int from, int to);

    // What follows is called by compiled kernels, so that C2 can make vector instructions of it.

    /** {@link io.gradstep.ops.Unary#SIGN} without a branch; adding +0 turns -0 into it. */
    static float sign(float x) {
        return Math.max(-1f, Math.min(1f, x * HUGE_FLOAT * HUGE_FLOAT)) + 0f;
    }

    /** {@link io.gradstep.ops.Unary#SIGN} without a branch; adding +0 turns -0 into it. */
    static double sign(double x) {
        return Math.max(-1d, Math.min(1d, x * HUGE_DOUBLE * HUGE_DOUBLE)) + 0d;
    }

    /** {@link Binary#MINIMUM}, as it is. */
    static float minimum(float x, float y) {
        return Binary.MINIMUM.apply(x, y);
    }

    /** {@link Binary#MINIMUM}, as it is. */
    static double minimum(double x, double y) {
        return Binary.MINIMUM.apply(x, y);
    }

    /** {@link Binary#MAXIMUM}, as it is. */
    static float maximum(float x, float y) {
        return Binary.MAXIMUM.apply(x, y);
    }

    /** {@link Binary#MAXIMUM}, as it is. */
    static double maximum(double x, double y) {
        return Binary.MAXIMUM.apply(x, y);
    }
}
