package io.gradstep.examples;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What a field of a CSV file is: a number, the place of one that is missing, or a word. */
enum FieldKind {
    NUMBER,
    MISSING,
    WORD;

    /** Narrower than {@link Float#parseFloat}, which takes {@code 1f}, {@code 0x1p3} and {@code NaN} for numbers. */
    private static final Pattern DECIMAL = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,4})?");

    private static final Set<String> MISSING_WORDS = Set.of("", "?", "na", "n/a", "nan", "null", "inf", "infinity");

    static FieldKind of(String field) {
        if (DECIMAL.matcher(field).matches()) {
            return NUMBER;
        }
        String word = field.toLowerCase(Locale.ROOT);
        boolean signed = word.startsWith("-") || word.startsWith("+");
        return MISSING_WORDS.contains(signed ? word.substring(1) : word) ? MISSING : WORD;
    }
}
