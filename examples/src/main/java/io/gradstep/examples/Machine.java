package io.gradstep.examples;

/**
 * Where something was measured.
 *
 * @param cores the processors that Java sees
 * @param system the operating system and its architecture
 * @param java the version of the JDK and its vendor
 */
record Machine(int cores, String system, String java) {
    static Machine current() {
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")");
    }

    @Override
    public String toString() {
        return cores + (cores == 1 ? " core, " : " cores, ") + system + ", JDK " + java;
    }
}
