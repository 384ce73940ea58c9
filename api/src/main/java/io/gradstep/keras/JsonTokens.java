package io.gradstep.keras;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What RFC 8259 says about single tokens, checked before Gson sees the text: its reader takes {@code TRUE}, raw control
 * characters, escapes of its own and a byte order mark, and has no number that is not finite. What is left to Gson is
 * how tokens follow one another.
 */
final class JsonTokens {
    /** What stands for {@code NaN}: a number with an upper-case E, which no other number has any more. */
    static final String NAN = "0E0";
    /** What stands for {@code Infinity}. */
    static final String INFINITY = "1E0";
    /** What stands for {@code -Infinity}. */
    static final String MINUS_INFINITY = "-1E0";

    /** Python writes at most 4,300 digits, Gson reads at most 1,023 characters, and a finite double needs 309. */
    private static final int LONGEST_NUMBER = 1000;

    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*+)(\\.[0-9]++)?([eE][+-]?[0-9]++)?");
    private static final String BETWEEN_TOKENS = "{}[]:, \t\r\n";

    private final char[] text;
    private int at;

    private JsonTokens(char[] text) {
        this.text = text;
    }

    /**
     * Replaces what Gson cannot read, each by as many characters.
     *
     * @throws IllegalArgumentException if a token is none of JSON's, nor one of Python's three numbers
     */
    static void check(char[] text) {
        new JsonTokens(text).check();
    }

    private void check() {
        if (text.length > 0 && text[0] == '\ufeff') {
            throw malformed(0, "a byte order mark, which JSON does not have", text[0]);
        }
        while (at < text.length) {
            if (text[at] == '"') {
                string();
            } else if (isBetweenTokens(text[at])) {
                at++;
            } else {
                literal();
            }
        }
    }

    private static boolean isBetweenTokens(char character) {
        return BETWEEN_TOKENS.indexOf(character) >= 0;
    }

    private void string() {
        int start = at++;
        while (at < text.length && text[at] != '"') {
            if (text[at] < ' ') {
                throw malformed(at, "a control character within a string, which must be escaped", text[at]);
            }
            at += text[at] == '\\' ? lengthOfEscape() : 1;
        }
        if (at >= text.length) {
            throw malformed(start, "a string that does not end", "");
        }
        at++;
    }

    private int lengthOfEscape() {
        char kind = at + 1 < text.length ? text[at + 1] : 0;
        if ("\"\\/bfnrt".indexOf(kind) >= 0) {
            return 2;
        }
        if (kind == 'u' && areHex(at + 2, at + 6)) {
            return 6;
        }
        throw malformed(at, "an escape that JSON does not have", "\\" + kind);
    }

    private boolean areHex(int from, int to) {
        for (int i = from; i < to; i++) {
            if (i >= text.length || "0123456789abcdefABCDEF".indexOf(text[i]) < 0) {
                return false;
            }
        }
        return true;
    }

    private void literal() {
        int start = at;
        while (at < text.length && text[at] != '"' && !isBetweenTokens(text[at])) {
            at++;
        }
        String token = new String(text, start, at - start);
        switch (token) {
            case "true", "false", "null" -> {}
            case "NaN" -> replace(start, NAN);
            case "Infinity" -> replace(start, INFINITY);
            case "-Infinity" -> replace(start, MINUS_INFINITY);
            default -> number(start, token);
        }
    }

    private void number(int start, String token) {
        if (token.length() > LONGEST_NUMBER || !NUMBER.matcher(token).matches()) {
            throw malformed(
                    start, "neither a number of at most " + LONGEST_NUMBER + " digits nor true, false or null", token);
        }
        if (Double.isInfinite(Double.parseDouble(token))) {
            throw malformed(start, "a number beyond the range of a double", token);
        }
        replace(start, token.toLowerCase(Locale.ROOT));
    }

    /** Ends in spaces, so that every place in the text stays where it is. */
    private void replace(int start, String token) {
        for (int i = start; i < at; i++) {
            text[i] = i - start < token.length() ? token.charAt(i - start) : ' ';
        }
    }

    private static IllegalArgumentException malformed(int offset, String what, Object received) {
        return new IllegalArgumentException("Malformed JSON: at offset " + offset + " stands " + what + ". Received: "
                + printable(received.toString()));
    }

    /** Short, and without what would change how a terminal or a log shows it. */
    private static String printable(String text) {
        StringBuilder printable = new StringBuilder();
        text.chars().limit(40).forEach(character -> {
            if (character < ' ' || character > '~') {
                printable.append(String.format("\\u%04x", character));
            } else {
                printable.append((char) character);
            }
        });
        return printable.append(text.length() > 40 ? "…" : "").toString();
    }
}
