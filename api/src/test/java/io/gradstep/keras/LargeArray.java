package io.gradstep.keras;

import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.io.IOException;
import java.nio.file.Path;

/** Writes and reads an array of more than 2³¹ bytes, and a small one behind it. */
final class LargeArray {
    static final long BYTES = 8L * 270_000_000;

    private LargeArray() {}

    public static void main(String[] arguments) throws IOException {
        Path path = Path.of(arguments[0]);
        write(path);
        try (KerasFile file = KerasFile.open(path)) {
            double[] values = file.array("a/large").doubles();
            ensure(values.length == BYTES / 8);
            for (int i = 0; i < values.length; i++) {
                ensure(values[i] == i);
            }
            ensure(file.array("b/small").ints()[2] == 3);
        }
        System.out.println("the same");
    }

    private static void write(Path path) throws IOException {
        double[] values = new double[(int) (BYTES / 8)];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        new WeightsFile()
                .array("a/large", HostTensor.of(Shape.of(values.length), values))
                .array("b/small", HostTensor.of(Shape.of(3), 1, 2, 3))
                .writeTo(path);
    }

    private static void ensure(boolean holds) {
        if (!holds) {
            throw new IllegalStateException("What was read is not what was written");
        }
    }
}
