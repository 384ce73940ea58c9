package io.gradstep.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Schedules of one's own. */
class LearningRateScheduleTest {
    @Test
    void a_lambda_is_a_schedule() {
        LearningRateSchedule halving = step -> 1.0 / (1L << step);
        assertThat(halving.at(3)).isEqualTo(0.125);
    }

    @Test
    void without_a_config_there_is_nothing_to_write() {
        for (LearningRateSchedule schedule : new LearningRateSchedule[] {new Plain(), step -> 0.1}) {
            String name = schedule.getClass().getSimpleName();
            String message =
                    "Learning rate schedule '" + name + "' must override `config()` in order to be" + " serializable.";
            assertThatThrownBy(schedule::config)
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage(message);
            assertThatThrownBy(schedule::serialize)
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage(message);
        }
    }

    @Test
    void a_class_with_a_config_is_written_under_its_name() {
        Map<String, Object> written = new Written(0.5).serialize();
        assertThat(written.toString())
                .isEqualTo("{module=null, class_name=Written, config={rate=0.5}, registered_name=Written}");
        assertThat(written.get("module")).isNull();
    }

    @Test
    void an_anonymous_class_has_no_name_to_be_written_under() {
        LearningRateSchedule bare = new LearningRateSchedule() {
            @Override
            public double at(long step) {
                return 0.1;
            }
        };
        assertThatThrownBy(bare::serialize)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessage("Learning rate schedule '" + bare.getClass().getName()
                        + "' must override `config()` in order to be serializable.");

        LearningRateSchedule anonymous = new LearningRateSchedule() {
            @Override
            public double at(long step) {
                return 0.1;
            }

            @Override
            public Map<String, Object> config() {
                return Map.of();
            }
        };
        assertThatThrownBy(anonymous::serialize)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessage("Learning rate schedule '" + anonymous.getClass().getName()
                        + "' is of an anonymous class. Give the class a name in order to be serializable.");
    }

    private static final class Plain implements LearningRateSchedule {
        @Override
        public double at(long step) {
            return 0.1;
        }
    }

    private record Written(double rate) implements LearningRateSchedule {
        @Override
        public double at(long step) {
            return rate / (step + 1);
        }

        @Override
        public Map<String, Object> config() {
            return Map.of("rate", rate);
        }
    }
}
