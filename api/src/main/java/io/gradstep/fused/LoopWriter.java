package io.gradstep.fused;

import static org.objectweb.asm.Opcodes.ALOAD;
import static org.objectweb.asm.Opcodes.D2F;
import static org.objectweb.asm.Opcodes.F2D;
import static org.objectweb.asm.Opcodes.GOTO;
import static org.objectweb.asm.Opcodes.IADD;
import static org.objectweb.asm.Opcodes.IALOAD;
import static org.objectweb.asm.Opcodes.IASTORE;
import static org.objectweb.asm.Opcodes.ICONST_0;
import static org.objectweb.asm.Opcodes.IDIV;
import static org.objectweb.asm.Opcodes.IF_ICMPGE;
import static org.objectweb.asm.Opcodes.ILOAD;
import static org.objectweb.asm.Opcodes.IMUL;
import static org.objectweb.asm.Opcodes.INEG;
import static org.objectweb.asm.Opcodes.INVOKESTATIC;
import static org.objectweb.asm.Opcodes.ISTORE;
import static org.objectweb.asm.Opcodes.ISUB;
import static org.objectweb.asm.Opcodes.SIPUSH;

import io.gradstep.ops.DType;
import io.gradstep.ops.Unary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * Writes a loop as somebody would by hand: {@code for (int i = from; i < to; i++) { float v0 = velocity[i]; … }}, a
 * static method whose arguments are arrays, numbers, and the bounds.
 *
 * <p>Opcodes of the dtype are those of int, turned by {@link Type#getOpcode}.
 */
final class LoopWriter {
    private static final String KERNEL = Type.getInternalName(Kernel.class);
    private static final String MATH = Type.getInternalName(Math.class);

    private final KernelForm form;
    private final Loop loop;
    private final Type number;
    private final List<Integer> arrays;
    private final List<Integer> scalars;
    private MethodVisitor code;

    LoopWriter(KernelForm form, Loop loop) {
        this.form = form;
        this.loop = loop;
        this.number = form.dtype() == DType.FLOAT32 ? Type.FLOAT_TYPE : Type.DOUBLE_TYPE;
        this.arrays = List.copyOf(loop.arrays());
        this.scalars = List.copyOf(loop.scalars());
    }

    /** The arrays that the loop uses, in the order of the arguments. */
    List<Integer> arrays() {
        return arrays;
    }

    /** The numbers that the loop uses, in the order of the arguments. */
    List<Integer> scalars() {
        return scalars;
    }

    /** Float or double. */
    Type number() {
        return number;
    }

    /** An array of these. */
    Type array() {
        return Type.getType("[" + number.getDescriptor());
    }

    String descriptor() {
        List<Type> arguments = new ArrayList<>();
        arrays.forEach(index -> arguments.add(array()));
        scalars.forEach(index -> arguments.add(number));
        arguments.addAll(List.of(Type.INT_TYPE, Type.INT_TYPE));
        return Type.getMethodDescriptor(Type.VOID_TYPE, arguments.toArray(new Type[0]));
    }

    /** How many local variables the arguments take: a double takes two. */
    int sizeOfArguments() {
        return index();
    }

    // ---- local variables

    private int localOfArray(int array) {
        return arrays.indexOf(array);
    }

    private int localOfScalar(int scalar) {
        return arrays.size() + scalars.indexOf(scalar) * number.getSize();
    }

    private int from() {
        return arrays.size() + scalars.size() * number.getSize();
    }

    private int to() {
        return from() + 1;
    }

    private int index() {
        return from() + 2;
    }

    private int localOfResult(int result) {
        return index() + 1 + result * number.getSize();
    }

    // ---- code

    /** Writes all but the return. */
    void write(MethodVisitor method) {
        code = method;
        if (form.wholeTiles()) {
            code.visitInsn(ICONST_0);
        } else {
            code.visitVarInsn(ILOAD, from());
        }
        code.visitVarInsn(ISTORE, index());
        Label condition = new Label();
        Label end = new Label();
        code.visitLabel(condition);
        code.visitVarInsn(ILOAD, index());
        if (form.wholeTiles()) {
            code.visitIntInsn(SIPUSH, Tiles.SIZE);
        } else {
            code.visitVarInsn(ILOAD, to());
        }
        code.visitJumpInsn(IF_ICMPGE, end);
        writeBody();
        code.visitIincInsn(index(), 1);
        code.visitJumpInsn(GOTO, condition);
        code.visitLabel(end);
    }

    private void writeBody() {
        for (int i = 0; i < loop.body().size(); i++) {
            Instruction instruction = loop.body().get(i);
            instruction.operands().forEach(this::push);
            compute(instruction);
            code.visitVarInsn(number.getOpcode(ISTORE), localOfResult(i));
        }
        for (Store store : loop.stores()) {
            code.visitVarInsn(ALOAD, localOfArray(store.array()));
            code.visitVarInsn(ILOAD, index());
            push(store.value());
            code.visitInsn(number.getOpcode(IASTORE));
        }
    }

    private void push(Node value) {
        int local = value instanceof Node.Scalar scalar
                ? localOfScalar(scalar.index())
                : localOfResult(((Node.Element) value).index());
        code.visitVarInsn(number.getOpcode(ILOAD), local);
    }

    private void compute(Instruction instruction) {
        if (instruction instanceof Instruction.Load load) {
            code.visitVarInsn(ALOAD, localOfArray(load.array()));
            code.visitVarInsn(ILOAD, index());
            code.visitInsn(number.getOpcode(IALOAD));
        } else if (instruction instanceof Instruction.Apply apply) {
            apply(apply.op());
        } else if (instruction instanceof Instruction.Combine combine) {
            combine(combine);
        }
    }

    private void apply(Unary op) {
        switch (op) {
            case NEGATE -> code.visitInsn(number.getOpcode(INEG));
            case ABS -> call(MATH, "abs", 1);
            case SIGN -> call(KERNEL, "sign", 1);
            case SQRT -> squareRoot();
        }
    }

    /** C2 takes {@code (float) Math.sqrt(x)} for one operation, and it rounds as float32's own root would. */
    private void squareRoot() {
        boolean isFloat = number.equals(Type.FLOAT_TYPE);
        if (isFloat) {
            code.visitInsn(F2D);
        }
        code.visitMethodInsn(INVOKESTATIC, MATH, "sqrt", "(D)D", false);
        if (isFloat) {
            code.visitInsn(D2F);
        }
    }

    private void combine(Instruction.Combine combine) {
        boolean exactly = combine.signOfZeroMatters();
        switch (combine.op()) {
            case ADD -> code.visitInsn(number.getOpcode(IADD));
            case SUBTRACT -> code.visitInsn(number.getOpcode(ISUB));
            case MULTIPLY -> code.visitInsn(number.getOpcode(IMUL));
            case DIVIDE -> code.visitInsn(number.getOpcode(IDIV));
            case MINIMUM -> call(exactly ? KERNEL : MATH, exactly ? "minimum" : "min", 2);
            case MAXIMUM -> call(exactly ? KERNEL : MATH, exactly ? "maximum" : "max", 2);
        }
    }

    private void call(String owner, String name, int operands) {
        Type[] arguments = new Type[operands];
        Arrays.fill(arguments, number);
        code.visitMethodInsn(INVOKESTATIC, owner, name, Type.getMethodDescriptor(number, arguments), false);
    }
}
