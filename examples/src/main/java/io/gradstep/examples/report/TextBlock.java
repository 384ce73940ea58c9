package io.gradstep.examples.report;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;
import java.awt.font.LineBreakMeasurer;
import java.awt.font.TextAttribute;
import java.awt.font.TextLayout;
import java.text.AttributedString;
import java.util.ArrayList;
import java.util.List;

/** Text in as many lines as it needs for a width. */
final class TextBlock {
    /** Not that of a screen, so that a picture is the same on each. */
    private static final FontRenderContext CONTEXT = new FontRenderContext(null, true, true);

    private static final float LEADING = 1.25f;

    private final List<TextLayout> lines = new ArrayList<>();
    private final float lineHeight;

    TextBlock(String text, Font font, double width) {
        lineHeight = font.getSize2D() * LEADING;
        String line = text.strip();
        if (line.isEmpty()) {
            return;
        }
        AttributedString attributed = new AttributedString(line);
        attributed.addAttribute(TextAttribute.FONT, font);
        LineBreakMeasurer measurer = new LineBreakMeasurer(attributed.getIterator(), CONTEXT);
        while (measurer.getPosition() < line.length()) {
            lines.add(measurer.nextLayout((float) Math.max(width, font.getSize2D())));
        }
    }

    double height() {
        return lines.size() * (double) lineHeight;
    }

    double width() {
        return lines.stream().mapToDouble(TextLayout::getVisibleAdvance).max().orElse(0);
    }

    /** Draws it with its left upper corner at a point. */
    void draw(Graphics2D graphics, Color color, double x, double y) {
        graphics.setColor(color);
        float baseline = (float) y;
        for (TextLayout line : lines) {
            float space = lineHeight - line.getAscent() - line.getDescent();
            line.draw(graphics, (float) x, baseline + space / 2 + line.getAscent());
            baseline += lineHeight;
        }
    }
}
