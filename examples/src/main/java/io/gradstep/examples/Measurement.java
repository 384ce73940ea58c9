package io.gradstep.examples;

import io.gradstep.examples.bench.Spread;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;

/**
 * How long one call of a benchmark takes.
 *
 * @param benchmark the simple name of its class
 * @param parameters JMH's, by name
 * @param nanos the median over all iterations of all forks
 */
record Measurement(String benchmark, Map<String, String> parameters, double nanos) {
    Measurement {
        parameters = Map.copyOf(parameters);
    }

    /**
     * What JMH measured.
     *
     * @return empty if the result is no time for a call, because the user chose another mode of JMH
     */
    static Optional<Measurement> of(RunResult result) {
        BenchmarkParams params = result.getParams();
        if (params.getMode() != Mode.AverageTime && params.getMode() != Mode.SingleShotTime) {
            return Optional.empty();
        }
        double[] scores = result.getBenchmarkResults().stream()
                .flatMap(fork -> fork.getIterationResults().stream())
                .mapToDouble(iteration -> iteration.getPrimaryResult().getScore())
                .toArray();
        if (scores.length == 0) {
            return Optional.empty();
        }
        Map<String, String> parameters = new HashMap<>();
        params.getParamsKeys().forEach(key -> parameters.put(key, params.getParam(key)));
        double nanos = Spread.of(scores).median() * params.getTimeUnit().toNanos(1);
        return Optional.of(new Measurement(simpleClassName(params.getBenchmark()), parameters, nanos));
    }

    private static String simpleClassName(String method) {
        String type = method.substring(0, method.lastIndexOf('.'));
        return type.substring(type.lastIndexOf('.') + 1);
    }
}
