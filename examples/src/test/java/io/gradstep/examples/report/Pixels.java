package io.gradstep.examples.report;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/** What is in a PNG file. */
final class Pixels {
    private final int width;
    private final int[] rgb;

    private Pixels(BufferedImage image) {
        width = image.getWidth();
        rgb = image.getRGB(0, 0, width, image.getHeight(), null, 0, width);
    }

    static Pixels of(byte[] png) {
        try {
            return new Pixels(ImageIO.read(new ByteArrayInputStream(png)));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    static Pixels of(Chart chart) {
        return of(Pictures.png(chart, Theme.LIGHT, Width.DESKTOP));
    }

    int width() {
        return width;
    }

    int height() {
        return rgb.length / width;
    }

    /** In rows from the first to before the last. */
    long count(Color color, int fromRow, int toRow) {
        return IntStream.range(fromRow, toRow)
                .mapToLong(row -> inRow(color, row))
                .sum();
    }

    long count(Color color) {
        return count(color, 0, height());
    }

    long inRow(Color color, int row) {
        return Arrays.stream(rgb, row * width, (row + 1) * width)
                .filter(pixel -> pixel == color.getRGB())
                .count();
    }

    /** The most in one row: the length of the longest bar in that colour. */
    long longestRow(Color color) {
        return IntStream.range(0, height())
                .mapToLong(row -> inRow(color, row))
                .max()
                .orElse(0);
    }

    /** Of the row where there is most of a colour, from the top. */
    int rowWithMost(Color color) {
        return IntStream.range(0, height())
                .boxed()
                .max((one, other) -> Long.compare(inRow(color, one), inRow(color, other)))
                .orElseThrow();
    }

    boolean sameRows(Pixels other, int fromRow, int toRow) {
        return Arrays.equals(
                rgb, fromRow * width, toRow * width, other.rgb, fromRow * other.width, toRow * other.width);
    }
}
