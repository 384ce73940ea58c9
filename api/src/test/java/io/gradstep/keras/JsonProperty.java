package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.optim.LearningRate;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import io.gradstep.schedule.LearningRateSchedule;
import java.util.Optional;
import java.util.function.Function;

/** What holds of any text: it is refused cleanly, or it is read, and what was read is written and read again. */
final class JsonProperty {
    private static final ConfigReader READER = new ConfigReader().withWarnings(warning -> {});

    private JsonProperty() {}

    /** How much could be made of the text. */
    enum Outcome {
        MALFORMED,
        JSON,
        SETTINGS_OR_SCHEDULE
    }

    static Outcome check(String text) {
        Optional<Object> json = unlessRefused(StrictJson::parse, text);
        unlessRefused(Keras::configFromJson, text)
                .ifPresent(config ->
                        assertThat(Keras.configFromJson(Keras.toJson(config))).isEqualTo(config));
        Optional<Settings> settings = unlessRefused(given -> Keras.fromJson(given, READER), text);
        settings.filter(JsonProperty::isWritable).ifPresent(read -> {
            String written = Keras.toJson(read);
            assertThat(Keras.toJson(Keras.fromJson(written, READER))).isEqualTo(written);
        });
        Optional<LearningRateSchedule> schedule = unlessRefused(Keras::scheduleFromJson, text);
        schedule.ifPresent(
                read -> assertThat(Keras.scheduleFromJson(Keras.toJson(read))).isEqualTo(read));
        if (settings.isPresent() || schedule.isPresent()) {
            return Outcome.SETTINGS_OR_SCHEDULE;
        }
        return json.isPresent() ? Outcome.JSON : Outcome.MALFORMED;
    }

    /** Empty for null, too. */
    private static <T> Optional<T> unlessRefused(Function<String, T> read, String text) {
        try {
            return Optional.ofNullable(read.apply(text));
        } catch (IllegalArgumentException e) {
            assertThat(e).isExactlyInstanceOf(IllegalArgumentException.class).hasMessageMatching("(?s).{10,}");
            return Optional.empty();
        }
    }

    /** The text may have a learning rate which no float32 is near to; Keras then writes Infinity. */
    private static boolean isWritable(Settings settings) {
        if (settings instanceof LossScale scaled) {
            return isWritable(scaled.inner());
        }
        return !(((RMSprop) settings).base().learningRate() instanceof LearningRate.Fixed rate)
                || Float.isFinite((float) rate.value());
    }
}
