package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an int does not count. */
class LargeArrayTest {
    private static final long DISK = 4L << 30;
    private static final long MEMORY = 6L << 30;

    @Test
    void an_array_above_2_GiB_is_written_and_read(@TempDir Path folder) throws IOException, InterruptedException {
        assumeTrue(folder.toFile().getUsableSpace() > DISK, "4 GB of disk");
        // Not what is free: the operating system takes all of that for files it has read.
        long memory =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
        assumeTrue(memory >= MEMORY, "6 GB of memory");
        String result = ChildJvm.lastLineOf(
                folder,
                List.of("-Xmn64m", "-Xmx2600m"),
                LargeArray.class,
                folder.resolve("large.weights.h5").toString());
        assertThat(result).isEqualTo("the same");
    }
}
