package io.gradstep.keras;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Values as a message shows them, wherever they come from: no longer than one reads, and without the characters that
 * change how a terminal shows what follows.
 */
final class Shown {
    private static final int LONGEST_VALUE = 500;
    private static final int LONGEST_MESSAGE = 4000;

    private final StringBuilder text = new StringBuilder();

    private Shown() {}

    /** As {@code toString} has it; of what is long the beginning. */
    static String of(Object value) {
        Shown shown = new Shown();
        shown.add(value);
        return printable(shown.text.toString(), LONGEST_VALUE);
    }

    static String message(String message) {
        return printable(message, LONGEST_MESSAGE);
    }

    private static String printable(String text, int longest) {
        boolean isLong = text.length() > longest;
        return (isLong ? text.substring(0, longest) + "…" : text).replaceAll("[\\p{Cc}\\p{Cf}]", "?");
    }

    private boolean isFull() {
        return text.length() > LONGEST_VALUE;
    }

    private void add(Object value) {
        if (value instanceof Map<?, ?> map) {
            addMap(map);
        } else if (value instanceof List<?> list) {
            addList(list);
        } else if (value instanceof String string) {
            text.append(string, 0, Math.min(string.length(), LONGEST_VALUE + 1));
        } else {
            text.append(value);
        }
    }

    private void addMap(Map<?, ?> map) {
        text.append('{');
        for (Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
                entries.hasNext() && !isFull(); ) {
            Map.Entry<?, ?> entry = entries.next();
            add(entry.getKey());
            text.append('=');
            add(entry.getValue());
            text.append(entries.hasNext() ? ", " : "");
        }
        text.append('}');
    }

    private void addList(List<?> list) {
        text.append('[');
        for (Iterator<?> items = list.iterator(); items.hasNext() && !isFull(); ) {
            add(items.next());
            text.append(items.hasNext() ? ", " : "");
        }
        text.append(']');
    }
}
