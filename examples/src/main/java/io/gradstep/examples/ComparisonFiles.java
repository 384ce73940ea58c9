package io.gradstep.examples;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import io.gradstep.examples.bench.StepCost;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What a comparison found as CSV, for other programs: all digits, no units, empty for what is not there. */
final class ComparisonFiles {
    private static final double NANOS_PER_MILLI = 1e6;

    private final ComparisonResult result;

    ComparisonFiles(ComparisonResult result) {
        this.result = result;
    }

    void writeTo(OutputFolder folder) {
        folder.write("comparison.csv", comparison());
        folder.write("epochs.csv", epochs());
        folder.write("steps.csv", steps());
        folder.write("costs.csv", costs());
    }

    private String comparison() {
        return csv(
                "backend,execution,seed,loss_first_epoch,loss_last_epoch,test_accuracy,epoch_ms,step_ms,"
                        + "step_ms_lower_quartile,step_ms_upper_quartile,ulp_reference_gradients,ulp_own_gradients,error",
                writer -> forEachOutcome((contender, outcome) -> {
                    Optional<TrainingRun> run = outcome.run();
                    boolean hasUlp = contender.role() == Contender.Role.BACKEND;
                    write(
                            writer,
                            contender.id(),
                            contender.executionWord(),
                            outcome.seed(),
                            run.map(one -> one.first().trainingLoss()),
                            run.map(one -> one.last().trainingLoss()),
                            run.map(one -> one.last().testAccuracy()),
                            run.map(one -> one.epochNanos().median() / NANOS_PER_MILLI),
                            run.map(one -> one.stepNanos().median() / NANOS_PER_MILLI),
                            run.map(one -> one.stepNanos().low() / NANOS_PER_MILLI),
                            run.map(one -> one.stepNanos().high() / NANOS_PER_MILLI),
                            hasUlp ? ulp(outcome.sameGradients().largest()) : "",
                            hasUlp ? ulp(outcome.ownGradients().last()) : "",
                            outcome.failure());
                }));
    }

    private String epochs() {
        return csv(
                "backend,execution,seed,epoch,training_loss,test_accuracy",
                writer -> forEachOutcome((contender, outcome) -> outcome.run()
                        .ifPresent(run -> run.epochs()
                                .forEach(epoch -> write(
                                        writer,
                                        contender.id(),
                                        contender.executionWord(),
                                        outcome.seed(),
                                        epoch.number(),
                                        epoch.trainingLoss(),
                                        epoch.testAccuracy())))));
    }

    /** Both readings side by side, where there is one of either. */
    private String steps() {
        return csv(
                "backend,execution,seed,step,ulp_reference_gradients,ulp_own_gradients",
                writer -> forEachOutcome((contender, outcome) -> {
                    if (contender.role() == Contender.Role.BACKEND) {
                        readings(outcome)
                                .forEach((step, ulp) -> write(
                                        writer,
                                        contender.id(),
                                        contender.executionWord(),
                                        outcome.seed(),
                                        step,
                                        ulp[0],
                                        ulp[1]));
                    }
                }));
    }

    private static SortedMap<Long, String[]> readings(Outcome outcome) {
        SortedMap<Long, String[]> steps = new TreeMap<>();
        List<StepDifferences> readings = List.of(outcome.sameGradients(), outcome.ownGradients());
        for (int i = 0; i < readings.size(); i++) {
            for (StepDifferences.Point point : readings.get(i).points()) {
                steps.computeIfAbsent(point.step(), step -> new String[] {"", ""})[i] = ulp(point.ulp());
            }
        }
        return steps;
    }

    private String costs() {
        return csv(
                "who,settings,parameters,bytes_per_parameter,step_ms,step_ms_lower_quartile,step_ms_upper_quartile",
                writer -> result.costs().forEach(cost -> cost(writer, cost)));
    }

    private static void cost(CsvWriter writer, StepCost cost) {
        write(
                writer,
                cost.who(),
                cost.settings(),
                cost.parameters(),
                cost.bytesPerParameter(),
                cost.nanos() / NANOS_PER_MILLI,
                cost.low() / NANOS_PER_MILLI,
                cost.high() / NANOS_PER_MILLI);
    }

    /** One row for each seed. */
    private interface OutcomeWriter {
        void write(Contender contender, Outcome outcome);
    }

    private void forEachOutcome(OutcomeWriter writer) {
        result.rows().forEach(row -> row.outcomes().forEach(outcome -> writer.write(row.contender(), outcome)));
    }

    private static String ulp(long distance) {
        return distance == Long.MAX_VALUE ? "NaN" : Long.toString(distance);
    }

    private static String csv(String header, Consumer<CsvWriter> rows) {
        StringWriter text = new StringWriter();
        try (CsvWriter writer =
                CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(text)) {
            writer.writeRecord(header.split(",", -1));
            rows.accept(writer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void write(CsvWriter writer, Object... fields) {
        writer.writeRecord(Stream.of(fields)
                .map(field -> field instanceof Optional<?> optional
                        ? optional.map(Object::toString).orElse("")
                        : field.toString())
                .toList());
    }
}
