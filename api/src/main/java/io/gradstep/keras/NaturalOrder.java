package io.gradstep.keras;

import java.util.Comparator;
import java.util.regex.Pattern;

/** Paths as one counts: {@code vars/2} before {@code vars/10}, which text would put first. */
final class NaturalOrder implements Comparator<String> {
    /** Compiled once: a file of 10,000 arrays is sorted by some 100,000 comparisons. */
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]*");

    @Override
    public int compare(String one, String other) {
        if (one.isEmpty() || other.isEmpty()) {
            // The root, before all that is in it.
            return Integer.compare(one.length(), other.length());
        }
        String[] ones = one.split("/", -1);
        String[] others = other.split("/", -1);
        for (int i = 0; i < Math.min(ones.length, others.length); i++) {
            int order = compareNames(ones[i], others[i]);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(ones.length, others.length);
    }

    private static int compareNames(String one, String other) {
        boolean isNumber = isNumber(one);
        if (isNumber != isNumber(other)) {
            // All numbers before all else: "2" < "10" < "1a" < "2" would be no order.
            return isNumber ? -1 : 1;
        }
        if (isNumber && one.length() != other.length()) {
            return Integer.compare(one.length(), other.length());
        }
        return one.compareTo(other);
    }

    private static boolean isNumber(String name) {
        return NUMBER.matcher(name).matches();
    }
}
