package io.gradstep.examples;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an option that counts something. */
final class PositiveNumber implements ITypeConverter<Integer> {
    private static final int LARGEST = 100_000;

    @Override
    public Integer convert(String value) {
        if (value.matches("\\d{1,9}")) {
            int number = Integer.parseInt(value);
            if (number >= 1 && number <= LARGEST) {
                return number;
            }
        }
        throw new TypeConversionException("must be a whole number from 1 to " + LARGEST + ". Received: " + value);
    }
}
