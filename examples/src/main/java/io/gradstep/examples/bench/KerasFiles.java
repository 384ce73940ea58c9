package io.gradstep.examples.bench;

import io.gradstep.keras.KerasFile;
import io.gradstep.keras.KerasFileCopy;
import io.gradstep.keras.StoredArray;
import io.gradstep.keras.WeightsFile;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Reading and writing a large file of Keras's, and the bytes alone: {@link FileWork}. What is read lies in the system's
 * cache, what is written is forced to the disk. The files are in a new folder for temporary ones, up to three of them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms3g", "-Xmx3g"})
@Warmup(iterations = 1)
@Measurement(iterations = 3)
public class KerasFiles {
    private static final int ARRAYS = 16;
    private static final int COLUMNS = 1024;

    /** How long the arrays are together, in units of 2<sup>20</sup> bytes. */
    @Param("1024")
    public int megabytes;

    /** What is measured. */
    @Param({"read", "plainRead", "write", "overwrite", "plainWrite", "readKeras", "overwriteKeras"})
    public FileWork work;

    private Path folder;
    private Path file;
    private Path target;
    private List<HostTensor> weights;
    private long size;

    /** For JMH. */
    public KerasFiles() {}

    /**
     * Makes weights and file.
     *
     * @throws IOException if the disk is full
     */
    @Setup
    public void open() throws IOException {
        Shape shape = Shape.of((long) megabytes * (1 << 20) / ARRAYS / Float.BYTES / COLUMNS, COLUMNS);
        weights = IntStream.range(0, ARRAYS).mapToObj(i -> counted(shape)).toList();
        folder = Files.createTempDirectory(
                "gradstep-%d-bench-".formatted(ProcessHandle.current().pid()));
        try {
            file = folder.resolve("model.weights.h5");
            new WeightsFile().layer("dense", weights).writeTo(file);
            size = Files.size(file);
            target = folder.resolve("written.weights.h5");
            if (work.isOfArchive()) {
                file = archive(file);
                target = folder.resolve("written.keras");
            }
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    /** Not zeros, of which a file system may make nothing. */
    private static HostTensor counted(Shape shape) {
        float[] values = new float[Math.toIntExact(shape.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        return HostTensor.of(shape, values);
    }

    /** As Keras makes it: stored, not compressed. */
    private static Path archive(Path weights) throws IOException {
        Path archive = weights.resolveSibling("model.keras");
        CRC32 checksum = new CRC32();
        try (InputStream in = new CheckedInputStream(Files.newInputStream(weights), checksum)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        ZipEntry entry = new ZipEntry(weights.getFileName().toString());
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(Files.size(weights));
        entry.setCrc(checksum.getValue());
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
            zip.putNextEntry(new ZipEntry("config.json"));
            zip.write("{}".getBytes(StandardCharsets.UTF_8));
            zip.putNextEntry(entry);
            Files.copy(weights, zip);
        }
        Files.delete(weights);
        return archive;
    }

    /**
     * Neither the collector nor the file system is to tidy up in the next shot.
     *
     * @throws IOException if that fails
     */
    @Setup(Level.Invocation)
    public void tidyUp() throws IOException {
        Files.deleteIfExists(target);
        System.gc();
    }

    /**
     * A shot.
     *
     * @return what was read, if anything was
     * @throws IOException if the disk is full
     */
    @Benchmark
    public Object shot() throws IOException {
        return switch (work) {
            case read, readKeras -> read();
            case plainRead -> PlainFile.read(file, ARRAYS);
            case write -> {
                new WeightsFile().layer("dense", weights).writeTo(target);
                yield target;
            }
            case overwrite, overwriteKeras -> {
                overwrite();
                yield target;
            }
            case plainWrite -> {
                PlainFile.write(target, size);
                yield target;
            }
        };
    }

    private List<HostTensor> read() throws IOException {
        List<HostTensor> arrays = new ArrayList<>();
        try (KerasFile opened = KerasFile.open(file)) {
            for (StoredArray array : opened.arrays()) {
                arrays.add(opened.array(array.path()));
            }
        }
        return arrays;
    }

    private void overwrite() throws IOException {
        try (KerasFile opened = KerasFile.open(file)) {
            KerasFileCopy copy = opened.copy();
            List<StoredArray> arrays = opened.arrays();
            for (int i = 0; i < arrays.size(); i++) {
                copy.array(arrays.get(i).path(), weights.get(i));
            }
            copy.writeTo(target);
        }
    }

    /**
     * Deletes the files.
     *
     * @throws IOException if that fails
     */
    @TearDown
    public void close() throws IOException {
        for (Path left : List.of(file, target)) {
            Files.deleteIfExists(left);
        }
        Files.delete(folder);
    }
}
