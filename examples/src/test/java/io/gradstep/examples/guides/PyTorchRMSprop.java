package io.gradstep.examples.guides;

import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.UpdateRule;
import io.gradstep.ops.Variable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

// guide: coming-from-pytorch/rule
/** What {@code torch.optim.RMSprop} computes, PyTorch 2.7.1. */
public record PyTorchRMSprop(double alpha, double eps, double l2, double momentum, boolean centered)
        implements UpdateRule {
    @Override
    public List<Slot> slots() {
        return Stream.of("square_avg", momentum > 0 ? "momentum_buffer" : "", centered ? "grad_avg" : "")
                .filter(name -> !name.isEmpty())
                .map(name -> new Slot(name, 0))
                .toList();
    }

    @Override
    public <T> void step(Ops<T> ops, Slots<T> slots) {
        T weight = ops.read(slots.variable());
        T gradient = l2 == 0 ? slots.gradient() : ops.add(slots.gradient(), ops.multiply(l2, weight));
        Variable<T> squareAvg = slots.slot("square_avg");
        ops.assign(
                squareAvg,
                ops.add(ops.multiply(alpha, ops.read(squareAvg)), ops.multiply(1 - alpha, ops.square(gradient))));
        T variance = ops.read(squareAvg);
        if (centered) {
            Variable<T> gradAvg = slots.slot("grad_avg");
            ops.assignAdd(gradAvg, ops.multiply(1 - alpha, ops.subtract(gradient, ops.read(gradAvg))));
            variance = ops.subtract(variance, ops.square(ops.read(gradAvg)));
        }
        T increment = ops.divide(gradient, ops.add(ops.sqrt(variance), eps));
        if (momentum > 0) {
            Variable<T> buffer = slots.slot("momentum_buffer");
            ops.assign(buffer, ops.add(ops.multiply(momentum, ops.read(buffer)), increment));
            increment = ops.read(buffer);
        }
        ops.assignSub(slots.variable(), ops.multiply(slots.learningRate(), increment));
    }
    // end

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("alpha", alpha);
        config.put("eps", eps);
        config.put("l2", l2);
        config.put("momentum", momentum);
        config.put("centered", centered);
        return config;
    }
}
