package io.gradstep.fused;

import io.gradstep.ops.Execution;
import io.gradstep.ops.ExecutionMode;

/** Makes kernels for one executor: compiled ones, or interpreters where they are asked for or nothing else works. */
final class Kernels {
    private final ExecutionMode mode;
    private final Compiler compiler;
    /** Why nothing can be compiled; null as long as nothing went wrong. */
    private volatile String refusal;

    /** Makes a class of a form. */
    @FunctionalInterface
    interface Compiler {
        Kernel compile(KernelForm form) throws ReflectiveOperationException;
    }

    Kernels(ExecutionMode mode, Compiler compiler) {
        this.mode = mode;
        this.compiler = compiler;
    }

    Kernel of(KernelForm form) {
        if (compiles()) {
            try {
                return KernelCache.kernel(
                        form, true, made -> KernelCompiler.canCompile(made) ? compile(made) : interpreter(made));
            } catch (Refusal e) {
                refuse(e.getCause());
            }
        }
        return KernelCache.kernel(form, false, Kernels::interpreter);
    }

    private static Kernel interpreter(KernelForm form) {
        return new TileInterpreter(form.loop(), form.dtype());
    }

    private Kernel compile(KernelForm form) {
        try {
            return compiler.compile(form);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            throw new Refusal(e);
        }
    }

    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1;

        Refusal(Throwable cause) {
            super(cause);
        }
    }

    private synchronized void refuse(Throwable cause) {
        if (refusal == null) {
            refusal = "this Java virtual machine refuses compiled kernels: " + cause;
            System.getLogger("io.gradstep")
                    .log(
                            System.Logger.Level.WARNING,
                            "Steps are interpreted, at the same bits and lower speed, because " + refusal);
        }
    }

    private boolean compiles() {
        return mode == ExecutionMode.COMPILED && refusal == null;
    }

    Execution execution() {
        if (mode == ExecutionMode.INTERPRETED) {
            return new Execution(mode, "the backend was opened to interpret");
        }
        return refusal == null
                ? new Execution(ExecutionMode.COMPILED, "the memory can be reached from Java")
                : new Execution(ExecutionMode.INTERPRETED, refusal);
    }
}
