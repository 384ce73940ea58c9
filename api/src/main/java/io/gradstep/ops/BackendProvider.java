package io.gradstep.ops;

import java.util.Objects;

/** How a backend is found: the one public class of its module, named in {@code META-INF/services}. */
public interface BackendProvider {
    /**
     * The name by which users choose the backend.
     *
     * @return {@code reference}, {@code nd4j}, {@code djl}, …
     */
    String id();

    /**
     * Opens the backend.
     *
     * @param options how it is to run steps
     * @return a backend, to be closed by the caller
     */
    Backend<?> open(Options options);

    /**
     * Opens the backend to run steps as fast as it can.
     *
     * @return a backend, to be closed by the caller
     */
    default Backend<?> open() {
        return open(Options.DEFAULT);
    }

    /**
     * How a backend is to run steps. All give the same bits.
     *
     * @param execution the fastest mode that may be used; where it cannot be, slower ones are: see {@link
     *     Backend#execution}
     * @param threads how many threads work on one step: the caller's, and helpers from the common pool. Only fused
     *     execution asks; a tensor library has a setting of its own
     */
    record Options(ExecutionMode execution, int threads) {
        /** Compiled, on as many threads as there are processors. */
        public static final Options DEFAULT =
                new Options(ExecutionMode.COMPILED, Runtime.getRuntime().availableProcessors());

        /**
         * Checks the arguments.
         *
         * @param execution not null
         * @param threads at least 1
         * @throws IllegalArgumentException if there is no thread to work
         */
        public Options {
            Objects.requireNonNull(execution, "execution");
            if (threads < 1) {
                throw new IllegalArgumentException(
                        "A step needs at least one thread. Received: threads=" + threads + ". Pass 1 or more");
            }
        }

        /**
         * The same number of threads in another mode.
         *
         * @param other the mode
         * @return new options
         */
        public Options withExecution(ExecutionMode other) {
            return new Options(other, threads);
        }

        /**
         * The same mode on another number of threads.
         *
         * @param other the number
         * @return new options
         * @throws IllegalArgumentException if it is less than 1
         */
        public Options withThreads(int other) {
            return new Options(execution, other);
        }
    }
}
