package io.gradstep.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class VariableInfoTest {
    private static final Constraint CONSTRAINT = values -> {};

    @Test
    void a_variable_keeps_its_names_whatever_else_is_said_of_it() {
        VariableInfo info =
                VariableInfo.of("dense/kernel").constrainedBy(CONSTRAINT).overwrittenWithGradient();
        assertThat(info.path()).isEqualTo("dense/kernel");
        assertThat(info.name()).isEqualTo("kernel");
        assertThat(info.constraint()).containsSame(CONSTRAINT);
        assertThat(info.overwriteWithGradient()).isTrue();
        assertThat(VariableInfo.of("kernel").overwriteWithGradient()).isFalse();
        assertThat(VariableInfo.of("kernel").constraint()).isEmpty();
    }

    @Test
    void nothing_may_be_null() {
        assertThatThrownBy(() -> new VariableInfo(null, "kernel")).hasMessage("path");
        assertThatThrownBy(() -> new VariableInfo("dense/kernel", null)).hasMessage("name");
        assertThatThrownBy(() -> VariableInfo.of("kernel").constrainedBy(null))
                .isInstanceOf(NullPointerException.class);
    }
}
