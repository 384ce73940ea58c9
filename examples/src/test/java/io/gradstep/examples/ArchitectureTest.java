package io.gradstep.examples;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.gradstep.djl.GradstepOptimizer;
import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider;
import io.gradstep.ops.EagerOps;
import io.gradstep.ops.Loss;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may import whom. It stands in this module because only this one sees all the others. */
class ArchitectureTest {
    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            // The kit, which replay uses, comes in a jar with the tests of api.
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.gradstep");

    /** Else a package that was renamed would pass every rule. */
    @ParameterizedTest
    @CsvSource({
        "ops, 22",
        "fused, 20",
        "schedule, 8",
        "constraint, 7",
        "optim, 34",
        "keras, 30",
        "reference, 3",
        "nd4j, 4",
        "dl4j, 12",
        "djl, 15",
        "examples, 20",
        "examples.bench, 20",
        "examples.report, 30"
    })
    void every_package_is_seen(String name, int atLeast) {
        assertThat(ALL.that(resideInAPackage("io.gradstep." + name))).hasSizeGreaterThanOrEqualTo(atLeast);
    }

    @ParameterizedTest(name = "{0} imports of ours only {1}")
    @CsvSource({
        "ops, ''",
        "fused, ops",
        "schedule, ''",
        "constraint, ops",
        "optim, ops schedule constraint",
        "keras, optim schedule ops",
        "reference, ops fused",
        "nd4j, ops fused",
        "dl4j, ops optim schedule keras nd4j",
        "djl, ops fused optim schedule",
        "examples, ops schedule optim keras reference nd4j dl4j djl tck examples.bench examples.report",
        "examples.bench, ops optim keras dl4j djl",
        "examples.report, ''",
    })
    void a_package_imports_only(String name, String others) {
        List<String> allowed = new ArrayList<>(List.of("io.gradstep." + name));
        Arrays.stream(others.split(" ")).map(other -> "io.gradstep." + other).forEach(allowed::add);
        noClasses()
                .that()
                .resideInAPackage("io.gradstep." + name)
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.gradstep..").and(not(resideInAnyPackage(allowed.toArray(String[]::new)))))
                .check(ALL);
    }

    @ParameterizedTest(name = "{0} depends outside gradstep only on {1}")
    @CsvSource({
        "ops, java",
        "fused, java org.objectweb.asm",
        "schedule, java",
        "constraint, java",
        "optim, java",
        "keras, java com.google.gson",
        "reference, java",
        "nd4j, java org.nd4j org.bytedeco",
        "dl4j, java org.nd4j org.deeplearning4j",
        "djl, java ai.djl com.sun.jna",
        "examples.report, java javax.imageio org.knowm.xchart",
    })
    void a_package_depends_outside_only_on(String name, String others) {
        List<String> allowed = new ArrayList<>(List.of("io.gradstep.."));
        Arrays.stream(others.split(" ")).map(other -> other + "..").forEach(allowed::add);
        classes()
                .that()
                .resideInAPackage("io.gradstep." + name)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(allowed.toArray(String[]::new)))
                .check(ALL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference", "nd4j", "djl"})
    void a_backend_shows_its_provider_losses_and_drop_in_and_nothing_else(String name) {
        List<JavaClass> visible = ALL.that(resideInAPackage("io.gradstep." + name)).stream()
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(type -> !type.isAssignableTo(Loss.class))
                .filter(type -> !type.isAssignableTo(GradstepOptimizer.class))
                .toList();
        assertThat(visible)
                .singleElement()
                .satisfies(type ->
                        assertThat(type.isAssignableTo(BackendProvider.class)).isTrue());
    }

    /** Its drop-in is in its package, but no part of it. */
    @ParameterizedTest
    @ValueSource(
            strings = {"AutogradLoss", "DjlBackend", "DjlOps", "DjlProvider", "DjlTensors", "Temporaries", "Torch"})
    void the_backend_djl_does_not_see_optimizers(String name) {
        noClasses()
                .that()
                .haveFullyQualifiedName("io.gradstep.djl." + name)
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.gradstep.optim", "io.gradstep.schedule"))
                .check(ALL);
    }

    @ParameterizedTest
    @ValueSource(classes = {Backend.class, EagerOps.class})
    void what_backends_implement_is_implemented_by_each(Class<?> type) {
        assertThat(ALL.that(JavaClass.Predicates.assignableTo(type)).stream()
                        .map(JavaClass::getPackageName)
                        .distinct())
                .contains("io.gradstep.reference", "io.gradstep.nd4j", "io.gradstep.djl");
    }
}
