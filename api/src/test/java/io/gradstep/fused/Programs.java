package io.gradstep.fused;

import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import io.gradstep.ops.UpdateRule;
import java.util.List;

/** Records programs, for tests of other packages too. */
public final class Programs {
    private Programs() {}

    /**
     * What a rule does.
     *
     * @param rule the rule
     * @param dtype in which
     * @return its program
     */
    public static Program of(UpdateRule rule, DType dtype) {
        return Recorder.record(update(rule, dtype));
    }

    /**
     * How many loops a kernel runs one after the other.
     *
     * @param program of which
     * @param wholeTiles whether it is only run on whole tiles
     * @return the number; 0 if there is one that C2 does not vectorise
     */
    public static int loopsThatFit(Program program, boolean wholeTiles) {
        List<Loop> parts = LoopCutter.cut(new KernelForm(program.loop(), program.dtype(), wholeTiles));
        boolean allFit = parts.stream()
                .allMatch(part ->
                        wholeTiles ? LoopCutter.fitsWithConstantBounds(part) : LoopCutter.fitsWithVariableBounds(part));
        return allFit ? parts.size() : 0;
    }

    static Update<TestTensor> update(UpdateRule rule, DType dtype) {
        List<TensorVariable<TestTensor>> slots = rule.slots().stream()
                .map(slot -> zero(dtype).as("w_" + slot.name()))
                .toList();
        return Steps.update(rule, zero(dtype).as("layer/w"), zero(dtype), slots);
    }

    private static TestTensor zero(DType dtype) {
        return TestTensor.inPlace(HostTensor.filled(dtype, Shape.scalar(), 0));
    }
}
