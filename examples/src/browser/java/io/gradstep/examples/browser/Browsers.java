package io.gradstep.examples.browser;

import java.nio.file.Path;

/** The browser that the build names. */
final class Browsers {
    private Browsers() {}

    static Browser start() {
        return Browser.start(property("browser.binary"), property("browser.driver"));
    }

    /** A path that the build passes to the tests. */
    static Path property(String name) {
        String value = System.getProperty(name);
        if (value == null) {
            throw new IllegalStateException("The build passes -D" + name + ". Run these tests by mvn verify -Pbrowser");
        }
        return Path.of(value);
    }
}
