package io.gradstep.fused;

import io.gradstep.ops.Binary;
import io.gradstep.ops.DType;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Slots;
import io.gradstep.ops.Unary;
import io.gradstep.ops.UpdateRule;
import io.gradstep.ops.Variable;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Runs a rule on one element, by the definition of its operations. */
final class ScalarRun implements Ops<Double>, Slots<Double> {
    private final DType dtype;
    private final Map<Place, Double> memory;
    private final ToDoubleFunction<String> inputs;
    private final Map<Variable<Double>, Double> assigned = new HashMap<>();

    private record Cell(Place place) implements Variable<Double> {
        @Override
        public String name() {
            return place.toString();
        }
    }

    private ScalarRun(DType dtype, Map<Place, Double> memory, ToDoubleFunction<String> inputs) {
        this.dtype = dtype;
        this.memory = memory;
        this.inputs = inputs;
    }

    /** What the places hold afterwards. */
    static Map<Place, Double> run(
            UpdateRule rule, DType dtype, Map<Place, Double> before, ToDoubleFunction<String> inputs) {
        ScalarRun run = new ScalarRun(dtype, before, inputs);
        rule.step(run, run);
        Map<Place, Double> after = new HashMap<>(before);
        run.assigned.forEach((variable, value) -> {
            if (variable instanceof Cell cell) {
                after.put(cell.place(), value);
            }
        });
        return after;
    }

    @Override
    public Double scalar(double value) {
        return dtype.round(value);
    }

    @Override
    public Double unary(Unary op, Double x) {
        return TestOps.apply(op, dtype, x);
    }

    @Override
    public Double binary(Binary op, Double x, Double y) {
        return TestOps.apply(op, dtype, x, y);
    }

    @Override
    public Double read(Variable<Double> variable) {
        Double value = assigned.get(variable);
        return value == null ? memory.get(((Cell) variable).place()) : value;
    }

    @Override
    public void assign(Variable<Double> variable, Double value) {
        assigned.put(variable, value);
    }

    @Override
    public Variable<Double> variable() {
        return new Cell(new Place.OfVariable());
    }

    @Override
    public Double gradient() {
        return memory.get(new Place.OfGradient());
    }

    @Override
    public Variable<Double> slot(String name) {
        return new Cell(new Place.OfSlot(name));
    }

    @Override
    public Double input(String name) {
        return dtype.round(inputs.applyAsDouble(name));
    }
}
