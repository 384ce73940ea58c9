package io.gradstep.examples;

import java.io.Console;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar on standard error, for people; it is gone when the work is done. */
final class TerminalProgress implements Progress {
    private static final int WIDTH = 79;
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    private final ProgressBar bar;

    private TerminalProgress(ProgressBar bar) {
        this.bar = bar;
    }

    /** A bar, with the time that is left, if somebody sits at a terminal, else nothing. */
    static Progress watch(String task, long steps) {
        return someoneWatches() ? new TerminalProgress(bar(task, steps)) : Progress.silent();
    }

    private static ProgressBar bar(String task, long steps) {
        return new ProgressBarBuilder()
                .setInitialMax(steps)
                .setTaskName(task)
                .setStyle(ProgressBarStyle.ASCII)
                .setConsumer(new ConsoleProgressBarConsumer(System.err, WIDTH))
                .setUpdateIntervalMillis(200)
                .clearDisplayOnFinish()
                .build();
    }

    private static boolean someoneWatches() {
        return Optional.ofNullable(System.console())
                        .filter(TerminalProgress::isTerminal)
                        .isPresent()
                && !isRedirected();
    }

    /** From JDK 22 on there is a console in any case, and {@code isTerminal()}, which 17 lacks, to ask it. */
    private static boolean isTerminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException e) {
            return false;
        }
    }

    /** A console knows of standard input and output alone. Where the system shows it, look at standard error too. */
    private static boolean isRedirected() {
        try {
            return Files.isSymbolicLink(STANDARD_ERROR)
                    && !Files.readSymbolicLink(STANDARD_ERROR).startsWith("/dev");
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void phase(String name) {
        bar.setExtraMessage(name);
    }

    @Override
    public void step() {
        bar.step();
    }

    @Override
    public void close() {
        bar.close();
    }
}
