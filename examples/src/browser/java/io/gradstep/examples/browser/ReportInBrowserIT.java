package io.gradstep.examples.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The report of {@code compare}, as readers see it. The screenshots lie in {@code browser.folder}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ReportInBrowserIT {
    private static final long MINUTES_OF_COMPARE = 5;

    private final Path folder = Browsers.property("browser.folder");
    private Path report;
    private Browser browser;

    @BeforeAll
    void compare_writes_its_report() throws IOException, InterruptedException {
        Files.createDirectories(folder);
        String given = System.getProperty("browser.report", "");
        report = given.isEmpty() ? written() : Path.of(given).toAbsolutePath();
        assertThat(report).as("the report to look at").isNotEmptyFile();
        browser = Browsers.start();
    }

    @AfterAll
    void close() {
        if (browser != null) {
            browser.close();
        }
    }

    static Stream<Arguments> every_screen_and_theme() {
        return Stream.of(Screen.values())
                .flatMap(screen -> Stream.of(Theme.values()).map(theme -> Arguments.of(screen, theme)));
    }

    @ParameterizedTest
    @MethodSource("every_screen_and_theme")
    void the_report_has_no_fault(Screen screen, Theme theme) throws IOException {
        List<String> faults = new PageFaults(browser).of(report.toUri(), screen, theme);
        String name = "report-" + screen + "-" + theme + ".png";
        browser.screenshotTo(folder.resolve(name.toLowerCase(Locale.ROOT)));

        assertThat(faults).isEmpty();
    }

    /** Runs the packaged program. */
    private Path written() throws IOException, InterruptedException {
        Path out = folder.resolve("report");
        Path log = folder.resolve("compare.log");
        Process compare = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        Browsers.property("browser.program").toString(),
                        "compare",
                        "--quick",
                        "--out",
                        out.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(compare.waitFor(MINUTES_OF_COMPARE, TimeUnit.MINUTES))
                    .as("compare ended; what it printed is in %s", log)
                    .isTrue();
        } finally {
            compare.destroyForcibly();
        }
        assertThat(compare.exitValue())
                .as("compare's exit code; what it printed is in %s", log)
                .isZero();
        return out.resolve("report.html");
    }
}
