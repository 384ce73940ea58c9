package io.gradstep.examples.report;

import java.awt.AWTError;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** A chart drawn. Width and height are those on the page. */
final class Picture {
    private static final int PIXELS_PER_PIXEL = 2;
    private static final String NO_DISPLAY =
            "There is a display by name (DISPLAY) that cannot be reached: start Java with -Djava.awt.headless=true.";
    private static final String NO_FONT =
            "Text needs a font and what finds it: install fontconfig and a font (on Debian and"
                    + " Ubuntu: apt-get install fontconfig fonts-dejavu-core; on Alpine: apk add fontconfig ttf-dejavu).";

    private final byte[] png;
    private final int width;
    private final int height;

    private Picture(byte[] png, int width, int height) {
        this.png = png;
        this.width = width;
        this.height = height;
    }

    static Picture of(Chart chart, Theme theme, Width width) {
        requireText();
        return drawn(chart, Look.of(theme, width));
    }

    /** Before a chart is drawn: what AWT throws where it finds no font says nothing about fonts. */
    private static void requireText() {
        try {
            Graphics2D graphics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
            new TextBlock("x", Fonts.of(Width.PHONE).text(), 10).draw(graphics, Color.BLACK, 0, 0);
            graphics.dispose();
        } catch (AWTError missing) {
            throw unavailable(missing, NO_DISPLAY);
        } catch (RuntimeException | LinkageError | InternalError missing) {
            throw unavailable(missing, NO_FONT);
        }
    }

    private static PicturesUnavailable unavailable(Throwable cause, String advice) {
        return new PicturesUnavailable("This machine cannot draw text. Received: " + cause + " " + advice, cause);
    }

    private static Picture drawn(Chart chart, Look look) {
        Drawing drawing = Drawing.of(chart, look);
        int width = look.width().pixels();
        int height = drawing.height();
        BufferedImage image =
                new BufferedImage(width * PIXELS_PER_PIXEL, height * PIXELS_PER_PIXEL, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.scale(PIXELS_PER_PIXEL, PIXELS_PER_PIXEL);
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.setColor(look.palette().background());
        graphics.fillRect(0, 0, width, height);
        drawing.draw(graphics);
        graphics.dispose();
        return new Picture(encoded(image), width, height);
    }

    byte[] png() {
        return png.clone();
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    private static byte[] encoded(BufferedImage image) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }
}
