package io.gradstep.djl;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What gradstep logs until it is closed, in place of the console. */
final class Logged extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger("io.gradstep");
    private final List<String> entries = new ArrayList<>();

    static Logged open() {
        Logged logged = new Logged();
        logged.logger.addHandler(logged);
        logged.logger.setUseParentHandlers(false);
        return logged;
    }

    /** Level and text of each. */
    List<String> entries() {
        return entries;
    }

    @Override
    public void publish(LogRecord entry) {
        entries.add(entry.getLevel() + " " + entry.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(true);
    }
}
