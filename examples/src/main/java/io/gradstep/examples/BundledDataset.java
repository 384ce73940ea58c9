package io.gradstep.examples;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** A data set in the jar. */
enum BundledDataset {
    DIGITS(
            "digits",
            "digits.csv.gz",
            "1,797 handwritten digits of 8x8 pixels (E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, "
                    + "1998, UCI)"),
    BREAST_CANCER(
            "breast-cancer",
            "breast_cancer.csv",
            "30 measurements of 569 tumours (W. Wolberg et al.: Breast Cancer Wisconsin (Diagnostic), 1995, UCI)");

    private final String id;
    private final String resource;
    private final String source;

    BundledDataset(String id, String resource, String source) {
        this.id = id;
        this.resource = resource;
        this.source = source;
    }

    /** What a user calls it. */
    String id() {
        return id;
    }

    Dataset read() {
        try (InputStream stream = BundledDataset.class.getResourceAsStream(resource)) {
            return CsvDataset.parse(id, source, TextFile.decode(id, stream.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
