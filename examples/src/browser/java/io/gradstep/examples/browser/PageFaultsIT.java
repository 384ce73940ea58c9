package io.gradstep.examples.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That a fault of a page is found: small pages with one fault each. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PageFaultsIT {
    private static final String PIXEL =
            "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

    @TempDir
    private Path folder;

    private Browser browser;

    @BeforeAll
    void start() {
        browser = Browsers.start();
    }

    @AfterAll
    void close() {
        if (browser != null) {
            browser.close();
        }
    }

    /** A fault in the body, and what is said about it. */
    enum Fault {
        WARNING("<script>console.warn('look out')</script>", "the console has a message", "look out"),
        ERROR("<script>console.error('broken')</script>", "the console has a message", "broken"),
        EXCEPTION("<script>undefined.x</script>", "the console has a message", "TypeError"),
        NETWORK("<script src='https://example.invalid/a.js'></script>", "asks for something outside", "a.js"),
        FONT(
                "<style>@font-face{font-family:f;src:url(https://example.invalid/f.woff2)}p{font-family:f}</style><p>a",
                "asks for something outside",
                "f.woff2"),
        OTHER_FILE("<link rel=stylesheet href=beside.css>", "asks for something outside", "beside.css"),
        WIDE("<div style='width:3000px'>wide</div>", "pixels wide on a screen of"),
        CUT_OFF(
                "<div style='overflow:hidden'><div id=cut style='width:3000px'>cut</div></div>",
                "beyond the edge of the screen",
                "id=\"cut\""),
        LEFT_OF_IT("<p id=left style='position:absolute;left:-50px'>left", "beyond the edge of the screen", "-50"),
        BROKEN_PICTURE("<img alt=broken src='data:image/png;base64,AAAA'>", "a picture is not there"),
        LATE_BROKEN_PICTURE(
                "<p style='height:9000px'>high</p><img loading=lazy alt=late src='data:image/png;base64,AAAA'>",
                "a picture is not there"),
        WITHOUT_ALT("<img src='" + PIXEL + "'>", "a picture says nothing"),
        BLANK_ALT("<img alt=' ' src='" + PIXEL + "'>", "a picture says nothing"),
        DRAWING_WITHOUT_NAME("<svg width=9 height=9></svg>", "a picture says nothing"),
        WHITE_WHEN_DARK("<style>html{background:white !important}</style>", "the background of a dark page");

        private final String body;
        private final String said;
        private final String detail;

        Fault(String body, String said) {
            this(body, said, "");
        }

        Fault(String body, String said, String detail) {
            this.body = body;
            this.said = said;
            this.detail = detail;
        }
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void a_page_with_a_fault_is_told_so(Fault fault) throws IOException {
        assertThat(faults(page(fault.body), Screen.PHONE, Theme.DARK))
                .anySatisfy(sentence -> assertThat(sentence).contains(fault.said, fault.detail));
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"WIDE", "CUT_OFF", "LEFT_OF_IT"})
    void a_page_too_wide_for_a_desktop_is_told_so(Fault fault) throws IOException {
        assertThat(faults(page(fault.body), Screen.DESKTOP, Theme.LIGHT))
                .anySatisfy(sentence -> assertThat(sentence).contains(fault.said, fault.detail));
    }

    @Test
    void a_page_that_is_always_dark_is_told_so() throws IOException {
        String page = page("<style>html{background:black !important}</style>");

        assertThat(faults(page, Screen.DESKTOP, Theme.LIGHT))
                .singleElement()
                .asString()
                .contains("the background of a light page");
    }

    @Test
    void a_page_without_a_viewport_is_told_so_on_a_phone_only() throws IOException {
        String page = page("<p>text").replaceFirst("<meta name=viewport[^>]*>", "");

        assertThat(faults(page, Screen.PHONE, Theme.LIGHT))
                .anySatisfy(sentence -> assertThat(sentence).contains("a viewport is missing"));
        assertThat(faults(page, Screen.DESKTOP, Theme.LIGHT)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Theme.class)
    void a_good_page_has_no_fault_on_any_screen(Theme theme) throws IOException {
        String page = page("""
                <h1>Good</h1><script>console.info('fine')</script>
                <div style="overflow-x:auto"><table style="width:3000px"><tr><td>wide, and scrolls</table></div>
                <p style="height:9000px">high</p>
                <img alt="a pixel" loading=lazy src="%s">
                <svg role=img aria-label="a square" width=9 height=9><rect x=-9 width=99 height=9 /></svg>
                <svg width=9 height=9><title>another</title></svg>
                <svg aria-hidden=true width=9 height=9></svg>
                """.formatted(PIXEL));

        for (Screen screen : Screen.values()) {
            assertThat(faults(page, screen, theme)).as("%s", screen).isEmpty();
        }
    }

    @Test
    void a_fault_of_one_page_is_none_of_the_next() throws IOException {
        assertThat(faults(page(Fault.ERROR.body), Screen.PHONE, Theme.DARK)).hasSize(1);
        assertThat(faults(page("<p>text"), Screen.PHONE, Theme.DARK)).isEmpty();
    }

    @Test
    void what_is_missing_is_named_with_the_property_that_says_where_it_is() {
        Path nowhere = folder.resolve("nowhere");
        Path driver = Browsers.property("browser.driver");

        assertThatThrownBy(() -> Browser.start(nowhere, driver))
                .hasMessageContainingAll("No Chromium is at", nowhere.toString(), "-Dbrowser.binary=");
        assertThatThrownBy(() -> Browser.start(Browsers.property("browser.binary"), nowhere))
                .hasMessageContainingAll("No ChromeDriver is at", nowhere.toString(), "-Dbrowser.driver=");
    }

    private static String page(String body) {
        return """
                <!doctype html><html lang=en><head><meta charset=utf-8><title>a page</title>
                <meta name=viewport content="width=device-width, initial-scale=1">
                <style>:root{color-scheme:light dark}html{background:#fff}
                @media (prefers-color-scheme:dark){html{background:#111}}</style></head>
                <body>%s</body></html>
                """.formatted(body);
    }

    private List<String> faults(String page, Screen screen, Theme theme) throws IOException {
        Path file = Files.writeString(folder.resolve("page.html"), page);
        return new PageFaults(browser).of(file.toUri(), screen, theme);
    }
}
