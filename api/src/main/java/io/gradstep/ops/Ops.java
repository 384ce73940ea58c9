package io.gradstep.ops;

/**
 * The operations a rule is written in. Whoever supplies them decides what running a rule means: at once on tensors
 * (eager), or recorded and later run over memory as one pass (fused). A rule cannot tell which.
 *
 * <p><b>Assumes</b> that both operands of an operation have the shape of the variable that is updated, or are
 * scalars. <b>Guarantees</b> that each operation rounds once to that variable's dtype; that values never change:
 * {@link #assign} decides what later reads see and writes nothing before the rule has returned.
 *
 * <p>An implementation supplies five methods. All others are defaults with the names of {@code keras.ops}.
 *
 * @param <T> a value: a tensor, or a node of a recorded program
 */
public interface Ops<T> {
    /**
     * A constant.
     *
     * @param value the number; rounded once to the rule's dtype
     * @return it as a value; only such scalars broadcast
     */
    T scalar(double value);

    /**
     * An operation on one value.
     *
     * @param op which
     * @param x the operand
     * @return the result
     */
    T unary(Unary op, T x);

    /**
     * An operation on two values.
     *
     * @param op which
     * @param x the first operand
     * @param y the second operand
     * @return the result
     */
    T binary(Binary op, T x, T y);

    /**
     * What a variable holds: the value last assigned in this run of the rule, else what is in memory.
     *
     * @param variable the variable
     * @return its value, which later assignments do not change
     */
    T read(Variable<T> variable);

    /**
     * Gives a variable a new value.
     *
     * @param variable the variable
     * @param value the value; a scalar fills the variable
     */
    void assign(Variable<T> variable, T value);

    /**
     * {@code variable ← variable + value}.
     *
     * @param variable the variable
     * @param value what to add
     */
    default void assignAdd(Variable<T> variable, T value) {
        assign(variable, add(read(variable), value));
    }

    /**
     * {@code variable ← variable - value}.
     *
     * @param variable the variable
     * @param value what to subtract
     */
    default void assignSub(Variable<T> variable, T value) {
        assign(variable, subtract(read(variable), value));
    }

    /**
     * {@code x + y}.
     *
     * @param x the first operand
     * @param y the second operand
     * @return the sum
     */
    default T add(T x, T y) {
        return binary(Binary.ADD, x, y);
    }

    /**
     * {@code x + y}.
     *
     * @param x the first operand
     * @param y a constant
     * @return the sum
     */
    default T add(T x, double y) {
        return add(x, scalar(y));
    }

    /**
     * {@code x - y}.
     *
     * @param x the first operand
     * @param y the second operand
     * @return the difference
     */
    default T subtract(T x, T y) {
        return binary(Binary.SUBTRACT, x, y);
    }

    /**
     * {@code x · y}.
     *
     * @param x the first operand
     * @param y the second operand
     * @return the product
     */
    default T multiply(T x, T y) {
        return binary(Binary.MULTIPLY, x, y);
    }

    /**
     * {@code x · y}.
     *
     * @param x a constant
     * @param y the second operand
     * @return the product
     */
    default T multiply(double x, T y) {
        return multiply(scalar(x), y);
    }

    /**
     * {@code x / y}.
     *
     * @param x the first operand
     * @param y the second operand
     * @return the quotient
     */
    default T divide(T x, T y) {
        return binary(Binary.DIVIDE, x, y);
    }

    /**
     * The smaller of two values; NaN passes.
     *
     * @param x the first operand
     * @param y the second operand
     * @return {@link Binary#MINIMUM}
     */
    default T minimum(T x, T y) {
        return binary(Binary.MINIMUM, x, y);
    }

    /**
     * The greater of two values; NaN passes.
     *
     * @param x the first operand
     * @param y the second operand
     * @return {@link Binary#MAXIMUM}
     */
    default T maximum(T x, T y) {
        return binary(Binary.MAXIMUM, x, y);
    }

    /**
     * {@code -x}.
     *
     * @param x the operand
     * @return {@link Unary#NEGATE}
     */
    default T negative(T x) {
        return unary(Unary.NEGATE, x);
    }

    /**
     * {@code |x|}.
     *
     * @param x the operand
     * @return {@link Unary#ABS}
     */
    default T abs(T x) {
        return unary(Unary.ABS, x);
    }

    /**
     * The sign of {@code x}.
     *
     * @param x the operand
     * @return {@link Unary#SIGN}
     */
    default T sign(T x) {
        return unary(Unary.SIGN, x);
    }

    /**
     * {@code √x}.
     *
     * @param x the operand
     * @return {@link Unary#SQRT}
     */
    default T sqrt(T x) {
        return unary(Unary.SQRT, x);
    }

    /**
     * {@code x · x}.
     *
     * @param x the operand
     * @return the square
     */
    default T square(T x) {
        return multiply(x, x);
    }

    /**
     * {@code min(max(x, low), high)}; NaN passes, and where {@code x} equals a bound it stays {@code x}, a zero of the
     * other sign too: {@code numpy.clip}.
     *
     * @param x the operand
     * @param low the lower bound
     * @param high the upper bound
     * @return the clipped value
     */
    default T clip(T x, double low, double high) {
        return minimum(scalar(high), maximum(scalar(low), x));
    }
}
