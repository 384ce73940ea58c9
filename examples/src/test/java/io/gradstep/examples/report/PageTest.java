package io.gradstep.examples.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

class PageTest {
    private static final String EVIL = "<script>alert(\"1\" + '2')</script> & http://example.org \u0000\ud800";
    private static final String SHOWN = "<script>alert(\"1\" + '2')</script> & http://example.org \ufffd\ufffd";

    private static final List<Chart> CHARTS = List.of(
            new LineChart(
                    "loss",
                    "Loss",
                    Axis.linear("epoch"),
                    Axis.linear("loss (nats)"),
                    List.of(new Line("fused", List.of(new Point(1, 2), new Point(2, 1))))),
            new BarChart(
                    "steps",
                    "Steps",
                    "time (ms)",
                    Scale.LOGARITHMIC,
                    List.of(EVIL),
                    List.of(new Bars("fused", List.of(new Bar(3))))));

    private static final Page PAGE = new Page(
            "Compared",
            "What was found.",
            List.of(
                    Section.of("Loss", "It falls.").with(CHARTS.get(0)),
                    Section.of("Steps", "The shorter, the faster.")
                            .with(CHARTS.get(1))
                            .with(new HtmlTable(
                                    List.of("backend", "ms"), List.of(List.of("djl", "3"), List.of(EVIL, "4"))))
                            .withNotes("A note.", EVIL),
                    Section.of("Nothing", "Only a sentence.")),
            List.of(new Fact("command", EVIL), new Fact("seed", "1")));

    private static String html;
    private static Document document;

    @BeforeAll
    static void write() throws Exception {
        html = PAGE.html();
        document = parsed(html);
    }

