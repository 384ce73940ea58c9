package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether names that documents write exist in the code. */
final class JavaNames {
    private static final List<String> PACKAGES = Stream.of(
                    "ops", "optim", "schedule", "constraint", "keras", "dl4j", "djl", "nd4j", "reference")
            .map(name -> "io.gradstep." + name)
            .toList();

    private JavaNames() {}

    /** {@code io.gradstep.ops.HostTensor}, or a package. */
    static void assertExists(String qualified) {
        boolean isPackage =
                JavaNames.class.getClassLoader().getResource(qualified.replace('.', '/') + "/package-info.class")
                        != null;
        boolean isClass = type(qualified).isPresent()
                || JavaNames.class.getClassLoader().getResource(qualified.replace('.', '/')) != null;
        assertThat(isPackage || isClass).as(qualified).isTrue();
    }

    /** {@code Optimizer}, {@code Optimizer.apply}, {@code RMSprop.Builder.rho}: public, in a package that users see. */
    static void assertIsOurs(String name) {
        assertThat(publicType(typeName(name))).as("the public type of %s", name).isPresent();
        assertIsOursIfTheTypeIs(name);
    }

    /** A neighbour's types are let pass. */
    static void assertIsOursIfTheTypeIs(String name) {
        String typeName = typeName(name);
        if (!typeName.equals(name)) {
            publicType(typeName)
                    .ifPresent(
                            type -> assertThat(Arrays.stream(type.getMethods()).map(Method::getName))
                                    .as("public methods of %s", typeName)
                                    .contains(name.substring(typeName.length() + 1)));
        }
    }

    private static String typeName(String name) {
        return name.matches(".*\\.[a-z]\\w*") ? name.substring(0, name.lastIndexOf('.')) : name;
    }

    private static Optional<Class<?>> publicType(String typeName) {
        return PACKAGES.stream()
                .map(folder -> type(folder + "." + typeName.replace('.', '$')))
                .<Class<?>>flatMap(Optional::stream)
                .filter(found -> Modifier.isPublic(found.getModifiers()))
                .findFirst();
    }

    private static Optional<Class<?>> type(String binaryName) {
        try {
            return Optional.of(Class.forName(binaryName, false, JavaNames.class.getClassLoader()));
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }
}
