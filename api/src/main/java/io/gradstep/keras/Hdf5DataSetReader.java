package io.gradstep.keras;

import io.gradstep.keras.Hdf5Header.Message;
import io.gradstep.ops.Shape;
import java.io.IOException;
import java.util.Map;

/** Reads what an HDF5 file says about a data set, and holds it against the bytes that are there. */
final class Hdf5DataSetReader {
    static final int HIGHEST_RANK = 32;
    private static final int NULL_SPACE = 2;

    private static final int COMPACT = 0;
    private static final int CONTIGUOUS = 1;
    private static final int CHUNKED = 2;
    private static final int VIRTUAL = 3;

    private final Hdf5Bytes file;

    Hdf5DataSetReader(Hdf5Bytes file) {
        this.file = file;
    }

    Hdf5DataSet read(Hdf5Header header, Map<String, String> attributes) throws IOException {
        Shape shape = shape(only(header, Hdf5Header.DATA_SPACE, "data space").body());
        Hdf5Type type =
                Hdf5Type.read(only(header, Hdf5Header.DATA_TYPE, "data type").body());
        if (type.kind() == Hdf5Type.Kind.OPAQUE && type.size() == 2 && "bfloat16".equals(attributes.get("dtype"))) {
            type = Hdf5Type.bfloat16();
        }
        return stored(type, shape, only(header, Hdf5Header.LAYOUT, "layout"));
    }

    private static Message only(Hdf5Header header, int type, String name) throws KerasFileException {
        Message found = null;
        for (Message message : header.messages()) {
            if (message.type() == type) {
                if (found != null) {
                    throw new KerasFileException("It has more than one " + name);
                }
                found = message;
            }
        }
        if (found == null) {
            throw new KerasFileException("It has no " + name);
        }
        return found;
    }

    static Shape shape(Hdf5Cursor space) throws KerasFileException {
        int version = space.u8();
        if (version != 1 && version != 2) {
            throw new KerasFileException("A data space has the version " + version + ". Known are 1 and 2");
        }
        int rank = space.u8();
        int type = space.skip(1).u8();
        if (version == 2 && type == NULL_SPACE) {
            throw new KerasFileException("It is a data set without data (a null space). Keras writes none");
        }
        if (rank > HIGHEST_RANK) {
            throw new KerasFileException("It has the rank " + rank + ". HDF5 has at most " + HIGHEST_RANK);
        }
        space.skip(version == 1 ? 4 : 0);
        long[] lengths = new long[rank];
        for (int axis = 0; axis < rank; axis++) {
            lengths[axis] = space.u64();
            if (lengths[axis] < 0) {
                throw new KerasFileException("Its axis " + axis + " has a length of "
                        + Long.toUnsignedString(lengths[axis]) + ", more than any file");
            }
        }
        return Shape.of(lengths);
    }

    private Hdf5DataSet stored(Hdf5Type type, Shape shape, Message layout) throws KerasFileException {
        Hdf5Cursor body = layout.body();
        int version = body.u8();
        if (version != 3 && version != 4) {
            throw new KerasFileException("Its layout has the version " + version + ". Known are 3 and 4");
        }
        return switch (body.u8()) {
            case COMPACT -> compact(type, shape, layout);
            case CONTIGUOUS -> contiguous(type, shape, body);
            case CHUNKED ->
                throw new KerasFileException("Its data are in chunks, which are not read here. Keras writes none: save "
                        + "the model again with Keras");
            case VIRTUAL ->
                throw new KerasFileException("It is a virtual data set, whose data are elsewhere. They are not looked "
                        + "for here. Keras writes none");
            default -> throw new KerasFileException("Its layout is of an unknown class");
        };
    }

    private Hdf5DataSet compact(Hdf5Type type, Shape shape, Message layout) throws KerasFileException {
        Hdf5Cursor body = layout.body();
        int size = body.u16();
        ensureSize(type, shape, size);
        long position = file.position(layout.address() + body.position());
        body.next(size, "data of the data set");
        return new Hdf5DataSet(type, shape, position, true);
    }

    private Hdf5DataSet contiguous(Hdf5Type type, Shape shape, Hdf5Cursor body) throws KerasFileException {
        long address = body.u64();
        long size = body.u64();
        ensureSize(type, shape, size);
        if (size > 0) {
            file.claim(address, size, "data of the data set");
        }
        return new Hdf5DataSet(type, shape, size == 0 ? 0 : file.position(address), false);
    }

    /** A shape that promises more or less than is stored would show the bytes of others. */
    private static void ensureSize(Hdf5Type type, Shape shape, long size) throws KerasFileException {
        long expected;
        try {
            expected = Math.multiplyExact(shape.elements(), type.size());
        } catch (ArithmeticException e) {
            throw new KerasFileException("Its shape " + shape + " has more elements than any file", e);
        }
        if (size != expected) {
            throw new KerasFileException("Its shape " + shape + " of elements of " + type.size() + " bytes needs "
                    + expected + " bytes. Stored are " + Long.toUnsignedString(size));
        }
    }
}
