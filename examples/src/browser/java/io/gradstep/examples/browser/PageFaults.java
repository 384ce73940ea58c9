package io.gradstep.examples.browser;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import javax.imageio.ImageIO;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;

/** Looks at one page on one screen in one theme, and says what is wrong with it. */
final class PageFaults {
    /** Waits for pictures, also those that a browser would load only when they come into view. */
    private static final String PICTURES = """
            const faults = [];
            for (const img of document.images) {
                img.loading = 'eager';
                try { await img.decode(); } catch (e) { /* naturalWidth tells. */ }
                const name = (img.currentSrc || img.src || '').slice(0, 60);
                if (!img.naturalWidth) faults.push('a picture is not there: ' + name);
            }
            const named = e => (e.getAttribute('aria-label') || '').trim()
                || document.getElementById(e.getAttribute('aria-labelledby') || '')
                || (e.querySelector(':scope > title')?.textContent || '').trim();
            for (const e of document.querySelectorAll('img, svg, canvas, input[type=image]')) {
                const hidden = e.closest('[aria-hidden=true]') || e.getAttribute('role') === 'presentation';
                if (hidden || e.parentElement.closest('svg')) continue;
                const alt = (e.getAttribute('alt') || '').trim();
                if (!alt && !named(e)) faults.push('a picture says nothing to who cannot see it: '
                    + e.outerHTML.slice(0, 80));
            }
            return faults;
            """;

    /** What is wider than the screen may be so only inside of something that scrolls by itself. */
    private static final String WIDTH = """
            const faults = [];
            const root = document.scrollingElement;
            const width = %d;
            if (root.clientWidth !== width) faults.push('the page is laid out for ' + root.clientWidth
                + ' pixels on a screen of ' + width + ': a viewport is missing');
            if (root.scrollWidth > root.clientWidth) faults.push('the page is ' + root.scrollWidth
                + ' pixels wide on a screen of ' + root.clientWidth);
            const scrolls = e => {
                for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) {
                    if (['auto', 'scroll'].includes(getComputedStyle(p).overflowX)) return true;
                }
                return false;
            };
            for (const e of document.body.querySelectorAll('*')) {
                const box = e.getBoundingClientRect();
                if (!box.width || !box.height || e.parentElement.closest('svg')) continue;
                if ((box.right > root.clientWidth + 1 || box.left < -1) && !scrolls(e)) {
                    faults.push('it is beyond the edge of the screen, from ' + box.left + ' to ' + box.right + ': '
                        + e.outerHTML.slice(0, 80));
                }
            }
            return faults;
            """;

    private final Browser browser;

    PageFaults(Browser browser) {
        this.browser = browser;
    }

    /**
     * Opens the page.
     *
     * @return a sentence for each fault; none if all is well
     */
    List<String> of(URI page, Screen screen, Theme theme) throws IOException {
        browser.open(page, screen, theme);
        List<String> faults = new ArrayList<>();
        add(browser.run(PICTURES), faults);
        add(browser.run(WIDTH.formatted(screen.width)), faults);
        background(theme, faults);
        console(faults);
        requests(page, faults);
        return faults;
    }

    private static void add(Object found, List<String> faults) {
        if (found instanceof List<?> list) {
            list.forEach(fault -> faults.add(fault.toString()));
        } else {
            faults.add(found.toString());
        }
    }

    private void console(List<String> faults) {
        for (LogEntry entry : browser.logs(LogType.BROWSER)) {
            if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
                faults.add("the console has a message: " + entry.getLevel() + " " + entry.getMessage());
            }
        }
    }

    private void requests(URI page, List<String> faults) {
        for (LogEntry entry : browser.logs(LogType.PERFORMANCE)) {
            JsonObject message =
                    JsonParser.parseString(entry.getMessage()).getAsJsonObject().getAsJsonObject("message");
            if (message.get("method").getAsString().equals("Network.requestWillBeSent")) {
                String url = message.getAsJsonObject("params")
                        .getAsJsonObject("request")
                        .get("url")
                        .getAsString();
                // "file:/a" and "file:///a" are the same.
                boolean itself = url.startsWith("file:") && URI.create(url).getPath().equals(page.getPath());
                if (!itself && !url.startsWith("data:")) {
                    faults.add("the page asks for something outside of it: " + url);
                }
            }
        }
    }

    private void background(Theme theme, List<String> faults) throws IOException {
        double luminance = edgeLuminance(ImageIO.read(new ByteArrayInputStream(browser.screenshot())));
        if (!theme.has(luminance)) {
            faults.add("the background of a " + theme.css + " page has a luminance of " + luminance);
        }
    }

    /** The mean of the left and the right edge, where nothing but background is. */
    private static double edgeLuminance(BufferedImage image) {
        double sum = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            sum += luminance(image.getRGB(0, y)) + luminance(image.getRGB(image.getWidth() - 1, y));
        }
        return sum / (2 * image.getHeight());
    }

    private static double luminance(int rgb) {
        return (0.2126 * (rgb >> 16 & 0xff) + 0.7152 * (rgb >> 8 & 0xff) + 0.0722 * (rgb & 0xff)) / 255;
    }
}
