package io.gradstep.examples;

import io.gradstep.schedule.CosineDecay;
import io.gradstep.schedule.CosineDecayRestarts;
import io.gradstep.schedule.ExponentialDecay;
import io.gradstep.schedule.InverseTimeDecay;
import io.gradstep.schedule.LearningRateSchedule;
import io.gradstep.schedule.PiecewiseConstantDecay;
import io.gradstep.schedule.PolynomialDecay;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How one of Keras's schedules is written on a command line; what is left out has Keras's default.
 *
 * @param form in general
 * @param example with numbers
 * @param maker makes it of what follows the colon; throws NumberFormatException if that does not have the form
 */
record ScheduleSyntax(String form, String example, Function<String, LearningRateSchedule> maker) {
    /** Keras's six. */
    static final List<ScheduleSyntax> ALL = List.of(
            new ScheduleSyntax(
                    "exponential:RATE,STEPS,DECAY[,staircase]",
                    "exponential:0.01,100,0.9",
                    text -> exponential(Arguments.of(text, "staircase", Set.of(3)))),
            new ScheduleSyntax(
                    "inverse-time:RATE,STEPS,DECAY[,staircase]",
                    "inverse-time:0.01,100,0.5",
                    text -> inverseTime(Arguments.of(text, "staircase", Set.of(3)))),
            new ScheduleSyntax(
                    "polynomial:RATE,STEPS[,END[,POWER]][,cycle]",
                    "polynomial:0.01,500",
                    text -> polynomial(Arguments.of(text, "cycle", Set.of(2, 3, 4)))),
            new ScheduleSyntax(
                    "cosine:RATE,STEPS[,ALPHA[,TARGET,WARMUP]]",
                    "cosine:0.01,900",
                    text -> cosine(Arguments.of(text, "", Set.of(2, 3, 5)))),
            new ScheduleSyntax(
                    "cosine-restarts:RATE,STEPS[,T_MUL,M_MUL[,ALPHA]]",
                    "cosine-restarts:0.01,100",
                    text -> cosineRestarts(Arguments.of(text, "", Set.of(2, 4, 5)))),
            new ScheduleSyntax(
                    "piecewise:STEP,...=RATE,RATE,...",
                    "piecewise:100,300=0.01,0.003,0.001",
                    ScheduleSyntax::piecewise));

    private static final String OPTION = "--schedule";

    private String id() {
        return form.substring(0, form.indexOf(':'));
    }

    /**
     * The schedule that a user means.
     *
     * @throws UserError if there is none of that name, if it is not written as it must be, or if Keras refuses it
     */
    static LearningRateSchedule parse(String text) {
        String id = text.split(":", 2)[0];
        ScheduleSyntax syntax = ALL.stream()
                .filter(candidate -> candidate.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new UserError(OPTION + ": there is no schedule \"" + id + "\". Choose among " + ids()
                        + ". Received: " + (text.isEmpty() ? "nothing" : text)));
        try {
            // Without a colon nothing is left, which has no form.
            return syntax.maker.apply(text.substring(Math.min(id.length() + 1, text.length())));
        } catch (NumberFormatException e) {
            throw new UserError(
                    OPTION + " must be " + syntax.form + ", for example " + syntax.example + ". Received: " + text, e);
        } catch (IllegalArgumentException e) {
            throw new UserError(OPTION + " " + text + ": " + e.getMessage(), e);
        }
    }

    private static String ids() {
        return ALL.stream().map(ScheduleSyntax::id).collect(Collectors.joining(", "));
    }

    private static LearningRateSchedule exponential(Arguments arguments) {
        return new ExponentialDecay(arguments.at(0), arguments.at(1), arguments.at(2), arguments.word());
    }

    private static LearningRateSchedule inverseTime(Arguments arguments) {
        return new InverseTimeDecay(arguments.at(0), arguments.at(1), arguments.at(2), arguments.word());
    }

    private static LearningRateSchedule polynomial(Arguments arguments) {
        return new PolynomialDecay(
                arguments.at(0), arguments.at(1), arguments.at(2, 0.0001), arguments.at(3, 1), arguments.word());
    }

    private static LearningRateSchedule cosine(Arguments arguments) {
        return arguments.count() < 5
                ? new CosineDecay(arguments.at(0), arguments.at(1), arguments.at(2, 0))
                : new CosineDecay(arguments.at(0), arguments.at(1), arguments.at(2), arguments.at(3), arguments.at(4));
    }

    private static LearningRateSchedule cosineRestarts(Arguments arguments) {
        return new CosineDecayRestarts(
                arguments.at(0), arguments.at(1), arguments.at(2, 2), arguments.at(3, 1), arguments.at(4, 0));
    }

    private static LearningRateSchedule piecewise(String text) {
        String[] sides = text.split("=", -1);
        if (sides.length != 2) {
            throw new NumberFormatException(text);
        }
        return new PiecewiseConstantDecay(
                Arrays.stream(sides[0].split(",", -1)).map(Long::valueOf).toList(),
                Arrays.stream(sides[1].split(",", -1)).map(RealNumber::parse).toList());
    }

    /** Numbers separated by commas, and whether a word follows them. */
    private record Arguments(List<Double> numbers, boolean word) {
        static Arguments of(String text, String word, Set<Integer> counts) {
            List<String> parts = new ArrayList<>(List.of(text.split(",", -1)));
            boolean hasWord = !word.isEmpty() && parts.get(parts.size() - 1).equals(word);
            if (hasWord) {
                parts.remove(parts.size() - 1);
            }
            if (!counts.contains(parts.size())) {
                throw new NumberFormatException(text);
            }
            return new Arguments(parts.stream().map(RealNumber::parse).toList(), hasWord);
        }

        int count() {
            return numbers.size();
        }

        double at(int index) {
            return numbers.get(index);
        }

        double at(int index, double otherwise) {
            return index < count() ? at(index) : otherwise;
        }
    }
}
