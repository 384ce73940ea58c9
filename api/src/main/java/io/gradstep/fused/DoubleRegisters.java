package io.gradstep.fused;

import io.gradstep.ops.Binary;
import io.gradstep.ops.Unary;
import java.util.Arrays;

/** Registers of float64. One loop for each operation, so that C2 vectorises each. */
final class DoubleRegisters implements Registers {
    private final double[][] registers;

    DoubleRegisters(int count, int length) {
        registers = new double[count][length];
    }

    @Override
    public void fill(int target, double value, int count) {
        Arrays.fill(registers[target], 0, count, value);
    }

    @Override
    public void load(int target, Object array, int from, int count) {
        System.arraycopy(array, from, registers[target], 0, count);
    }

    @Override
    public void store(int source, Object array, int from, int count) {
        System.arraycopy(registers[source], 0, array, from, count);
    }

    @Override
    public void apply(Unary op, int target, int x, int count) {
        switch (op) {
            case NEGATE -> negate(registers[target], registers[x], count);
            case ABS -> abs(registers[target], registers[x], count);
            case SIGN -> sign(registers[target], registers[x], count);
            case SQRT -> sqrt(registers[target], registers[x], count);
        }
    }

    private static void negate(double[] target, double[] x, int count) {
        for (int i = 0; i < count; i++) {
            target[i] = -x[i];
        }
    }

    private static void abs(double[] target, double[] x, int count) {
        for (int i = 0; i < count; i++) {
            target[i] = Math.abs(x[i]);
        }
    }

    private static void sign(double[] target, double[] x, int count) {
        for (int i = 0; i < count; i++) {
            target[i] = Unary.SIGN.apply(x[i]);
        }
    }

    private static void sqrt(double[] target, double[] x, int count) {
        for (int i = 0; i < count; i++) {
            target[i] = Math.sqrt(x[i]);
        }
    }

    @Override
    public void combine(Binary op, int target, int x, int y, int count) {
        switch (op) {
            case ADD -> add(registers[target], registers[x], registers[y], count);
            case SUBTRACT -> subtract(registers[target], registers[x], registers[y], count);
            case MULTIPLY -> multiply(registers[target], registers[x], registers[y], count);
            case DIVIDE -> divide(registers[target], registers[x], registers[y], count);
            case MINIMUM -> minimum(registers[target], registers[x], registers[y], count);
            case MAXIMUM -> maximum(registers[target], registers[x], registers[y], count);
        }
    }

    private static void add(double[] target, double[] x, double[] y, int count) {
        for (int i = 0; i < count; i++) {
            target[i] = x[i] + y[i];
        }
    }

    private static void subtract(double[] target, double[] x, double[] y, int count) {
        for (int i = 0; i < count; i++) {
            target[i] = x[i] - y[i];
        }
    }

    private static void multiply(double[] target, double[] x, double[] y, int count) {
        for (int i = 0; i < count; i++) {
            target[i] = x[i] * y[i];
        }
    }

    private static void divide(double[] target, double[] x, double[] y, int count) {
        for (int i = 0; i < count; i++) {
            target[i] = x[i] / y[i];
        }
    }

    private static void minimum(double[] target, double[] x, double[] y, int count) {
        for (int i = 0; i < count; i++) {
            target[i] = Binary.MINIMUM.apply(x[i], y[i]);
        }
    }

    private static void maximum(double[] target, double[] x, double[] y, int count) {
        for (int i = 0; i < count; i++) {
            target[i] = Binary.MAXIMUM.apply(x[i], y[i]);
        }
    }
}
