package io.gradstep.nd4j;

import io.gradstep.fused.TiledState;
import io.gradstep.ops.Binary;
import io.gradstep.ops.EagerOps;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Unary;
import io.gradstep.ops.Update;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.custom.Max;
import org.nd4j.linalg.api.ops.impl.transforms.custom.Min;
import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.AddOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.DivOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.MulOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.SubOp;
import org.nd4j.linalg.api.ops.impl.transforms.same.Abs;
import org.nd4j.linalg.api.ops.impl.transforms.same.Negative;
import org.nd4j.linalg.api.ops.impl.transforms.same.Sign;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.BooleanIndexing;
import org.nd4j.linalg.indexing.conditions.Conditions;

/**
 * The operations as calls of ND4J. To be used outside workspaces.
 *
 * <p>They are executed as operations and not called as methods of the array: {@code x.add(y)} throws if {@code x} is
 * empty, and takes every {@code y} of one element for a scalar.
 */
class Nd4jOps extends EagerOps<INDArray> {
    private final List<INDArray> temporaries;

    /**
     * The operations for one run of one rule.
     *
     * @param temporaries receives every array that is made here; whoever owns the list closes them
     */
    Nd4jOps(Update<INDArray> update, List<INDArray> temporaries) {
        super(update);
        this.temporaries = temporaries;
    }

    @Override
    public INDArray scalar(double value) {
        return temporary(OwnArrays.scalar(dtype(), value));
    }

    @Override
    public INDArray unary(Unary op, INDArray x) {
        INDArray result = like(x);
        return switch (op) {
            case NEGATE -> Nd4j.exec(new Negative(x, result));
            case ABS -> Nd4j.exec(new Abs(x, result));
            case SIGN -> withNaNsOf(x, Nd4j.exec(new Sign(x, result)));
            case SQRT -> Nd4j.exec(new Sqrt(x, result));
        };
    }

    @Override
    public INDArray binary(Binary op, INDArray x, INDArray y) {
        INDArray result = like(isScalar(x) ? y : x);
        return switch (op) {
            case ADD -> Nd4j.exec(new AddOp(x, y, result))[0];
            case SUBTRACT -> Nd4j.exec(new SubOp(x, y, result))[0];
            case MULTIPLY -> Nd4j.exec(new MulOp(x, y, result))[0];
            case DIVIDE -> Nd4j.exec(new DivOp(x, y, result))[0];
            case MINIMUM -> {
                INDArray first = spread(x, result);
                yield withNaNsOf(first, Nd4j.exec(new Min(first, y, result))[0]);
            }
            case MAXIMUM -> {
                INDArray first = spread(x, result);
                yield withNaNsOf(first, Nd4j.exec(new Max(first, y, result))[0]);
            }
        };
    }

    /** ND4J's sign of NaN is 0, and its minimum and maximum lose a NaN that stands first. */
    private static INDArray withNaNsOf(INDArray x, INDArray result) {
        BooleanIndexing.assignIf(result, x, Conditions.isNan());
        return result;
    }

    /**
     * A scalar as a full array. With a scalar in front ND4J turns minimum and maximum round, and then takes the other
     * one of two zeros.
     */
    private INDArray spread(INDArray x, INDArray result) {
        if (!isScalar(x)) {
            return x;
        }
        INDArray full = like(result);
        OwnArrays.write(x, full);
        return full;
    }

    private static boolean isScalar(INDArray x) {
        return x.rank() == 0;
    }

    private INDArray like(INDArray x) {
        return temporary(OwnArrays.uninitialized(x.dataType(), x.shape(), x.ordering()));
    }

    private INDArray temporary(INDArray array) {
        temporaries.add(array);
        return array;
    }

    @Override
    protected INDArray copy(INDArray value) {
        INDArray copy = like(value);
        OwnArrays.write(value, copy);
        return copy;
    }

    @Override
    protected void store(TensorVariable<INDArray> variable, INDArray value) {
        if (variable instanceof TiledState<INDArray> tiled) {
            tiled.write(twin -> OwnArrays.write(value, twin.value()));
        } else {
            OwnArrays.write(value, variable.value());
        }
    }
}
