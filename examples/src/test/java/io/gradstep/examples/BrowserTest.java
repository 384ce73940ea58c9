package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With commands that open nothing: the tests are to show nobody a page. */
class BrowserTest {
    @ParameterizedTest
    @CsvSource({"true, true", "false, false", "/no/such/command, false"})
    @DisabledOnOs(OS.WINDOWS)
    void a_command_that_fails_has_opened_nothing(String command, boolean isOpen) {
        assertThat(Browser.start(List.of(command))).isEqualTo(isOpen);
    }
}
