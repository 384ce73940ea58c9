package io.gradstep.ops;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BackendsTest {
    @Test
    void an_unknown_backend_is_named_with_what_to_do() {
        assertThatThrownBy(() -> Backends.open("nd4j"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"nd4j\"")
                .hasMessageContaining("Found: []")
                .hasMessageContaining("io.gradstep:gradstep-nd4j");
        assertThatThrownBy(() -> Backends.open(null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"null\"");
        assertThatThrownBy(() -> Backends.open("cuda")).hasMessageContaining("reference, nd4j and djl");
    }
}
