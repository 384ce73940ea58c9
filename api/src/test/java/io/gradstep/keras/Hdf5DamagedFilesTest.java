package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is done to a file: it is read, or refused by our exception; with 64 MB of memory. */
class Hdf5DamagedFilesTest {
    private static final int FILES = 20_000;

    @Test
    void damaged_files_are_read_or_refused_and_one_bit_changes_one_thing(@TempDir Path folder)
            throws IOException, InterruptedException {
        String results = ChildJvm.lastLineOf(
                folder,
                List.of("-Xmx64m", "-XX:TieredStopAtLevel=1"),
                Hdf5DamagedFiles.class,
                folder.toString(),
                Integer.toString(FILES));
        assertThat(results).contains("read=", "refused=", "the same=", "another number=");
    }
}
