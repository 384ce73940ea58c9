package io.gradstep.nd4j;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The ways in which the elements of an array can lie in memory. */
enum Layout {
    ROW_MAJOR {
        @Override
        INDArray in(DataType type, long... shape) {
            return filled(type, 'c', shape);
        }
    },
    COLUMN_MAJOR {
        @Override
        INDArray in(DataType type, long... shape) {
            return filled(type, 'f', shape);
        }
    },
    TRANSPOSED {
        @Override
        INDArray in(DataType type, long... shape) {
            int last = shape.length - 1;
            long[] reversed = new long[shape.length];
            Arrays.setAll(reversed, axis -> shape[last - axis]);
            int[] axes = new int[shape.length];
            Arrays.setAll(axes, axis -> last - axis);
            return filled(type, 'c', reversed).permute(axes);
        }
    },
    /** As a convolution's weights lie in the parameter vector of a DL4J network. */
    ROW_MAJOR_PART_OF_A_VECTOR {
        @Override
        INDArray in(DataType type, long... shape) {
            return partOfAVector(type, 'c', shape);
        }
    },
    /** As a dense layer's weights lie in the parameter vector of a DL4J network. */
    COLUMN_MAJOR_PART_OF_A_VECTOR {
        @Override
        INDArray in(DataType type, long... shape) {
            return partOfAVector(type, 'f', shape);
        }
    },
    EVERY_SECOND {
        @Override
        INDArray in(DataType type, long... shape) {
            long[] wider = LongStream.of(shape).map(length -> 2 * length + 1).toArray();
            return filled(type, 'c', wider)
                    .get(LongStream.of(wider)
                            .mapToObj(length -> NDArrayIndex.interval(1, 2, length))
                            .toArray(INDArrayIndex[]::new));
        }
    },
    SLICE_ACROSS {
        @Override
        INDArray in(DataType type, long... shape) {
            long[] deeper = Arrays.copyOf(shape, shape.length + 1);
            deeper[shape.length] = 3;
            INDArrayIndex[] slice = new INDArrayIndex[deeper.length];
            Arrays.fill(slice, NDArrayIndex.all());
            slice[shape.length] = NDArrayIndex.point(1);
            return filled(type, 'c', deeper).get(slice);
        }
    };

    /** What stands around the array, and in it at first. */
    static final int BACKGROUND = 77;

    /** Makes an array that lies like this. */
    abstract INDArray in(DataType type, long... shape);

    private static INDArray partOfAVector(DataType type, char order, long... shape) {
        long length = LongStream.of(shape).reduce(1, Math::multiplyExact);
        return filled(type, 'c', 1, length + 5)
                .get(NDArrayIndex.point(0), NDArrayIndex.interval(2, length + 2))
                .reshape(order, shape);
    }

    private static INDArray filled(DataType type, char order, long... shape) {
        return Nd4j.createUninitialized(type, shape, order).assign(BACKGROUND);
    }
}
