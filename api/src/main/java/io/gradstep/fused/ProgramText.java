package io.gradstep.fused;

import io.gradstep.ops.Binary;
import io.gradstep.ops.Unary;

/** How a program prints. */
final class ProgramText {
    private final Program program;
    private final StringBuilder text = new StringBuilder();

    ProgramText(Program program) {
        this.program = program;
    }

    @Override
    public String toString() {
        text.append("in ").append(program.dtype()).append('\n');
        for (int i = 0; i < program.scalars().size(); i++) {
            line(new Node.Scalar(i).toString(), scalar(program.scalars().get(i)));
        }
        text.append("for each element\n");
        Loop loop = program.loop();
        for (int i = 0; i < loop.body().size(); i++) {
            line(new Node.Element(i).toString(), element(loop.body().get(i)));
        }
        text.append("store\n");
        loop.stores()
                .forEach(store -> line(
                        program.places().get(store.array()).toString(),
                        store.value().toString()));
        return text.toString();
    }

    private void line(String left, String right) {
        text.append("  ").append(left).append(" = ").append(right).append('\n');
    }

    private static String scalar(ScalarInstruction instruction) {
        if (instruction instanceof ScalarInstruction.Constant constant) {
            return Double.toString(constant.value());
        }
        if (instruction instanceof ScalarInstruction.Input input) {
            return input.name();
        }
        if (instruction instanceof ScalarInstruction.Apply apply) {
            return formula(apply.op(), new Node.Scalar(apply.x()));
        }
        ScalarInstruction.Combine combine = (ScalarInstruction.Combine) instruction;
        return formula(combine.op(), new Node.Scalar(combine.x()), new Node.Scalar(combine.y()));
    }

    private String element(Instruction instruction) {
        if (instruction instanceof Instruction.Load load) {
            return program.places().get(load.array()).toString();
        }
        if (instruction instanceof Instruction.Apply apply) {
            return formula(apply.op(), apply.x());
        }
        Instruction.Combine combine = (Instruction.Combine) instruction;
        return formula(combine.op(), combine.x(), combine.y());
    }

    private static String formula(Unary op, Node x) {
        return switch (op) {
            case NEGATE -> "-" + x;
            case ABS -> "abs(" + x + ")";
            case SIGN -> "sign(" + x + ")";
            case SQRT -> "sqrt(" + x + ")";
        };
    }

    private static String formula(Binary op, Node x, Node y) {
        return switch (op) {
            case ADD -> x + " + " + y;
            case SUBTRACT -> x + " - " + y;
            case MULTIPLY -> x + " * " + y;
            case DIVIDE -> x + " / " + y;
            case MINIMUM -> "minimum(" + x + ", " + y + ")";
            case MAXIMUM -> "maximum(" + x + ", " + y + ")";
        };
    }
}
