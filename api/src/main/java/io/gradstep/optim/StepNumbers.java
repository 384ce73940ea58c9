package io.gradstep.optim;

import io.gradstep.ops.DType;
import io.gradstep.ops.UpdateRule;

/**
 * The numbers of the call of {@code apply} that is under way: what rules get when they ask for an input. Those that
 * differ from variable to variable are kept by {@link VariableState}.
 */
final class StepNumbers {
    private final UpdateRule rule;
    private long iterations;
    private double learningRate;
    private double lossScale;
    private double clipScale;
    private double emaMomentum;
    private Answer answers;

    /** What the rule said in this call, and before. Never changed: backends may ask from several threads. */
    private record Answer(String name, DType dtype, double number, Answer before) {}

    StepNumbers(UpdateRule rule) {
        this.rule = rule;
    }

    /** Begins a call. The learning rate is not asked for in a call that only accumulates, nor is it then used. */
    void begin(long iterations, double learningRate, double lossScale, double emaMomentum) {
        this.iterations = iterations;
        this.learningRate = learningRate;
        this.lossScale = lossScale;
        this.emaMomentum = emaMomentum;
        this.answers = null;
    }

    void setClipScale(double scale) {
        clipScale = scale;
    }

    double input(String name, DType dtype) {
        return switch (name) {
            case UpdateRule.LEARNING_RATE -> learningRate;
            case KerasStep.LOSS_SCALE -> lossScale;
            case KerasStep.CLIP_SCALE -> clipScale;
            case KerasStep.EMA_MOMENTUM -> emaMomentum;
            default -> ofRule(name, dtype);
        };
    }

    /** The rule is asked once in a call, and not for each variable: its numbers may be costly. */
    private double ofRule(String name, DType dtype) {
        for (Answer answer = answers; answer != null; answer = answer.before()) {
            if (answer.dtype() == dtype && answer.name().equals(name)) {
                return answer.number();
            }
        }
        double number = rule.input(name, iterations, dtype);
        answers = new Answer(name, dtype, number, answers);
        return number;
    }
}
