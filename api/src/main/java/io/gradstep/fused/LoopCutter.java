package io.gradstep.fused;

import io.gradstep.ops.Unary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
            if (pending.isEmpty() || part(loop, earlier, longer).filter(fits).isPresent()) {
                pending = longer;
            } else {
                part(loop, earlier, pending).ifPresent(parts::add);
                earlier.addAll(pending);
                pending = List.of(store);
            }
        }
        part(loop, earlier, pending).ifPresent(parts::add);
        int stored = parts.stream().mapToInt(part -> part.stores().size()).sum();
        return stored == loop.stores().size() ? parts : List.of(loop);
    }

    /** None if the part needs what the earlier ones overwrite. */
    private static Optional<Loop> part(Loop loop, List<Store> earlier, List<Store> stores) {
        LoopBuilder builder = new LoopBuilder(loop.body()).after(earlier);
        Loop part = builder.build(stores);
        return builder.needsWhatIsGone() ? Optional.empty() : Optional.of(part);
    }
}
