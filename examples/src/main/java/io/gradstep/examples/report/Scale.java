package io.gradstep.examples.report;

/** How values are laid along an axis. */
public enum Scale {
    /** Equal distances for equal differences. Bars begin at 0. */
    LINEAR,

    /**
     * Equal distances for equal ratios. A value of 0 is drawn on a line of its own, labelled 0, below all others, cut off
     * from them by a gap. Values below 0 are not drawn.
     */
    LOGARITHMIC
}
