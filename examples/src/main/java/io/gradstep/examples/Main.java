package io.gradstep.examples;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command line of gradstep. */
@Command(
        name = "gradstep",
        description = "Keras 3's RMSprop for the JVM: the same bits on ND4J arrays, DJL arrays and plain Java arrays.",
        subcommands = {CompareCommand.class, ReplayCommand.class, InspectCommand.class, BenchCommand.class},
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
public final class Main implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    private Main() {}

    /**
     * Runs a command and ends the process: with 0 if all went well, 2 if the command line or its data are at fault, 1
     * otherwise.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        // Before any class of DJL is loaded: it reads them then. Nothing is to be downloaded or reported.
        setUnlessSet("ai.djl.offline", "true");
        setUnlessSet("OPT_OUT_TRACKING", "true");
        // Pictures are drawn into files: a display that is named but cannot be reached must not hinder that.
        setUnlessSet("java.awt.headless", "true");
        System.exit(run(writer(System.out), writer(System.err), args));
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, Charset.defaultCharset());
    }

    /** Runs a command and returns the exit code. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        OneLineErrors errors = new OneLineErrors();
        try {
            CommandLine commandLine = new CommandLine(new Main());
            commandLine.getCommandSpec().addOption(errors.stacktrace());
            // What bench does not know is JMH's.
            commandLine.getSubcommands().get("bench").setUnmatchedOptionsArePositionalParams(true);
            return commandLine
                    .setOut(out)
                    .setErr(err)
                    .setExpandAtFiles(false)
                    .setParameterExceptionHandler(errors)
                    .setExecutionExceptionHandler(errors)
                    .execute(args);
        } catch (Error e) {
            // picocli hands on what is no Exception.
            return errors.handle(e, err, List.of(args));
        }
    }

    /** Without a command: how to use this, and the exit code of a wrong use. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return CommandLine.ExitCode.USAGE;
    }

    /** The version that stands in the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"gradstep " + (version == null ? "(not packaged)" : version), "JDK ${java.version}"};
        }
    }
}
