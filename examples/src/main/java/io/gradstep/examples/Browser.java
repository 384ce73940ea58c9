package io.gradstep.examples;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Shows a page to the user. By the system's own command: Java's Desktop needs libraries that many JDKs lack. */
final class Browser {
    /** Some commands end as soon as a browser has the page, others with the browser; who fails does it at once. */
    private static final int SECONDS_TO_FAIL = 3;

    private Browser() {}

    /** Returns whether the system was willing. */
    static boolean open(URI page) {
        return start(command(page));
    }

    /** Returns whether a command could be started and did not fail at once. */
    static boolean start(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return !process.waitFor(SECONDS_TO_FAIL, TimeUnit.SECONDS) || process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static List<String> command(URI page) {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        if (system.startsWith("windows")) {
            return List.of("rundll32", "url.dll,FileProtocolHandler", page.toString());
        }
        return List.of(system.startsWith("mac") ? "open" : "xdg-open", page.toString());
    }
}
