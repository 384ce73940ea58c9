package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process that is killed while it writes leaves the old file or the new one. */
class KilledWriterTest {
    private static final int KILLS = 100;

    @TempDir
    private Path contents;

    @TempDir
    private Path folder;

    @TempDir
    private Path temporary;

    private int unfinished;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "IN_PLACE")
    void whenever_it_is_killed_the_file_is_whole(KilledWriter.Way way) throws IOException, InterruptedException {
        assertThat(killsUntilBroken(way)).isEqualTo(KILLS);
        // Else no kill came in time.
        assertThat(unfinished).isPositive();
    }

    @Test
    void a_file_that_is_written_in_place_is_found_broken() throws IOException, InterruptedException {
        assertThat(killsUntilBroken(KilledWriter.Way.IN_PLACE)).isLessThan(KILLS);
    }

    private int killsUntilBroken(KilledWriter.Way way) throws IOException, InterruptedException {
        Path first = contents.resolve("first");
        Path second = contents.resolve("second");
        way.write(first, 0);
        way.write(second, 1);
        Path target = folder.resolve("target");
        Random random = new Random(17);
        for (int i = 0; i < KILLS; i++) {
            writeAndKill(way, target, random.nextInt(40_000));
            if (!Files.exists(target) || (Files.mismatch(target, first) >= 0 && Files.mismatch(target, second) >= 0)) {
                return i;
            }
            unfinished += deleteOthers(target);
            assertThat(temporary).isEmptyDirectory();
        }
        return KILLS;
    }

    private void writeAndKill(KilledWriter.Way way, Path target, int microseconds)
            throws IOException, InterruptedException {
        List<String> options = List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-Xmx32m");
        Process process = ChildJvm.of(temporary, options, KilledWriter.class, way.name(), target.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = process.inputReader()) {
            assertThat(output.readLine()).isEqualTo(KilledWriter.READY);
            TimeUnit.MICROSECONDS.sleep(microseconds);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** What was not finished; says how many. */
    private static int deleteOthers(Path target) throws IOException {
        try (Stream<Path> files = Files.list(target.getParent())) {
            List<Path> others = files.filter(file -> !file.equals(target)).toList();
            for (Path other : others) {
                Files.delete(other);
            }
            return others.size();
        }
    }
}
