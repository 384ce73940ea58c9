package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/**
 * Holds the README, the guides and what lies in {@code .github} against the code: programs stand in tested sources word
 * for word, coordinates are those of the poms, commands run, links lead somewhere, and types exist.
 */
class DocumentationTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path GUIDES = ROOT.resolve("examples/guides");
    private static final String JAR = "examples/target/gradstep-examples.jar";

    /** All that leads out of the repository. Nothing is fetched: they are looked at by hand. */
    private static final Set<String> EXTERNAL_LINKS = Set.of(
            "https://keras.io/api/optimizers/rmsprop/",
            "https://pytorch.org/docs/stable/generated/torch.optim.RMSprop.html");

    /** Languages of blocks: another would be checked by nobody. */
    private static final Set<String> LANGUAGES = Set.of("java", "xml", "kotlin", "sh", "python");

    // ---- the pages

    /** A page: where it is and what it says. */
    private record Page(Path path, String text) {
        static Page of(Path path) {
            return new Page(path, read(path));
        }

        /** {@code README}, {@code getting-started}. */
        String name() {
            return path.getFileName().toString().replace(".md", "");
        }

        List<Block> blocks() {
            return Pattern.compile("^```(\\w*)\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
                    .matcher(text)
                    .results()
                    .map(block -> new Block(this, block.group(1), block.group(2)))
                    .toList();
        }

        /** What stands outside of blocks. */
        String prose() {
            return Pattern.compile("^```.*?^```$", Pattern.MULTILINE | Pattern.DOTALL)
                    .matcher(text)
                    .replaceAll("");
        }

        /** As the usual renderers make them of headings. */
        Set<String> anchors() {
            return Pattern.compile("^#+ (.*)$", Pattern.MULTILINE)
                    .matcher(prose())
                    .results()
                    .map(heading -> heading.group(1)
                            .toLowerCase(Locale.ROOT)
                            .replaceAll("[^\\p{L}\\p{N} _-]", "")
                            .replace(' ', '-'))
                    .collect(LinkedHashSet::new, Set::add, Set::addAll);
        }

        @Override
        public String toString() {
            return name();
        }
    }

    /** A block of code in a page. */
    private record Block(Page page, String language, String text) {
        @Override
        public String toString() {
            return page + ": " + text.lines().findFirst().orElse("");
        }
    }

    static List<Page> pages() throws IOException {
        List<Page> pages = new ArrayList<>(List.of(Page.of(ROOT.resolve("README.md"))));
        for (Path folder : List.of(GUIDES, ROOT.resolve(".github"))) {
            try (Stream<Path> files = Files.list(folder)) {
                files.filter(file -> file.toString().endsWith(".md"))
                        .sorted()
                        .map(Page::of)
                        .forEach(pages::add);
            }
        }
        return pages;
    }

    private static Stream<Block> blocks(String language) throws IOException {
        return pages().stream()
                .flatMap(page -> page.blocks().stream())
                .filter(block -> block.language().equals(language));
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void there_are_pages_and_the_readme_is_short_and_names_each_guide() throws IOException {
        Page readme = Page.of(ROOT.resolve("README.md"));
        assertThat(readme.text().lines().count()).isLessThanOrEqualTo(150);
        assertThat(pages()).hasSizeGreaterThanOrEqualTo(13);
        assertThat(pages())
                .filteredOn(page -> page.path().startsWith(GUIDES))
                .allSatisfy(page -> assertThat(readme.text()).contains("(examples/guides/" + page + ".md)"));
    }

    @Test
    void every_block_has_a_language_that_is_checked() throws IOException {
        assertThat(pages())
                .allSatisfy(page ->
                        assertThat(page.blocks()).extracting(Block::language).isSubsetOf(LANGUAGES));
    }

    // ---- programs

    /** A part of a tested source that a page shows: {@code getting-started/plain}. */
    private record Part(String name, String text) {}

    private static List<Part> parts() throws IOException {
        Pattern marked = Pattern.compile("^ *// guide: (\\S+)\n(.*?)^ *// end$", Pattern.MULTILINE | Pattern.DOTALL);
        List<Part> parts = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("src/test/java/io/gradstep/examples/guides"))) {
            for (Path file : files.sorted().toList()) {
                String source = read(file);
                List<MatchResult> found = marked.matcher(source).results().toList();
                assertThat(found)
                        .as("marks that are closed in %s", file)
                        .hasSize(source.split("// guide: ", -1).length - 1);
                found.forEach(part -> parts.add(new Part(part.group(1), shown(part.group(2)))));
            }
        }
        return parts;
    }

    /** Without what is hidden, and without the indentation that all lines have. */
    private static String shown(String source) {
        String visible = Pattern.compile("^ *// hide$.*?^ *// show\n", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(source)
                .replaceAll("");
        return visible.stripTrailing().stripIndent() + "\n";
    }

    @Test
    void programs_stand_in_tested_sources_word_for_word() throws IOException {
        List<String> sources = parts().stream()
                .map(part -> part.name().replaceFirst("/.*", "") + "\n" + part.text())
                .toList();
        assertThat(sources).hasSizeGreaterThan(25).doesNotHaveDuplicates();
        assertThat(blocks("java").map(block -> block.page() + "\n" + block.text()))
                .containsExactlyInAnyOrderElementsOf(sources);
    }

    // ---- coordinates

    /** {@code group:artifact:version}, and perhaps a classifier. */
    private static Stream<String> coordinates(Block block) {
        if (!block.language().equals("xml")) {
            return Pattern.compile("\"([\\w.-]+:[\\w.-]+:[\\w.:-]+)\"")
                    .matcher(block.text())
                    .results()
                    .map(found -> found.group(1));
        }
        return Pattern.compile("<dependency>(.*?)</dependency>", Pattern.DOTALL)
                .matcher(block.text())
                .results()
                .map(dependency -> Stream.of("groupId", "artifactId", "version", "classifier")
                        .map(tag -> element(dependency.group(1), tag))
                        .flatMap(Optional::stream)
                        .reduce((left, right) -> left + ":" + right)
                        .orElseThrow());
    }

    private static Optional<String> element(String xml, String tag) {
        return Pattern.compile("<" + tag + ">([^<]*)</" + tag + ">")
                .matcher(xml)
                .results()
                .map(found -> found.group(1).strip())
                .findFirst();
    }

    /** What the parent pom manages, with versions in place of properties, without classifiers; and our modules. */
    private static Set<String> knownCoordinates() {
        String pom = read(ROOT.resolve("pom.xml"));
        String version = element(pom, "version").orElseThrow();
        Set<String> known = new HashSet<>();
        Pattern.compile("<dependency>(.*?)</dependency>", Pattern.DOTALL)
                .matcher(pom)
                .results()
                .map(MatchResult::group)
                .filter(dependency -> element(dependency, "version").isPresent())
                .forEach(dependency -> known.add(element(dependency, "groupId").orElseThrow() + ":"
                        + element(dependency, "artifactId").orElseThrow() + ":"
                        + resolved(element(dependency, "version").orElseThrow(), pom, version)));
        return known;
    }

    private static String resolved(String text, String pom, String version) {
        return Pattern.compile("\\$\\{([^}]*)}")
                .matcher(text)
                .replaceAll(property -> property.group(1).equals("project.version")
                        ? version
                        : element(pom, property.group(1)).orElseThrow());
    }

    @Test
    void coordinates_are_those_of_the_poms() throws IOException {
        Set<String> known = knownCoordinates();
        List<String> shown = Stream.concat(blocks("xml"), blocks("kotlin"))
                .flatMap(DocumentationTest::coordinates)
                .map(coordinate -> coordinate.split(":", -1))
                .map(parts -> parts[0] + ":" + parts[1] + ":" + parts[2])
                .toList();
        assertThat(shown).hasSizeGreaterThan(10).isSubsetOf(known);
        String version = element(read(ROOT.resolve("pom.xml")), "version").orElseThrow();
        assertThat(shown)
                .contains(
                        "io.gradstep:gradstep-nd4j:" + version,
                        "io.gradstep:gradstep-djl:" + version,
                        "io.gradstep:gradstep-reference:" + version);
        assertThat(pages().stream()
                        .flatMap(page -> Pattern.compile("\\d+\\.\\d+\\.\\d+-SNAPSHOT")
                                .matcher(page.text())
                                .results()
                                .map(MatchResult::group)))
                .containsOnly(version);
    }

    // ---- commands

    /** One command: {@code a && b} are two. */
    static List<String> commands() throws IOException {
        return blocks("sh")
                .flatMap(block -> block.text().lines())
                .flatMap(line -> Arrays.stream(line.split(" && ", -1)))
                .distinct()
                .toList();
    }

    private static Stream<List<String>> ofOurProgram(String command) throws IOException {
        return commands().stream()
                .map(DocumentationTest::words)
                .filter(words -> words.contains("-jar"))
                .map(words -> words.subList(words.indexOf("-jar") + 2, words.size()))
                .filter(words -> words.get(0).equals(command));
    }

    /** As a shell has them: quotes hold together, and settings of the environment go before. */
    private static List<String> words(String command) {
        return Pattern.compile("'([^']*)'|(\\S+)")
                .matcher(command)
                .results()
                .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
                .dropWhile(word -> word.matches("[A-Z_]+=\\S*"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void a_command_is_one_that_this_test_knows(String command) throws ReflectiveOperationException {
        List<String> words = words(command);
        if (words.get(0).equals("mvn")) {
            assertMavenKnows(words);
        } else if (words.subList(0, 3).equals(List.of("java", "-cp", JAR))) {
            assertThat(words).hasSize(4);
            assertThat(Modifier.isStatic(Class.forName(words.get(3))
                            .getMethod("main", String[].class)
                            .getModifiers()))
                    .isTrue();
        } else {
            assertThat(words.subList(0, 3)).containsExactly("java", "-jar", JAR);
            assertThat(words.get(3)).isIn("compare", "replay", "inspect", "bench");
        }
    }

    private static void assertMavenKnows(List<String> words) {
        String poms = read(ROOT.resolve("pom.xml")) + read(ROOT.resolve("examples/pom.xml"));
        for (String word : words.subList(1, words.size())) {
            if (word.startsWith("-P")) {
                assertThat(poms).contains("<id>" + word.substring(2) + "</id>");
            } else {
                assertThat(word).isIn("-q", "-DskipTests", "package", "verify", "install", "spotless:apply");
            }
        }
    }

    static Stream<List<String>> comparisons() throws IOException {
        return ofOurProgram("compare");
    }

    @ParameterizedTest
    @MethodSource("comparisons")
    void compare_knows_its_options(List<String> words) {
        assertThatCode(() -> new CommandLine(Main.class).parseArgs(words.toArray(String[]::new)))
                .doesNotThrowAnyException();
    }

    /** What a comparison is shrunk to: these in place of its own, and a folder of the test's. */
    private static final List<String> SHRUNK =
            List.of("--epochs", "1", "--backends", "reference", "--execution", "fused", "--seeds", "1");

    /** Those whose data are here. */
    static Stream<List<String>> shortComparisons() throws IOException {
        return comparisons().filter(words -> !words.contains("--data-dir"));
    }

    @ParameterizedTest
    @MethodSource("shortComparisons")
    void compare_runs(List<String> words, @TempDir Path folder) {
        List<String> shrunk = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            if (SHRUNK.contains(words.get(i)) || words.get(i).equals("--out")) {
                i++;
            } else if (!List.of("--open", "--no-costs").contains(words.get(i))) {
                shrunk.add(words.get(i));
            }
        }
        shrunk.addAll(SHRUNK);
        shrunk.addAll(List.of("--no-costs", "--out", folder.toString()));
        assertThat(runs(shrunk)).contains("reference");
        assertThat(folder).isNotEmptyDirectory();
    }

    static Stream<List<String>> onFiles() throws IOException {
        return Stream.concat(ofOurProgram("replay"), ofOurProgram("inspect"));
    }

    /** From the root of the repository, as all commands. */
    @ParameterizedTest
    @MethodSource("onFiles")
    void replay_and_inspect_run(List<String> words) {
        assertThat(runs(words.stream()
                        .map(word -> word.contains("/") ? ROOT.resolve(word).toString() : word)
                        .toList()))
                .isNotBlank();
    }

    static Stream<List<String>> measurements() throws IOException {
        return ofOurProgram("bench");
    }

    /** JMH reads them before it shows its help. */
    @ParameterizedTest
    @MethodSource("measurements")
    void bench_knows_its_options(List<String> words) {
        runs(with(words, "--help"));
    }

    private static List<String> with(List<String> words, String word) {
        return Stream.concat(words.stream(), Stream.of(word)).toList();
    }

    /** What it prints. */
    private static String runs(List<String> words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), words.toArray(String[]::new));
        assertThat(exitCode).as("%s: %s", words, err).isZero();
        return out.toString();
    }

    @Test
    void there_are_commands_of_each_kind() throws IOException {
        assertThat(commands()).hasSizeGreaterThan(15);
        assertThat(shortComparisons()).hasSizeGreaterThan(5);
        assertThat(onFiles()).hasSizeGreaterThan(2);
        assertThat(measurements()).hasSizeGreaterThan(3);
    }

    // ---- links

    private static Stream<String> links(Page page) {
        return Pattern.compile("\\]\\(([^)\\s]*)\\)")
                .matcher(page.prose())
                .results()
                .map(link -> link.group(1));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void links_lead_somewhere(Page page) {
        assertThat(links(page)).allSatisfy(link -> {
            if (link.contains("://")) {
                assertThat(link).isIn(EXTERNAL_LINKS);
            } else {
                assertLeads(page, link);
            }
        });
    }

    private static void assertLeads(Page page, String link) {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty()
                ? page.path()
                : page.path().resolveSibling(parts[0]).normalize();
        assertThat(target).as("%s, %s", page, link).exists().startsWith(ROOT);
        if (parts.length == 2) {
            assertThat(Page.of(target).anchors()).as("anchors for %s", link).contains(parts[1]);
        }
    }

    @Test
    void links_to_elsewhere_are_well_formed_and_used() throws IOException {
        assertThat(EXTERNAL_LINKS)
                .allSatisfy(link -> assertThatCode(() -> new URI(link)).doesNotThrowAnyException())
                .isSubsetOf(pages().stream().flatMap(DocumentationTest::links).toList());
    }

    // ---- names

    /** Names with a package of ours, and members of public types of ours. */
    @ParameterizedTest
    @MethodSource("pages")
    void names_in_the_text_exist(Page page) {
        List<String> names = quoted(page.prose()).toList();
        names.stream().filter(name -> name.matches("io\\.gradstep(\\.\\w+)+")).forEach(JavaNames::assertExists);
        names.stream()
                .filter(name -> name.matches("[A-Z]\\w*(\\.[A-Z]\\w*)*\\.[a-z]\\w*"))
                .forEach(JavaNames::assertIsOursIfTheTypeIs);
    }

    private static Stream<String> quoted(String text) {
        return Pattern.compile("`([^`\n]+)`").matcher(text).results().map(found -> found.group(1));
    }

    /** Tests that the text names as evidence: {@code CodeInConfigTest.it_is_no_optimizer}. */
    @ParameterizedTest
    @MethodSource("pages")
    void tests_in_the_text_exist(Page page) throws IOException {
        List<String> tests = quoted(page.prose())
                .filter(text -> text.matches("\\w+Test(\\.\\w+)?"))
                .toList();
        if (!tests.isEmpty()) {
            List<Path> sources = testSources();
            assertThat(tests).allSatisfy(test -> assertIsThere(test, sources));
        }
    }

    private static List<Path> testSources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : List.of("api", "backend-reference", "backend-nd4j", "backend-djl", "examples")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        return sources;
    }

    private static void assertIsThere(String test, List<Path> sources) {
        String[] parts = test.split("\\.", -1);
        Path source = sources.stream()
                .filter(file -> file.endsWith(parts[0] + ".java"))
                .findFirst()
                .orElseGet(() -> fail("There is no test " + test));
        if (parts.length > 1) {
            assertThat(read(source)).contains(" " + parts[1] + "(");
        }
    }

    // ---- Keras's arguments and methods

    /** {@code inspect.signature} of Keras 3.15.1's RMSprop and LossScaleOptimizer. */
    private static final List<String> ARGUMENTS = List.of(
            "learning_rate",
            "rho",
            "momentum",
            "epsilon",
            "centered",
            "weight_decay",
            "clipnorm",
            "clipvalue",
            "global_clipnorm",
            "use_ema",
            "ema_momentum",
            "ema_overwrite_frequency",
            "loss_scale_factor",
            "gradient_accumulation_steps",
            "name",
            "**kwargs",
            "inner_optimizer",
            "initial_scale",
            "dynamic_growth_steps",
            "name",
            "**kwargs");

    /** What {@code dir} of the two and of Optimizer, and an optimizer's {@code vars}, have without an underscore. */
    private static final List<String> METHODS = List.of(
            "add_optimizer_variables",
            "add_variable",
            "add_variable_from_reference",
            "apply",
            "apply_gradients",
            "assign",
            "assign_add",
            "assign_sub",
            "build",
            "built",
            "check_finite",
            "exclude_from_weight_decay",
            "finalize_variable_values",
            "from_config",
            "get_config",
            "iterations",
            "learning_rate",
            "load_own_variables",
            "name",
            "save_own_variables",
            "scale_loss",
            "set_weights",
            "stateless_apply",
            "update_step",
            "variables");

    private record Row(String keras, String java) {}

    /** The rows of the tables under a heading whose first column is Keras's. */
    private static List<Row> rows(String heading) {
        String text = read(GUIDES.resolve("coming-from-keras.md"));
        int begin = text.indexOf("\n## " + heading + "\n");
        assertThat(begin).as(heading).isPositive();
        int end = text.indexOf("\n## ", begin + 1);
        return text.substring(begin, end < 0 ? text.length() : end)
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split(" \\| ", -1))
                .map(cells -> new Row(cells[0].substring(2), cells[1].replaceAll(" \\|$", "")))
                .toList();
    }

    @Test
    void the_table_has_every_argument_of_keras() {
        assertThat(rows("Arguments"))
                .extracting(row -> quoted(row.keras()).findFirst().orElseThrow().replaceAll("=.*", ""))
                .containsExactlyElementsOf(ARGUMENTS);
    }

    @Test
    void the_table_has_every_public_method_and_property_of_keras() {
        assertThat(rows("Methods and properties").stream()
                        .flatMap(row -> quoted(row.keras()))
                        .map(name -> name.replaceAll("\\(.*", "")))
                .containsAll(METHODS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Arguments", "Methods and properties", "Schedules", "Loss scale and constraints"})
    void what_the_tables_name_in_java_exists(String heading) {
        List<Row> rows = rows(heading);
        assertThat(rows).hasSizeGreaterThan(5);
        assertThat(rows).allSatisfy(row -> {
            List<String> names = quoted(row.java()).toList();
            assertThat(names).as(row.keras()).isNotEmpty().allSatisfy(JavaNames::assertIsOurs);
        });
    }
}
