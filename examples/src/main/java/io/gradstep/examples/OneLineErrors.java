package io.gradstep.examples;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what went wrong in one line on standard error; the stack trace only to who asks for it. */
final class OneLineErrors implements IParameterExceptionHandler, IExecutionExceptionHandler {
    private static final String STACKTRACE = "--stacktrace";

    /** The option, for each command. It sets nothing: a command line that cannot be parsed has set no option. */
    OptionSpec stacktrace() {
        return OptionSpec.builder(STACKTRACE)
                .scopeType(ScopeType.INHERIT)
                .description("On an error, show where in the program it happened.")
                .build();
    }

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        String message = describe(e);
        String help = (message.endsWith("?") ? " " : ". ") + "See: "
                + command.getCommandSpec().qualifiedName() + " --help";
        print(command.getErr(), message + help, e, List.of(args));
        return CommandLine.ExitCode.USAGE;
    }

    private static String describe(ParameterException e) {
        String message = e.getMessage();
        if (e instanceof UnmatchedArgumentException unmatched) {
            List<String> suggestions = unmatched.getSuggestions();
            message = describeUnmatched(unmatched)
                    + (suggestions.isEmpty() ? "" : ". Did you mean " + String.join(" or ", suggestions) + "?");
        }
        return message;
    }

    private static String describeUnmatched(UnmatchedArgumentException e) {
        String received = e.getUnmatched().get(0);
        if (e.isUnknownOption()) {
            return "There is no option " + received;
        }
        CommandLine command = e.getCommandLine();
        return command.getSubcommands().isEmpty()
                ? "The command " + command.getCommandName() + " takes options only. Received: " + received
                : "There is no command " + received;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        return handle(e, command.getErr(), parsed.originalArgs());
    }

    /** Returns the exit code: 2 for what the user can put right, 1 for what should not have happened. */
    int handle(Throwable e, PrintWriter err, List<String> args) {
        if (e instanceof UserError) {
            print(err, e.getMessage(), e, args);
            return CommandLine.ExitCode.USAGE;
        }
        String advice = e instanceof OutOfMemoryError
                ? ". Give Java more memory: java -Xmx8g -jar ..."
                : ". This should not have happened; " + STACKTRACE + " shows where it did";
        print(err, e + advice, e, args);
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static void print(PrintWriter err, String message, Throwable e, List<String> args) {
        err.println("gradstep: " + message.strip().replaceAll("\\s*\\R\\s*", " "));
        if (args.contains(STACKTRACE)) {
            e.printStackTrace(err);
        }
        err.flush();
    }
}
