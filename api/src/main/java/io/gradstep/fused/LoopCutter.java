package io.gradstep.fused;

import io.gradstep.ops.Unary;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Cuts a loop into several that do the same one after the other. HotSpot's C2 compiler vectorises small loops only, and
 * says nothing when a loop is too large for it: then it is ten times slower.
 *
 * <p>A loop is cut between stores. What an earlier loop stored is loaded back, while it is still in the first-level
 * cache; what it did not store is computed again.
 */
final class LoopCutter {
    private LoopCutter() {}

    /**
     * Whether C2 vectorises a loop from any index to any index. Measured on JDK 17.0.15 and 25.0.3, which have one
     * limit.
     */
    static boolean fitsWithVariableBounds(Loop loop) {
        return size(loop) + 5 * loop.arrays().size() <= 52;
    }

    /** Whether C2 vectorises a loop over a constant number of elements. */
    static boolean fitsWithConstantBounds(Loop loop) {
        return size(loop) + 2 * loop.arrays().size() <= 49;
    }

    private static int size(Loop loop) {
        int size = loop.stores().size();
        for (Instruction instruction : loop.body()) {
            boolean isSign = instruction instanceof Instruction.Apply apply && apply.op() == Unary.SIGN;
            size += isSign ? Kernel.OPERATIONS_OF_SIGN : 1;
        }
        return size;
    }

    /** The loops that a kernel of this form consists of. */
    static List<Loop> cut(KernelForm form) {
        return cut(
                form.loop(),
                form.wholeTiles() ? LoopCutter::fitsWithConstantBounds : LoopCutter::fitsWithVariableBounds);
    }

    /** The loop itself if it fits, or if it cannot be cut: if a later part needs what an earlier one overwrites. */
    static List<Loop> cut(Loop loop, Predicate<Loop> fits) {
        List<Loop> parts = new ArrayList<>();
        List<Store> earlier = new ArrayList<>();
        List<Store> pending = new ArrayList<>();
        for (Store store : loop.stores()) {
            List<Store> longer = new ArrayList<>(pending);
            longer.add(store);
            if (pending.isEmpty() || fits.test(part(loop, earlier).build(longer))) {
                pending = longer;
            } else {
                parts.add(part(loop, earlier).build(pending));
                earlier.addAll(pending);
                pending = List.of(store);
            }
        }
        parts.add(part(loop, earlier).build(pending));
        return isPossible(loop, parts) ? parts : List.of(loop);
    }

    private static LoopBuilder part(Loop loop, List<Store> earlier) {
        return new LoopBuilder(loop.body()).after(earlier);
    }

    private static boolean isPossible(Loop loop, List<Loop> parts) {
        int done = 0;
        for (Loop part : parts) {
            LoopBuilder builder = part(loop, loop.stores().subList(0, done));
            done += part.stores().size();
            builder.build(loop.stores().subList(done - part.stores().size(), done));
            if (builder.needsWhatIsGone()) {
                return false;
            }
        }
        return true;
    }
}
