package io.gradstep.examples;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an option that may be any number. */
final class RealNumber implements ITypeConverter<Double> {
    @Override
    public Double convert(String value) {
        try {
            return parse(value);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("must be a number, like 0.01 or 1e-7. Received: " + value);
        }
    }

    /**
     * Reads a number. Also one that is too large for a double, which Java reads as infinity, is none.
     *
     * @throws NumberFormatException if it is none
     */
    static double parse(String text) {
        double number = Double.parseDouble(text);
        if (!Double.isFinite(number)) {
            throw new NumberFormatException(text);
        }
        return number;
    }
}
