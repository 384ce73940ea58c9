package io.gradstep.fused;

import io.gradstep.ops.DType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What was traced and compiled, for all executors of this Java virtual machine: the state is static because a class
 * that was compiled once serves every model, and a sweep opens and closes hundreds of them. Bounded, least recently
 * used first out: rules that are not equal to each other could else fill the memory.
 */
final class KernelCache {
    private static final int LIMIT = 1024;

    private static final Map<ProgramKey, Program> PROGRAMS = new Bounded<>();
    private static final Map<KernelKey, Kernel> KERNELS = new Bounded<>();

    private KernelCache() {}

    /** A rule or an expression in a dtype. */
    private record ProgramKey(Object formula, DType dtype) {}

    private record KernelKey(KernelForm form, boolean compiled) {}

    private static final class Bounded<K, V> extends LinkedHashMap<K, V> {
        private static final long serialVersionUID = 1;

        Bounded() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > LIMIT;
        }
    }

    /** The program of a rule or an expression, recorded if it is not there. The recorder may throw. */
    static Program program(Object formula, DType dtype, Supplier<Program> recorder) {
        ProgramKey key = new ProgramKey(formula, dtype);
        synchronized (PROGRAMS) {
            Program known = PROGRAMS.get(key);
            if (known != null) {
                return known;
            }
        }
        // Outside the lock: it runs somebody's rule.
        Program recorded = recorder.get();
        synchronized (PROGRAMS) {
            PROGRAMS.putIfAbsent(key, recorded);
            return PROGRAMS.get(key);
        }
    }

    /** The kernel of a form, made if it is not there. */
    static Kernel kernel(KernelForm form, boolean compiled, Function<KernelForm, Kernel> maker) {
        KernelKey key = new KernelKey(form, compiled);
        synchronized (KERNELS) {
            Kernel known = KERNELS.get(key);
            if (known == null) {
                known = maker.apply(form);
                KERNELS.put(key, known);
            }
            return known;
        }
    }
}
