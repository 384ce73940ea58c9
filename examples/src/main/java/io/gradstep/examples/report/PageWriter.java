package io.gradstep.examples.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** Writes a page as HTML that an XML parser reads, too. */
final class PageWriter {
    private static final String STYLE = "page.css";

    private record Variant(String media, Theme theme, Width width) {}

    /** The first that fits is taken; paper gets the last. */
    private static final List<Variant> VARIANTS = List.of(
            new Variant("screen and (prefers-color-scheme: dark) and (max-width: 600px)", Theme.DARK, Width.PHONE),
            new Variant("screen and (prefers-color-scheme: dark)", Theme.DARK, Width.DESKTOP),
            new Variant("screen and (max-width: 600px)", Theme.LIGHT, Width.PHONE),
            new Variant("all", Theme.LIGHT, Width.DESKTOP));

    /** Of characters in a cell; longer text, such as the message of an error, takes several lines. */
    private static final int LONGEST_LINE = 32;

    private static final int LAST_VARIANT = VARIANTS.size() - 1;

    private final Page page;
    private final StringBuilder html = new StringBuilder();

    PageWriter(Page page) {
        this.page = page;
    }

    String html() {
        head();
        line("<body>");
        line("<main>");
        line("<header>");
        line("<h1>" + escaped(page.title()) + "</h1>");
        if (!page.lead().isBlank()) {
            line("<p class=\"lead\">" + escaped(page.lead()) + "</p>");
        }
        line("</header>");
        for (int at = 0; at < page.sections().size(); at++) {
            section(page.sections().get(at), "section-" + (at + 1));
        }
        facts();
        line("</main>");
        line("</body>");
        line("</html>");
        return html.toString();
    }

    private void head() {
        line("<!doctype html>");
        line("<html lang=\"en\">");
        line("<head>");
        line("<meta charset=\"utf-8\" />");
        line("<meta http-equiv=\"Content-Security-Policy\""
                + " content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\" />");
        line("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />");
        line("<meta name=\"color-scheme\" content=\"light dark\" />");
        line("<title>" + escaped(page.title()) + "</title>");
        // Else a browser asks for /favicon.ico.
        line("<link rel=\"icon\" href=\"data:,\" />");
        line("<style>");
        html.append(style());
        line("</style>");
        line("</head>");
    }

    private static String style() {
        try (InputStream css = PageWriter.class.getResourceAsStream(STYLE)) {
            if (css == null) {
                throw new IllegalStateException("The jar lacks the resource " + STYLE + ": build it again.");
            }
            return new String(css.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private void section(Section section, String id) {
        line("<section aria-labelledby=\"" + id + "\">");
        line("<h2 id=\"" + id + "\">" + escaped(section.heading()) + "</h2>");
        section.chart().ifPresentOrElse(chart -> figure(chart, section.sentence()), () -> sentence(section.sentence()));
        section.table().ifPresent(table -> table(table, id));
        for (String note : section.notes()) {
            line("<p class=\"note\">" + escaped(note) + "</p>");
        }
        line("</section>");
    }

    private void sentence(String sentence) {
        line("<p class=\"sentence\">" + escaped(sentence) + "</p>");
    }

    private void figure(Chart chart, String sentence) {
        line("<figure>");
        line("<figcaption class=\"sentence\">" + escaped(sentence) + "</figcaption>");
        // Drawing and packing them is nearly all the time that a page takes.
        List<Picture> pictures = VARIANTS.stream()
                .parallel()
                .map(variant -> Picture.of(chart, variant.theme(), variant.width()))
                .toList();
        line("<picture>");
        for (int at = 0; at < LAST_VARIANT; at++) {
            Picture picture = pictures.get(at);
            line("<source media=\"" + VARIANTS.get(at).media() + "\" srcset=\"" + data(picture) + " 2x\""
                    + size(picture) + " />");
        }
        Picture picture = pictures.get(LAST_VARIANT);
        line("<img src=\"" + data(picture) + "\"" + size(picture) + " alt=\"" + escaped(chart.alt()) + "\" />");
        line("</picture>");
        line("</figure>");
    }

    private static String data(Picture picture) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(picture.png());
    }

    /** Room is kept before the picture is there. */
    private static String size(Picture picture) {
        return " width=\"" + picture.width() + "\" height=\"" + picture.height() + "\"";
    }

    private void table(HtmlTable table, String id) {
        // With a place in the order of the tab key, or a keyboard could not scroll it.
        line("<div class=\"scroll\" role=\"region\" aria-labelledby=\"" + id + "\" tabindex=\"0\">");
        line("<table>");
        line("<thead>");
        row(table.header(), "col", table);
        line("</thead>");
        line("<tbody>");
        table.rows().forEach(cells -> row(cells, "row", table));
        line("</tbody>");
        line("</table>");
        line("</div>");
    }

    private void row(List<String> cells, String scope, HtmlTable table) {
        StringBuilder row = new StringBuilder("<tr>");
        for (int column = 0; column < cells.size(); column++) {
            String cell = cells.get(column);
            boolean names = column == 0 || scope.equals("col");
            String tag = names ? "th" : "td";
            row.append('<').append(tag);
            if (names) {
                row.append(" scope=\"").append(scope).append('"');
            }
            boolean spans = column == 1 && cells.size() < table.header().size();
            if (spans) {
                row.append(" class=\"text\" colspan=\"")
                        .append(table.header().size() - 1)
                        .append('"');
            } else if (cell.length() > LONGEST_LINE) {
                row.append(" class=\"long\"");
            }
            row.append('>').append(escaped(cell)).append("</").append(tag).append('>');
        }
        line(row.append("</tr>").toString());
    }

    private void facts() {
        if (page.facts().isEmpty()) {
            return;
        }
        line("<section aria-labelledby=\"facts\">");
        line("<h2 id=\"facts\">To repeat it</h2>");
        line("<dl>");
        for (Fact fact : page.facts()) {
            line("<div>");
            line("<dt>" + escaped(fact.name()) + "</dt>");
            line("<dd><code>" + escaped(fact.value()) + "</code></dd>");
            line("</div>");
        }
        line("</dl>");
        line("</section>");
    }

    private void line(String text) {
        html.append(text).append('\n');
    }

    private static String escaped(String text) {
        return Html.escaped(text);
    }
}
