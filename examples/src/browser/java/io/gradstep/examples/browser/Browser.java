package io.gradstep.examples.browser;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A Chromium without a window. It resolves no host name: what a page asks of the network fails, and is seen. */
final class Browser implements AutoCloseable {
    private static final List<String> ARGUMENTS = List.of(
            "--headless=new",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--hide-scrollbars",
            "--host-resolver-rules=MAP * ~NOTFOUND");

    /** It warns of each Chromium that is newer than Selenium; what is used here is the same in all. */
    private static final Logger VERSIONS = Logger.getLogger("org.openqa.selenium.devtools");

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /**
     * Starts the Chromium at {@code binary} by the ChromeDriver at {@code driver}.
     *
     * @throws IllegalStateException if there is no such program; the message names the property that says where it is
     */
    static Browser start(Path binary, Path driver) {
        requireProgram(binary, "Chromium", "browser.binary");
        requireProgram(driver, "ChromeDriver", "browser.driver");
        VERSIONS.setLevel(Level.SEVERE);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(binary.toFile());
        options.addArguments(ARGUMENTS);
        if (System.getProperty("user.name").equals("root")) {
            // Chromium does not start as root inside of its sandbox.
            options.addArguments("--no-sandbox");
        }
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        logs.enable(LogType.PERFORMANCE, Level.ALL);
        options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(driver.toFile())
                .usingAnyFreePort()
                .build();
        ChromeDriver started = new ChromeDriver(service, options);
        started.manage().timeouts().scriptTimeout(Duration.ofSeconds(60));
        return new Browser(started);
    }

    private static void requireProgram(Path program, String name, String property) {
        if (!Files.isExecutable(program)) {
            throw new IllegalStateException("No " + name + " is at " + program + ". Install one, or say where it is: -D"
                    + property + "=/path/to/program");
        }
    }

    /** Opens a page as it is on such a screen, and forgets what was before. */
    void open(URI page, Screen screen, Theme theme) {
        driver.get("about:blank");
        logs(LogType.BROWSER);
        logs(LogType.PERFORMANCE);
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of(
                        "width", screen.width,
                        "height", screen.height,
                        "deviceScaleFactor", 1,
                        "mobile", screen.mobile));
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", theme.css))));
        driver.get(page.toString());
    }

    /** Runs the body of a JavaScript function, which may await, and gives what it returns. */
    Object run(String script) {
        return driver.executeAsyncScript("""
                const done = arguments[arguments.length - 1];
                (async () => { %s })().then(done, error => done('script failed: ' + error));
                """.formatted(script));
    }

    /** Takes what was logged since it was last taken. */
    List<LogEntry> logs(String type) {
        return driver.manage().logs().get(type).getAll();
    }

    /** The whole page, also what is below the fold, as PNG. */
    byte[] screenshot() {
        Map<?, ?> size = (Map<?, ?>)
                driver.executeCdpCommand("Page.getLayoutMetrics", Map.of()).get("cssContentSize");
        Map<String, Object> clip = Map.of(
                "x", 0, "y", 0, "width", size.get("width"), "height", size.get("height"), "scale", 1);
        Object png = driver.executeCdpCommand(
                        "Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true, "clip", clip))
                .get("data");
        return Base64.getDecoder().decode((String) png);
    }

    /** Writes {@link #screenshot} to a file, and makes the folder. */
    void screenshotTo(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, screenshot());
    }

    @Override
    public void close() {
        driver.quit();
    }
}
