package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CsvDatasetTest {
    /** Ten rows of two numbers and a class a or b. */
    private static final String ROWS = rows("\n");

    private static String rows(String lineEnd) {
        return IntStream.range(0, 10)
                .mapToObj(i -> i + "," + (i + 0.5) + (i % 2 == 0 ? ",b" : ",a") + lineEnd)
                .collect(Collectors.joining());
    }

    static Stream<Arguments> readable() {
        return Stream.of(
                Arguments.of("plain", ROWS),
                Arguments.of("a header", "width,height,kind\n" + ROWS),
                Arguments.of("a header with one word beside the class", "0,height,kind\n" + ROWS),
                Arguments.of("a header without a name for the index", ",height,kind\n" + ROWS),
                Arguments.of("line ends of Windows", rows("\r\n")),
                Arguments.of("line ends of old Macs", rows("\r")),
                Arguments.of("no line end at the end", ROWS.stripTrailing()),
                Arguments.of("blank lines", "\n  \n" + ROWS.replace("\n", "\n\n") + "\n"),
                Arguments.of("blanks around fields", ROWS.replace(",", " ,\t ")),
                Arguments.of("quoted fields", ROWS.replaceAll("[^,\n]+", "\"$0\"")),
                Arguments.of(
                        "the header that counts",
                        "10,2,a,b\n" + ROWS.replace("a", "0").replace("b", "1")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("readable")
    void reads(String what, String text) {
        Dataset data = parse(text);

        assertThat(data.rows()).as(what).isEqualTo(10);
        assertThat(data.columns()).isEqualTo(2);
        assertThat(data.classes()).containsExactly("a", "b");
        assertThat(data.row(3).feature(0)).isEqualTo(3);
        assertThat(data.row(3).feature(1)).isEqualTo(3.5f);
        assertThat(data.row(3).label()).isZero();
        assertThat(data.row(4).label()).isEqualTo(1);
    }

    static Stream<Arguments> classes() {
        return Stream.of(
                Arguments.of(List.of("yes", "no"), List.of("no", "yes")),
                Arguments.of(List.of("10", "9"), List.of("9", "10")),
                Arguments.of(List.of("1", "0", "1.0", "01", "1e0"), List.of("0", "1")),
                Arguments.of(List.of("-1", "1"), List.of("-1", "1")),
                Arguments.of(List.of("100", "1e2", "7"), List.of("7", "100")),
                Arguments.of(List.of("1", "two"), List.of("1", "two")),
                Arguments.of(List.of("\"a, b\"", "\"say \"\"c\"\"\""), List.of("a, b", "say \"c\"")),
                Arguments.of(List.of("\"two\nlines\"", "one"), List.of("one", "two\nlines")));
    }

    @ParameterizedTest
    @MethodSource("classes")
    void names_the_classes(List<String> labels, List<String> expected) {
        String text = IntStream.range(0, 20)
                .mapToObj(i -> i + "," + labels.get(i % labels.size()) + "\n")
                .collect(Collectors.joining());

        assertThat(parse(text).classes()).isEqualTo(expected);
    }

    static Stream<Arguments> unreadable() {
        return Stream.of(
                Arguments.of("", "my.csv is empty"),
                Arguments.of("\n \r\n", "my.csv is empty"),
                Arguments.of("a,b,c\n", "my.csv has 0 rows of data. At least 10"),
                Arguments.of("1,2,a\n1,2,b\n", "my.csv has 2 rows of data. At least 10"),
                Arguments.of(ROWS.replace(',', ';'), "line 1 has 1 column. Each line must hold"),
                Arguments.of(ROWS + "1,2\n", "my.csv, line 11: 2 columns, but line 1 has 3"),
                Arguments.of("x,y,kind\n\n" + ROWS + "1,2,3,a\n", "my.csv, line 13: 4 columns, but line 1 has 3"),
                Arguments.of(ROWS + "1,x,a\n", "line 11: column 2 must be a finite number. Received: \"x\""),
                Arguments.of(ROWS + "1,,a\n", "line 11: column 2 must be a finite number. Received: nothing"),
                Arguments.of(ROWS + "NaN,1,a\n", "line 11: column 1 must be a finite number. Received: \"NaN\""),
                Arguments.of("NaN,1,a\n" + ROWS, "line 1: column 1 must be a finite number. Received: \"NaN\""),
                Arguments.of("?,1,a\n" + ROWS, "line 1: column 1 must be a finite number. Received: \"?\""),
                Arguments.of(ROWS + "-Infinity,1,a\n", "Received: \"-Infinity\". Correct it or remove the line"),
                Arguments.of(ROWS + "0x10,1,a\n", "column 1 must be a finite number. Received: \"0x10\""),
                Arguments.of(ROWS + "1f,1,a\n", "column 1 must be a finite number. Received: \"1f\""),
                Arguments.of(ROWS + "1e39,1,a\n", "line 11: column 1 is too large for float32"),
                Arguments.of(ROWS + "1e99999999999,1,a\n", "column 1 must be a finite number"),
                Arguments.of(ROWS + "1,1,\n", "line 11: the class in the last column is missing. Received: nothing"),
                Arguments.of(ROWS + "1,1,nan\n", "line 11: the class in the last column is missing. Received: \"nan\""),
                Arguments.of(ROWS.replace('b', 'a'), "my.csv: every row has the class \"a\""),
                Arguments.of(ROWS + "1,\"2,a\n", "line 11: 2 columns, but line 1 has 3"),
                Arguments.of(
                        ROWS + "1,\"2\"3,a\n",
                        "line 11: Unexpected character after closing quote: 3. Put the whole field"),
                Arguments.of("x,y,\"a\nb\"\n" + ROWS + "1\n", "line 13: 1 column, but line 1 has 3"),
                Arguments.of("11,2,a,b\n" + ROWS, "line 1: announces 11 rows, but 10 follow"),
                Arguments.of("10,3,a,b\n" + ROWS, "line 2: 3 columns, but line 1 announces 3 and a class"),
                Arguments.of("10,2,a,b\n" + ROWS, "line 2: the class must be a number from 0 to 1, for [a, b]"),
                Arguments.of("10,2,a,b\n" + ROWS.replace("a", "0").replace("b", "2"), "Received: \"2\""),
                Arguments.of("10,2,a,b\n" + ROWS.replaceAll("[ab]", "1"), "every row has the class \"1\""));
    }

    @ParameterizedTest
    @MethodSource("unreadable")
    void says_what_is_wrong_and_where(String text, String message) {
        assertThatThrownBy(() -> parse(text)).isInstanceOf(UserError.class).hasMessageContaining(message);
    }

    @Test
    void refuses_a_last_column_that_is_no_class() {
        String text =
                IntStream.range(0, 20).mapToObj(i -> "1," + i * 0.5 + "\n").collect(Collectors.joining());

        assertThatThrownBy(() -> parse(text))
                .hasMessageContaining("the last column has 20 different values in 20 rows. It must hold the class");
    }

    private static Dataset parse(String text) {
        return CsvDataset.parse("my.csv", "a test", text);
    }
}
