package io.gradstep.examples;

import io.gradstep.examples.Layer.Convolution;
import io.gradstep.examples.Layer.Dense;
import java.util.List;

/** What classifies, in the words of the command line. */
enum ModelKind {
    /** A hidden layer, then a softmax. */
    mlp {
        @Override
        Model model(Dataset data) {
            return Model.dense(data.columns(), HIDDEN_UNITS, data.classes().size());
        }
    },
    /** A convolution, then a softmax. */
    cnn {
        @Override
        Model model(Dataset data) {
            int side = side(data);
            Convolution convolution = new Convolution(1, side, FILTERS, WINDOW, side < LARGE_SIDE ? 1 : 2);
            return new Model(List.of(
                    convolution, new Dense(convolution.outputs(), data.classes().size())));
        }
    },
    /** Logistic regression: a softmax alone. */
    logistic {
        @Override
        Model model(Dataset data) {
            return Model.dense(data.columns(), data.classes().size());
        }
    };

    private static final int HIDDEN_UNITS = 64;
    private static final int FILTERS = 8;
    private static final int WINDOW = 3;
    /** From here on every second window is enough, and four times as fast. */
    private static final int LARGE_SIDE = 16;

    /**
     * The model for some data.
     *
     * @throws UserError if it cannot learn from such data
     */
    abstract Model model(Dataset data);

    /** The side of the square images that the rows are. */
    private static int side(Dataset data) {
        int side = (int) Math.round(Math.sqrt(data.columns()));
        if (side * side != data.columns() || side < WINDOW) {
            throw new UserError("--model cnn needs square images of at least " + WINDOW + "x" + WINDOW
                    + " pixels, row after row in the columns: 9 columns, 16, 25 and so on. Received: " + data.name()
                    + " with " + data.columns() + (data.columns() == 1 ? " column" : " columns")
                    + ". Choose --model mlp or logistic, or data like digits");
        }
        return side;
    }
}
