package io.gradstep.fused;

import static org.objectweb.asm.Opcodes.AALOAD;
import static org.objectweb.asm.Opcodes.ACC_FINAL;
import static org.objectweb.asm.Opcodes.ACC_STATIC;
import static org.objectweb.asm.Opcodes.ACC_SUPER;
import static org.objectweb.asm.Opcodes.ALOAD;
import static org.objectweb.asm.Opcodes.CHECKCAST;
import static org.objectweb.asm.Opcodes.D2F;
import static org.objectweb.asm.Opcodes.DALOAD;
import static org.objectweb.asm.Opcodes.ILOAD;
import static org.objectweb.asm.Opcodes.INVOKESPECIAL;
import static org.objectweb.asm.Opcodes.INVOKESTATIC;
import static org.objectweb.asm.Opcodes.RETURN;
import static org.objectweb.asm.Opcodes.SIPUSH;
import static org.objectweb.asm.Opcodes.V17;

import java.lang.invoke.MethodHandles;
import java.util.List;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * Makes a hidden class of a loop: one static method for each part that {@link LoopCutter} cuts it into, and {@code
 * run}, which calls them one after the other.
 */
final class KernelCompiler {
    private static final String KERNEL = Type.getInternalName(Kernel.class);
    private static final String SELF = KERNEL + "OfLoop";
    private static final String RUN = "([Ljava/lang/Object;[DII)V";
    /** The local variables of {@code run}. */
    private static final int ARRAYS = 1;

    private static final int SCALARS = 2;
    private static final int FROM = 3;
    private static final int TO = 4;

    /** HotSpot never compiles a method of more than 8,000 bytes, and an operation takes up to 15. */
    private static final int MOST_OPERATIONS = 500;

    /** A limit of the class file format. */
    private static final int MOST_ARGUMENTS = 255;

    private KernelCompiler() {}

    /** Whether the loop is small enough to become a class that runs fast; hardly a rule is not. */
    static boolean canCompile(KernelForm form) {
        return LoopCutter.cut(form).stream()
                .allMatch(part -> part.body().size() <= MOST_OPERATIONS
                        && new LoopWriter(form, part).sizeOfArguments() <= MOST_ARGUMENTS);
    }

    /**
     * Compiles a kernel.
     *
     * @throws ReflectiveOperationException if this Java virtual machine refuses the class; it may throw errors and
     *     unchecked exceptions as well
     */
    static Kernel compile(KernelForm form) throws ReflectiveOperationException {
        Class<?> hidden =
                MethodHandles.lookup().defineHiddenClass(classFile(form), true).lookupClass();
        return (Kernel) hidden.getDeclaredConstructor().newInstance();
    }

    private static byte[] classFile(KernelForm form) {
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_FRAMES);
        writer.visit(V17, ACC_FINAL | ACC_SUPER, SELF, null, KERNEL, null);
        writeConstructor(writer);
        MethodVisitor run = writer.visitMethod(0, "run", RUN, null, null);
        run.visitCode();
        List<Loop> parts = LoopCutter.cut(form);
        for (int i = 0; i < parts.size(); i++) {
            LoopWriter part = new LoopWriter(form, parts.get(i));
            String name = "loop" + i;
            MethodVisitor method = writer.visitMethod(ACC_STATIC, name, part.descriptor(), null, null);
            method.visitCode();
            part.write(method);
            finish(method);
            writeCall(run, name, part);
        }
        finish(run);
        writer.visitEnd();
        return writer.toByteArray();
    }

    private static void writeConstructor(ClassWriter writer) {
        MethodVisitor code = writer.visitMethod(0, "<init>", "()V", null, null);
        code.visitCode();
        code.visitVarInsn(ALOAD, 0);
        code.visitMethodInsn(INVOKESPECIAL, KERNEL, "<init>", "()V", false);
        finish(code);
    }

    /** Hands the part the arrays and numbers that it uses. */
    private static void writeCall(MethodVisitor run, String name, LoopWriter part) {
        for (int array : part.arrays()) {
            run.visitVarInsn(ALOAD, ARRAYS);
            run.visitIntInsn(SIPUSH, array);
            run.visitInsn(AALOAD);
            run.visitTypeInsn(CHECKCAST, part.array().getInternalName());
        }
        for (int scalar : part.scalars()) {
            run.visitVarInsn(ALOAD, SCALARS);
            run.visitIntInsn(SIPUSH, scalar);
            run.visitInsn(DALOAD);
            if (part.number().equals(Type.FLOAT_TYPE)) {
                run.visitInsn(D2F);
            }
        }
        run.visitVarInsn(ILOAD, FROM);
        run.visitVarInsn(ILOAD, TO);
        run.visitMethodInsn(INVOKESTATIC, SELF, name, part.descriptor(), false);
    }

    private static void finish(MethodVisitor code) {
        code.visitInsn(RETURN);
        // ASM computes both.
        code.visitMaxs(0, 0);
        code.visitEnd();
    }
}
