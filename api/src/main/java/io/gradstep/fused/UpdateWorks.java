package io.gradstep.fused;

import io.gradstep.ops.Expression;
import io.gradstep.ops.Update;

/** What an executor keeps with an update from step to step. */
final class UpdateWorks<T> {
    private final Update<T> update;
    /** Null before the first step. */
    private StepWork<T> step;
    /** What was last summed; null before the first sum. */
    private Expression expression;

    private SumWork<T> sum;

    private UpdateWorks(Update<T> update) {
        this.update = update;
    }

    @SuppressWarnings("unchecked") // of(update) alone attaches one, and of the update's type
    static <T> UpdateWorks<T> of(Update<T> update) {
        if (update.attachment() instanceof UpdateWorks<?> works) {
            return (UpdateWorks<T>) works;
        }
        UpdateWorks<T> works = new UpdateWorks<>(update);
        update.attach(works);
        return works;
    }

    StepWork<T> step(Kernels kernels) {
        if (step == null) {
            Program program =
                    KernelCache.program(update.rule(), update.variable().dtype(), () -> Recorder.record(update));
            step = new StepWork<>(update, program, kernels);
        }
        return step;
    }

    SumWork<T> sum(Expression summed, Kernels kernels) {
        if (!summed.equals(expression)) {
            Program program =
                    KernelCache.program(summed, update.variable().dtype(), () -> Recorder.record(summed, update));
            sum = new SumWork<>(update, program, kernels);
            expression = summed;
        }
        return sum;
    }
}
