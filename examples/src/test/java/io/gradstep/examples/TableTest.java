package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void a_text_in_place_of_cells_does_not_widen_them() {
        Table table = new Table(3);
        table.row("", "a", "b");
        table.row("x", "1", "22");
        table.row("long", "a text that is wider than all cells");

        assertThat(table.lines())
                .containsExactly("      a   b", "x     1  22", "long  a text that is wider than all cells");
    }

    @Test
    void another_number_of_cells_is_refused() {
        Table table = new Table(3);

        assertThatThrownBy(() -> table.row("a", "b", "c", "d")).hasMessageContaining("must have 3 cells");
    }
}
