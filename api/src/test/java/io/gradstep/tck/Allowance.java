package io.gradstep.tck;

/**
 * How far a backend may be off in one case.
 *
 * @param ulp the greatest distance, in units in the last place
 * @param reason why it cannot be 0; another order of summation is no reason
 */
public record Allowance(long ulp, String reason) {
    /** Bit for bit. */
    public static final Allowance NONE = new Allowance(0, "");

    /**
     * Refuses an allowance without a reason.
     *
     * @param ulp the greatest distance
     * @param reason why it cannot be 0; may be blank where it is 0
     */
    public Allowance {
        if (ulp > 0 && reason.isBlank()) {
            throw new IllegalArgumentException("An allowance needs a reason. Received: " + ulp + " ULP without one");
        }
    }
}
