package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NaturalOrderTest {
    private static final List<String> ORDERED = List.of(
            "",
            "0",
            "2",
            "9",
            "10",
            "99999999999999999998",
            "99999999999999999999",
            "100000000000000000000",
            "-1",
            "00",
            "01",
            "1a",
            "a",
            "a/2",
            "a/2/0",
            "a/10",
            "a/1a",
            "a/b",
            "a_1",
            "a_10",
            "a_2",
            "vars/2",
            "vars/10",
            "é");

    @Test
    void numbers_are_ordered_as_numbers_before_all_else_and_each_path_before_those_in_it() {
        List<String> shuffled = new ArrayList<>(ORDERED);
        Collections.shuffle(shuffled, new Random(1));
        shuffled.sort(new NaturalOrder());
        assertThat(shuffled).isEqualTo(ORDERED);
    }

    @Test
    void it_is_an_order() {
        NaturalOrder order = new NaturalOrder();
        for (int i = 0; i < ORDERED.size(); i++) {
            for (int j = 0; j < ORDERED.size(); j++) {
                assertThat(Integer.signum(order.compare(ORDERED.get(i), ORDERED.get(j))))
                        .as("%s and %s", ORDERED.get(i), ORDERED.get(j))
                        .isEqualTo(Integer.compare(i, j));
            }
        }
    }
}
