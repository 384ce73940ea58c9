package io.gradstep.examples;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.gradstep.keras.KerasFile;
import io.gradstep.keras.KerasFileException;
import io.gradstep.keras.StoredArray;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code inspect}: what is in a file of Keras's. */
@Command(
        name = "inspect",
        description = "Prints what a .weights.h5 or .keras file holds: groups, arrays with dtype and shape, and the "
                + "configuration of the optimizer. The file may come from anybody: nothing in it is run.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class InspectCommand implements Callable<Integer> {
    /** Python writes NaN and infinities, and here they are only shown. */
    private static final Gson GSON = new GsonBuilder()
            .serializeNulls()
            .serializeSpecialFloatingPointValues()
            .disableHtmlEscaping()
            .setPrettyPrinting()
            .create();

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "A .weights.h5 or .keras file.")
    private Path path;

    @Override
    public Integer call() {
        try (KerasFile file = KerasFile.open(path)) {
            print(file, spec.commandLine().getOut());
            return ExitCode.OK;
        } catch (KerasFileException e) {
            throw new UserError(e.getMessage(), e);
        } catch (NoSuchFileException e) {
            throw new UserError("There is no file " + path, e);
        } catch (IOException e) {
            throw new UserError("The file cannot be read: " + e, e);
        }
    }

    private static void print(KerasFile file, PrintWriter out) throws IOException {
        out.println(printable(file + (file.isArchive() ? ", and the model's configuration" : "")));
        Map<String, List<StoredArray>> arrays =
                file.arrays().stream().collect(Collectors.groupingBy(array -> parent(array.path())));
        for (String group : file.groups()) {
            if (!group.isEmpty() || !file.attributes(group).isEmpty()) {
                out.println(line(group, "/", file));
            }
            arrays.getOrDefault(group, List.of())
                    .forEach(
                            array -> out.println(line(array.path(), "  " + array.dtype() + " " + array.shape(), file)));
        }
        if (file.isArchive()) {
            printOptimizer(file.serializedOptimizer(), out);
        }
    }

    private static void printOptimizer(Optional<Object> optimizer, PrintWriter out) {
        if (optimizer.isEmpty()) {
            out.println("no optimizer: the model was not compiled");
            return;
        }
        out.println("optimizer, as it was compiled:");
        // Line breaks within a text are escaped, so all that there are stand between lines.
        GSON.toJson(optimizer.get()).lines().forEach(line -> out.println(printable(line)));
    }

    private static String line(String path, String what, KerasFile file) {
        long depth = path.chars().filter(character -> character == '/').count();
        StringBuilder line = new StringBuilder("  ".repeat((int) depth + 1));
        line.append(path.substring(path.lastIndexOf('/') + 1)).append(what);
        file.attributes(path)
                .forEach((name, text) ->
                        line.append("  ").append(name).append('=').append(text));
        return printable(line.toString());
    }

    private static String parent(String path) {
        return path.contains("/") ? path.substring(0, path.lastIndexOf('/')) : "";
    }

    /** What the file says goes to a terminal, which obeys control characters. */
    private static String printable(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Cf}]", "?");
    }
}
