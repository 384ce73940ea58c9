package io.gradstep.examples;

import io.gradstep.ops.DType;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the option that chooses the numbers that a model computes with. */
final class FloatPrecision implements ITypeConverter<DType> {
    @Override
    public DType convert(String value) {
        return Arrays.stream(DType.values())
                .filter(dtype -> dtype.isFloating() && name(dtype).equals(value))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException(
                        "must be " + String.join(" or ", names().toList()) + ". Received: " + value));
    }

    /** {@code float32}, as Keras says. */
    static String name(DType dtype) {
        return dtype.name().toLowerCase(Locale.ROOT);
    }

    private static Stream<String> names() {
        return Arrays.stream(DType.values()).filter(DType::isFloating).map(FloatPrecision::name);
    }
}
