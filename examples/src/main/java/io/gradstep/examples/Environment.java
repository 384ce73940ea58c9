package io.gradstep.examples;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Where something was measured, with what, and by which command: what a reader needs to repeat it.
 *
 * @param processor what the machine computes with
 * @param machine its cores, system and JDK
 * @param versions of gradstep and of what it runs on, by name
 * @param command the command line
 */
record Environment(String processor, Machine machine, SortedMap<String, String> versions, String command) {
    /** This one. */
    static Environment current(String command) {
        return new Environment(Processor.name(), Machine.current(), builtWith(), command);
    }

    /** Written by the build. */
    private static SortedMap<String, String> builtWith() {
        Properties properties = new Properties();
        try (InputStream stream = Environment.class.getResourceAsStream("versions.properties")) {
            properties.load(stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        SortedMap<String, String> versions = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> versions.put(name, properties.getProperty(name)));
        return versions;
    }

    /** All versions in one line. */
    String versionLine() {
        return versions.entrySet().stream()
                .map(version -> version.getKey() + " " + version.getValue())
                .collect(Collectors.joining(", "));
    }
}