    private static Document parsed(String text) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(
                        text.replaceFirst("<!doctype html>\n", "").getBytes(StandardCharsets.UTF_8)));
    }

    private static List<Element> all(String tag) {
        return IntStream.range(0, document.getElementsByTagName(tag).getLength())
                .mapToObj(at -> (Element) document.getElementsByTagName(tag).item(at))
                .toList();
    }

    private static List<String> texts(String tag) {
        return all(tag).stream().map(Node::getTextContent).toList();
    }

    @Test
    void it_begins_as_a_browser_expects() {
        assertThat(html).startsWith("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\" />");
        assertThat(all("meta").stream().map(meta -> meta.getAttribute("name") + meta.getAttribute("http-equiv")))
                .contains("viewport", "color-scheme", "Content-Security-Policy");
        assertThat(texts("title")).containsExactly("Compared");
    }

    @Test
    void it_asks_for_nothing_and_runs_nothing() {
        List<String> addresses = Pattern.compile("(?:src|srcset|href)=\"([^\"]*)\"")
                .matcher(html)
                .results()
                .map(match -> match.group(1))
                .toList();
        // The icon, and four pictures for each chart.
        assertThat(addresses).hasSize(1 + 4 * CHARTS.size()).allMatch(address -> address.startsWith("data:"));
        assertThat(html).doesNotContain("url(", "@import", "<script", "<iframe", " on", "style=\"");
        assertThat(all("meta").stream().map(meta -> meta.getAttribute("content")))
                .contains("default-src 'none'; img-src data:; style-src 'unsafe-inline'");
    }

    @Test
    void text_from_outside_stays_text() {
        assertThat(texts("script")).isEmpty();
        assertThat(texts("th")).contains(SHOWN);
        assertThat(texts("p")).contains(SHOWN);
        assertThat(texts("code")).containsExactly(SHOWN, "1");
        assertThat(all("img").get(1).getAttribute("alt")).contains(SHOWN);
    }

    @Test
    void headings_go_down_in_order() {
        assertThat(texts("h1")).containsExactly("Compared");
        assertThat(texts("h2")).containsExactly("Loss", "Steps", "Nothing", "To repeat it");
        assertThat(html).doesNotContain("<h3");
    }

    @Test
    void over_each_picture_a_sentence_says_what_to_see() {
        assertThat(all("figure")).hasSize(2).allSatisfy(figure -> {
            List<String> names = new ArrayList<>();
            for (Node child = figure.getFirstChild(); child != null; child = child.getNextSibling()) {
                if (child instanceof Element element) {
                    names.add(element.getTagName());
                }
            }
            assertThat(names).containsExactly("figcaption", "picture");
        });
        assertThat(texts("figcaption")).containsExactly("It falls.", "The shorter, the faster.");
        assertThat(texts("p")).contains("Only a sentence.");
    }

    @Test
    void each_picture_has_words_in_its_place() {
        assertThat(all("img").stream().map(image -> image.getAttribute("alt")).toList())
                .hasSize(2)
                .satisfies(alts -> assertThat(alts.get(0)).contains("fused: from 2 at 1 to 1 at 2"));
    }

    @Test
    void each_picture_is_there_for_both_themes_and_both_widths() {
        assertThat(all("source").stream()
                        .limit(3)
                        .map(source -> source.getAttribute("media"))
                        .toList())
                .containsExactly(
                        "screen and (prefers-color-scheme: dark) and (max-width: 600px)",
                        "screen and (prefers-color-scheme: dark)",
                        "screen and (max-width: 600px)");
        List<byte[]> files = Pattern.compile("base64,([^\" ]*)")
                .matcher(html)
                .results()
                .map(MatchResult::group)
                .map(text -> Base64.getDecoder().decode(text.substring("base64,".length())))
                .toList();
        assertThat(files.get(0)).isEqualTo(Pictures.png(CHARTS.get(0), Theme.DARK, Width.PHONE));
        assertThat(files.get(1)).isEqualTo(Pictures.png(CHARTS.get(0), Theme.DARK, Width.DESKTOP));
        assertThat(files.get(2)).isEqualTo(Pictures.png(CHARTS.get(0), Theme.LIGHT, Width.PHONE));
        assertThat(files.get(3)).isEqualTo(Pictures.png(CHARTS.get(0), Theme.LIGHT, Width.DESKTOP));
    }

    @Test
    void room_is_kept_for_a_picture() {
        Pixels pixels = Pixels.of(Pictures.png(CHARTS.get(0), Theme.DARK, Width.PHONE));
        Element source = all("source").get(0);
        assertThat(source.getAttribute("width")).isEqualTo("328");
        assertThat(2 * Integer.parseInt(source.getAttribute("height"))).isEqualTo(pixels.height());
        assertThat(all("img").get(0).getAttribute("width")).isEqualTo("820");
    }

    @Test
    void a_table_names_its_columns_and_rows() {
        assertThat(all("th").stream().map(cell -> cell.getAttribute("scope")))
                .containsExactly("col", "col", "row", "row");
        assertThat(texts("td")).containsExactly("3", "4");
        Element around = (Element) all("table").get(0).getParentNode();
        assertThat(around.getAttribute("class")).isEqualTo("scroll");
        assertThat(around.getAttribute("tabindex")).isEqualTo("0");
    }

    @Test
    void a_long_cell_may_take_several_lines() {
        assertThat(all("th").stream()
                        .filter(cell -> cell.getAttribute("class").equals("long"))
                        .map(Node::getTextContent))
                .containsExactly(SHOWN);
    }

    @Test
    void a_text_may_stand_for_all_cells_but_the_first() throws Exception {
        HtmlTable table =
                new HtmlTable(List.of("backend", "ms", "ULP"), List.of(List.of("djl", "3", "0"), List.of("own", EVIL)));
        document = parsed(new Page("Failed", "", List.of(Section.of("A", "B.").with(table)), List.of()).html());
        try {
            assertThat(texts("td")).containsExactly("3", "0", SHOWN);
            assertThat(all("td").stream().map(cell -> cell.getAttribute("colspan")))
                    .containsExactly("", "", "2");
        } finally {
            document = parsed(html);
        }
    }

    @Test
    void a_page_without_facts_and_sections_is_whole() throws Exception {
        document = parsed(new Page("Empty", "", List.of(), List.of()).html());
        try {
            assertThat(texts("h1")).containsExactly("Empty");
            assertThat(texts("section")).isEmpty();
        } finally {
            document = parsed(html);
        }
    }

    @Test
    void the_same_page_is_the_same_text() {
        assertThat(PAGE.html()).isEqualTo(html);
    }
}
