package io.gradstep.tck;

/** Which operands of a binary operation are scalars: only they broadcast, and none may change the arithmetic. */
enum OperandKind {
    TENSOR_TENSOR,
    TENSOR_SCALAR,
    SCALAR_TENSOR,
    SCALAR_SCALAR;

    boolean isFirstScalar() {
        return this == SCALAR_TENSOR || this == SCALAR_SCALAR;
    }

    boolean isSecondScalar() {
        return this == TENSOR_SCALAR || this == SCALAR_SCALAR;
    }
}
