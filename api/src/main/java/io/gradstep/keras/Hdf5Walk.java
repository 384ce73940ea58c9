package io.gradstep.keras;

import io.gradstep.keras.Hdf5Header.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Goes through an HDF5 file from its root group on. */
final class Hdf5Walk {
    static final int DEEPEST = 64;

    private final Hdf5Bytes file;
    private final Hdf5Superblock superblock;
    private final Hdf5Limit limit;
    private final Hdf5Attributes attributes;
    private final List<String> groups = new ArrayList<>();
    private final Map<String, Map<String, String>> texts = new LinkedHashMap<>();
    private final Map<String, Hdf5DataSet> dataSets = new LinkedHashMap<>();

    Hdf5Walk(FileStretch stretch) throws IOException {
        superblock = Hdf5Superblock.read(stretch);
        file = new Hdf5Bytes(stretch, superblock.base());
        file.claim(0, superblock.bytes(), "superblock");
        limit = new Hdf5Limit(file.size());
        attributes = new Hdf5Attributes(file, limit);
    }

    Hdf5Tree tree() throws IOException {
        visit("", superblock.root(), 0);
        return new Hdf5Tree(groups, texts, dataSets);
    }

    private void visit(String path, long address, int depth) throws IOException {
        Map<String, Long> links;
        try {
            if (depth > DEEPEST) {
                throw new KerasFileException("It lies more than " + DEEPEST + " groups deep");
            }
            limit.add(path);
            links = object(path, Hdf5Header.read(file, address));
        } catch (KerasFileException e) {
            throw new KerasFileException(
                    (path.isEmpty() ? "The root group" : Shown.of(path)) + ": " + e.getMessage(), e);
        }
        for (Map.Entry<String, Long> link : links.entrySet()) {
            visit(path.isEmpty() ? link.getKey() : path + "/" + link.getKey(), link.getValue(), depth + 1);
        }
    }

    /** The links of a group; none of a data set. */
    private Map<String, Long> object(String path, Hdf5Header header) throws IOException {
        boolean isGroup = false;
        boolean isDataSet = false;
        for (Message message : header.messages()) {
            refuseWhatIsElsewhere(message);
            isGroup |= Hdf5Links.isOfGroup(message);
            isDataSet |= message.type() == Hdf5Header.DATA_SPACE || message.type() == Hdf5Header.LAYOUT;
        }
        if (isGroup == isDataSet) {
            throw new KerasFileException("It is " + (isGroup ? "both" : "neither") + " a group "
                    + (isGroup ? "and" : "nor") + " a data set");
        }
        Map<String, String> own = attributes.of(header);
        if (!own.isEmpty()) {
            texts.put(path, own);
        }
        if (isDataSet) {
            dataSets.put(path, new Hdf5DataSetReader(file).read(header, own));
            return Map.of();
        }
        groups.add(path);
        return new Hdf5Links(file, limit, superblock.mostChildren()).of(header);
    }

    private static void refuseWhatIsElsewhere(Message message) throws KerasFileException {
        if (message.isShared()) {
            throw new KerasFileException("A message of its header is shared with another object. Keras shares none");
        }
        if (message.type() == Hdf5Header.EXTERNAL_FILES) {
            throw new KerasFileException(
                    "Its data are in an external file, which is not opened here. Keras writes none");
        }
        if (message.type() == Hdf5Header.FILTERS) {
            throw new KerasFileException("Its data are filtered, compressed say, which is not read here. Keras filters "
                    + "none: save the model again with Keras");
        }
    }
}
