package io.gradstep.examples.report;

import java.util.regex.Pattern;

/** A name that is a file's name on every system. */
final class FileStem {
    private static final Pattern ALLOWED = Pattern.compile("[a-z0-9][a-z0-9-]*");

    private FileStem() {}

    static void check(String name) {
        if (!ALLOWED.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "The name of a chart has lower-case letters, digits and hyphens only. Received: '" + name + "'.");
        }
    }
}
