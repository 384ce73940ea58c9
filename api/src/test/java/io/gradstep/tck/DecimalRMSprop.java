package io.gradstep.tck;

import io.gradstep.optim.RMSprop;
import java.math.BigDecimal;
import java.math.MathContext;

/**
 * RMSprop written a second time on purpose, from the specification and in decimal arithmetic: each operation is exact
 * (roots and quotients to 100 digits) and then rounded to double. For finite numbers other than zero.
 */
final class DecimalRMSprop {
    private static final MathContext DIGITS = new MathContext(100);

    private final RMSprop settings;
    private final double learningRate;
    private final double[] variable;
    private final double[] velocity;
    private final double[] averageGradient;
    private final double[] momentum;

    DecimalRMSprop(RMSprop settings, double[] variable) {
        this.settings = settings;
        this.learningRate = (Double) settings.base().learningRate().config();
        this.variable = variable.clone();
        this.velocity = new double[variable.length];
        this.averageGradient = new double[variable.length];
        this.momentum = new double[variable.length];
    }

    double variable(int i) {
        return variable[i];
    }

    void step(double[] gradient) {
        for (int i = 0; i < variable.length; i++) {
            step(i, gradient[i]);
        }
    }

    private void step(int i, double g) {
        double rho = settings.rho();
        double oneMinusRho = subtract(1, rho);
        velocity[i] = add(multiply(rho, velocity[i]), multiply(oneMinusRho, multiply(g, g)));
        double denominator = velocity[i];
        if (settings.centered()) {
            averageGradient[i] = add(multiply(rho, averageGradient[i]), multiply(oneMinusRho, g));
            denominator = subtract(denominator, multiply(averageGradient[i], averageGradient[i]));
        }
        denominator = add(denominator, settings.epsilon());
        double increment = divide(multiply(learningRate, g), sqrt(denominator));
        if (settings.momentum() > 0) {
            momentum[i] = add(multiply(settings.momentum(), momentum[i]), increment);
            increment = momentum[i];
        }
        variable[i] = subtract(variable[i], increment);
    }

    private static double add(double x, double y) {
        return new BigDecimal(x).add(new BigDecimal(y)).doubleValue();
    }

    private static double subtract(double x, double y) {
        return new BigDecimal(x).subtract(new BigDecimal(y)).doubleValue();
    }

    private static double multiply(double x, double y) {
        return new BigDecimal(x).multiply(new BigDecimal(y)).doubleValue();
    }

    private static double divide(double x, double y) {
        return new BigDecimal(x).divide(new BigDecimal(y), DIGITS).doubleValue();
    }

    private static double sqrt(double x) {
        return new BigDecimal(x).sqrt(DIGITS).doubleValue();
    }
}
