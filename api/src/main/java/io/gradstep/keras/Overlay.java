package io.gradstep.keras;

import io.gradstep.ops.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A file with other numbers at the addresses of some data sets, and all else as it is. */
final class Overlay {
    private final FileStretch file;
    private final DirectBuffer buffer = new DirectBuffer();
    private final TreeMap<Long, Piece> numbers = new TreeMap<>();

    /** The data sets do not overlap, and their values fit. */
    Overlay(FileStretch file, Map<Hdf5DataSet, HostTensor> values) {
        this.file = file;
        values.forEach((dataSet, tensor) -> {
            if (dataSet.bytes() > 0) {
                numbers.put(
                        dataSet.position(),
                        new NumberPiece(tensor, dataSet.type().number(), buffer));
            }
        });
    }

    List<Piece> pieces() {
        List<Piece> pieces = new ArrayList<>();
        long done = 0;
        for (Map.Entry<Long, Piece> entry : numbers.entrySet()) {
            pieces.add(new FilePiece(file, done, entry.getKey() - done, buffer));
            pieces.add(entry.getValue());
            done = entry.getKey() + entry.getValue().size();
        }
        pieces.add(new FilePiece(file, done, file.size() - done, buffer));
        return pieces;
    }
}
