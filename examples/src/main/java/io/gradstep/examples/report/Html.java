package io.gradstep.examples.report;

/** Text as HTML and XML show it, whatever is in it. */
final class Html {
    private Html() {}

    /** Fit for an element and for an attribute in quotes. What XML has no character for becomes U+FFFD. */
    static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        text.codePoints().forEach(character -> {
            switch (character) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(isAllowed(character) ? character : 0xfffd);
            }
        });
        return escaped.toString();
    }

    private static boolean isAllowed(int character) {
        boolean control = character < ' ' && character != '\t' && character != '\n' && character != '\r';
        boolean halfPair = character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
        return !control && !halfPair && character != 0xfffe && character != 0xffff;
    }
}
