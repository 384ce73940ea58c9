package io.gradstep.examples.bench;

import java.util.Locale;
import java.util.Optional;

/** Whether arrays fit into what is left of Java's heap. */
final class HeapRoom {
    static final String ADVICE = "Give Java a larger heap: java -Xmx4g -jar ...";

    /** The collector keeps some of it for itself, and long arrays leave gaps. */
    private static final double USABLE = 0.8;

    private static final double MEGABYTE = 1 << 20;

    private HeapRoom() {}

    /** Returns what is wrong and what to do about it, or nothing if all is well. */
    static Optional<String> lack(long bytes) {
        if (bytes <= left()) {
            return Optional.empty();
        }
        // What nobody needs any more is counted as used until it has been collected.
        System.gc();
        return bytes <= left() ? Optional.empty() : Optional.of(lack(bytes, left()));
    }

    private static long left() {
        Runtime runtime = Runtime.getRuntime();
        return (long) (USABLE * (runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory()));
    }

    private static String lack(long bytes, long left) {
        return String.format(
                Locale.ROOT,
                "needs %.0f MB of heap, of which %.0f are left. %s",
                bytes / MEGABYTE,
                left / MEGABYTE,
                ADVICE);
    }
}
