package io.gradstep.examples.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as a reader wants them beside an axis or a bar: few digits, k and M and G for thousands. */
final class Numbers {
    private static final MathContext THREE_DIGITS = new MathContext(3);
    private static final double SMALLEST_PLAIN = 1e-4;
    private static final double THOUSAND = 1e3;
    private static final double LARGEST_PLAIN = 1e5;
    private static final String LETTERS = "kMG";
    private static final double LARGEST_WITH_LETTER = 1e12;

    private Numbers() {}

    /** For the tick of an axis: {@code 0.02}, {@code 80}, {@code 10k}. */
    static String tick(double value) {
        return shortened(value, THOUSAND);
    }

    /** For one value: {@code 0.0215}, {@code 1,230}, {@code 16.8M}. */
    static String label(double value) {
        return shortened(value, LARGEST_PLAIN);
    }

    private static String shortened(double value, double firstWithLetter) {
        if (!Double.isFinite(value)) {
            return Double.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
        }
        double size = Math.abs(value);
        if (size == 0) {
            return "0";
        }
        String digits = size < SMALLEST_PLAIN || size >= LARGEST_WITH_LETTER
                ? powerOfTen(size)
                : withLetter(new BigDecimal(size).round(THREE_DIGITS), firstWithLetter);
        return value < 0 ? "−" + digits : digits;
    }

    private static String powerOfTen(double size) {
        int exponent = (int) Math.floor(Math.log10(size));
        BigDecimal factor = new BigDecimal(size).scaleByPowerOfTen(-exponent).round(THREE_DIGITS);
        return plain(factor) + "e" + exponent;
    }

    /** The size is rounded already: 999,999 is 1M and not 1000k. */
    private static String withLetter(BigDecimal size, double firstWithLetter) {
        if (size.doubleValue() < firstWithLetter) {
            return size.doubleValue() < THOUSAND ? plain(size) : String.format(Locale.ROOT, "%,d", size.longValue());
        }
        BigDecimal left = size;
        String letter = "";
        for (int thousands = 0; thousands < LETTERS.length() && left.doubleValue() >= THOUSAND; thousands++) {
            left = left.movePointLeft(3);
            letter = LETTERS.substring(thousands, thousands + 1);
        }
        return plain(left) + letter;
    }

    private static String plain(BigDecimal value) {
        return value.stripTrailingZeros().toPlainString();
    }
}
