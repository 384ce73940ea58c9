package io.gradstep.fused;

import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import io.gradstep.ops.UpdateRule;
import io.gradstep.ops.VariableInfo;

/** The programs of rules, for tests of other packages. */
public final class Programs {
    private Programs() {}

    /**
     * How the program of a rule prints.
     *
     * @param rule the rule
     * @return its program in float64, whose constants are those of the rule
     */
    public static String text(UpdateRule rule) {
        Update<HostTensor> update = new Update<>(
                rule,
                variable("variable"),
                rule.slots().stream().map(slot -> variable(slot.name())).toList(),
                name -> 0);
        update.setGradient(variable("gradient").value());
        return Recorder.record(update).toString();
    }

    private static TensorVariable<HostTensor> variable(String name) {
        HostTensor tensor = HostTensor.filled(DType.FLOAT64, Shape.of(1), 0);
        return TensorVariable.of(VariableInfo.of(name), tensor, tensor.dtype(), tensor.shape(), () -> {});
    }
}
