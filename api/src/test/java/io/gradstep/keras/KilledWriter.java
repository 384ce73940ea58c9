package io.gradstep.keras;

import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Writes one file again and again, with two contents in turn, until it is killed. */
final class KilledWriter {
    static final String READY = "writing";

    private KilledWriter() {}

    /** What writes. The same content gives the same bytes. */
    enum Way {
        WEIGHTS_FILE {
            @Override
            void write(Path target, int content) throws IOException {
                HostTensor values = HostTensor.filled(DType.FLOAT32, Shape.of(512 << 10), content);
                new WeightsFile().array("layers/dense/vars/0", values).writeTo(target);
            }
        },
        COPY_OF_A_WEIGHTS_FILE {
            @Override
            void write(Path target, int content) throws IOException {
                copy("dense-plain.weights.h5", target, content);
            }
        },
        COPY_OF_AN_ARCHIVE {
            @Override
            void write(Path target, int content) throws IOException {
                copy("dense-plain.keras", target, content);
            }
        },
        /** As it must not be done, so that the test is seen to find it. */
        IN_PLACE {
            @Override
            void write(Path target, int content) throws IOException {
                Files.write(target, bytes(2 << 20, content));
            }
        };

        /**
         * Writes.
         *
         * @param content 0 or 1
         */
        abstract void write(Path target, int content) throws IOException;

        private static void copy(String golden, Path target, int content) throws IOException {
            HostTensor values = HostTensor.filled(DType.FLOAT32, Shape.of(4, 8), content);
            try (KerasFile file = KerasFile.open(GoldenFiles.path(golden))) {
                file.copy().array("layers/dense/vars/0", values).writeTo(target);
            }
        }

        private static byte[] bytes(int length, int content) {
            byte[] bytes = new byte[length];
            Arrays.fill(bytes, (byte) content);
            return bytes;
        }
    }

    public static void main(String[] arguments) throws IOException {
        Way way = Way.valueOf(arguments[0]);
        Path target = Path.of(arguments[1]);
        way.write(target, 1);
        // Only now: loading classes is over, and a kill strikes while something is written.
        System.out.println(READY);
        for (int i = 0; ; i++) {
            way.write(target, i % 2);
        }
    }
}
