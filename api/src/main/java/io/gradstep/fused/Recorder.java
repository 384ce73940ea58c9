package io.gradstep.fused;

import io.gradstep.ops.Binary;
import io.gradstep.ops.DType;
import io.gradstep.ops.Expression;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Slots;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Unary;
import io.gradstep.ops.Update;
import io.gradstep.ops.Variable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Runs a rule on values that only note how they were made. What is computed twice is noted once; what is assigned is
 * what later reads get, and only the last of it is stored.
 */
final class Recorder implements Ops<Node>, Slots<Node> {
    /** For messages, and to know which slots there are: nothing that is recorded depends on it. */
    private final Update<?> update;

    private final DType dtype;
    private final List<Place> places = new ArrayList<>();
    private final List<ScalarInstruction> scalars = new ArrayList<>();
    private final List<Instruction> body = new ArrayList<>();
    private final Map<ScalarInstruction, Node.Scalar> known = new HashMap<>();
    private final Map<Instruction, Node.Element> computed = new HashMap<>();
    private final Map<Variable<Node>, Node> assigned = new LinkedHashMap<>();

    private Recorder(Update<?> update) {
        this.update = update;
        this.dtype = update.variable().dtype();
    }

    /** What the update's rule does. */
    static Program record(Update<?> update) {
        Recorder recorder = new Recorder(update);
        update.rule().step(recorder, recorder);
        return recorder.program();
    }

    /** What an expression gives for the update, stored as {@link Place.OfResult}. */
    static Program record(Expression expression, Update<?> update) {
        Recorder recorder = new Recorder(update);
        Node value = expression.value(recorder, recorder);
        recorder.assign(new Recorded(new Place.OfResult()), value);
        return recorder.program();
    }

    /** A variable that stands for memory. */
    private record Recorded(Place place) implements Variable<Node> {
        @Override
        public String name() {
            return place.toString();
        }
    }

    // ---- numbers

    /** Each call notes a number of its own: else programs would differ wherever two constants happen to be equal. */
    @Override
    public Node scalar(double value) {
        scalars.add(new ScalarInstruction.Constant(dtype.round(value)));
        return new Node.Scalar(scalars.size() - 1);
    }

    @Override
    public Node input(String name) {
        return scalar(new ScalarInstruction.Input(name));
    }

    private Node scalar(ScalarInstruction instruction) {
        return known.computeIfAbsent(instruction, added -> {
            scalars.add(added);
            return new Node.Scalar(scalars.size() - 1);
        });
    }

    // ---- operations

    @Override
    public Node unary(Unary op, Node x) {
        return x instanceof Node.Scalar scalar
                ? scalar(new ScalarInstruction.Apply(op, scalar.index()))
                : element(new Instruction.Apply(op, x));
    }

    @Override
    public Node binary(Binary op, Node x, Node y) {
        return x instanceof Node.Scalar first && y instanceof Node.Scalar second
                ? scalar(new ScalarInstruction.Combine(op, first.index(), second.index()))
                : element(new Instruction.Combine(op, x, y, signOfZeroMatters(op, x, y)));
    }

    private Node element(Instruction instruction) {
        return computed.computeIfAbsent(instruction, added -> {
            body.add(added);
            return new Node.Element(body.size() - 1);
        });
    }

    /**
     * {@link Binary} gives the second of two zeros, Java's minimum the negative one. They agree if one operand is no
     * zero, or is one that both choose or both let go.
     */
    private boolean signOfZeroMatters(Binary op, Node x, Node y) {
        return switch (op) {
            case ADD, SUBTRACT, MULTIPLY, DIVIDE -> false;
            case MINIMUM -> mayBe(-0.0, x) && mayBe(0.0, y);
            case MAXIMUM -> mayBe(0.0, x) && mayBe(-0.0, y);
        };
    }

    private boolean mayBe(double zero, Node value) {
        return !(value instanceof Node.Scalar scalar
                && scalars.get(scalar.index()) instanceof ScalarInstruction.Constant constant
                && Double.compare(constant.value(), zero) != 0);
    }

    // ---- variables

    @Override
    public Variable<Node> variable() {
        return new Recorded(new Place.OfVariable());
    }

    @Override
    public Variable<Node> slot(String name) {
        Objects.requireNonNull(update.slot(name));
        return new Recorded(new Place.OfSlot(name));
    }

    @Override
    public Node gradient() {
        Objects.requireNonNull(update.requiredGradient());
        return load(new Place.OfGradient());
    }

    private Node load(Place place) {
        return element(new Instruction.Load(array(place)));
    }

    private int array(Place place) {
        if (!places.contains(place)) {
            places.add(place);
        }
        return places.indexOf(place);
    }

    @Override
    public Node read(Variable<Node> variable) {
        Node value = assigned.get(variable);
        if (value != null) {
            return value;
        }
        checkIsOurs(variable);
        if (variable instanceof Recorded recorded) {
            return load(recorded.place());
        }
        throw new IllegalStateException(
                "The local variable \"" + variable.name() + "\" is read before it was assigned");
    }

    @Override
    public void assign(Variable<Node> variable, Node value) {
        checkIsOurs(variable);
        Objects.requireNonNull(value, () -> "The rule " + update.rule() + " assigns null to " + name(variable));
        // In the order of the last assignment: what depends on others is stored after them.
        assigned.remove(variable);
        assigned.put(variable, value);
    }

    /** Only by a cast can a rule come by a variable of other tensors. */
    private void checkIsOurs(Variable<Node> variable) {
        Object any = variable;
        if (any instanceof TensorVariable<?> other) {
            update.checkIsOurs(other);
            throw new IllegalArgumentException("The rule " + update.rule() + " keeps the variable " + other.path()
                    + ". A rule gets its variables from the slots it is given");
        }
    }

    private String name(Variable<Node> variable) {
        if (variable.equals(variable())) {
            return update.variable().name();
        }
        boolean isSlot = variable instanceof Recorded recorded && recorded.place() instanceof Place.OfSlot;
        return isSlot ? update.slot(variable.name()).name() : variable.name();
    }

    // ---- the result

    private Program program() {
        List<Store> stores = new ArrayList<>();
        assigned.forEach((variable, value) -> {
            if (variable instanceof Recorded recorded && !isItself(recorded, value)) {
                stores.add(new Store(array(recorded.place()), value));
            }
        });
        return new Program(dtype, places, scalars, new LoopBuilder(body).build(stores));
    }

    private boolean isItself(Recorded variable, Node value) {
        return value instanceof Node.Element element
                && body.get(element.index()).equals(new Instruction.Load(array(variable.place())));
    }
}
