"""constraints.json."""
from unittest import mock

import numpy as np

import keras
from goldenlib import decode, encode, number, origin, splitmix64
from keras.src.constraints import constraints

K = keras.constraints
NAN, INFINITY = float("nan"), float("inf")


class InDouble:
    """What Keras's formulas call, in float64: Keras's own functions round float64 to float32."""

    square, sqrt, clip = np.square, np.sqrt, np.clip
    convert_to_tensor = cast = np.asarray
    epsilon = keras.backend.epsilon

    @staticmethod
    def maximum(x, y):
        return np.maximum(x, np.float64(y))

    @staticmethod
    def sum(x, axis, keepdims):
        return np.sum(x, axis=tuple(axis) if isinstance(axis, list) else axis, keepdims=keepdims)


def inputs():
    """About, constraint, shape, values: a seed or all numbers."""
    mixed = [0.5, -0.25, 0.0, -0.0, 3.0, -7.5, 1e-30, -1e-45, 1e30]
    yield "signs, both zeros, tiny and huge numbers", K.NonNeg(), (3, 3), mixed
    yield "NaN and infinities", K.NonNeg(), (2, 2), [NAN, INFINITY, -INFINITY, -1.0]
    yield "a scalar", K.NonNeg(), (), [-2.5]
    yield "empty", K.NonNeg(), (0, 3), []
    yield "long", K.NonNeg(), (10, 103), 1

    yield "defaults", K.MaxNorm(), (20, 3), 2
    yield "defaults", K.UnitNorm(), (20, 3), 3
    yield "defaults", K.MinMaxNorm(), (20, 3), 4

    yield "some norms below the bound", K.MaxNorm(0.9, 0), (3, 5), 5
    yield "all below the bound", K.MaxNorm(1e300, 0), (3, 2), 6
    yield "a bound of 0", K.MaxNorm(0.0, 0), (3, 2), 7
    yield "a bound of -0.0: a norm of 0 keeps its sign", K.MaxNorm(-0.0, 0), (2, 3), [0.0, 1.0, -1.0, -0.0, 0.5, 0.0]
    yield "a negative bound", K.MaxNorm(-0.5, 0), (3, 2), 8
    yield "rank 1", K.MaxNorm(1.5, 0), (137,), 9
    yield "rank 1, along the last axis", K.UnitNorm(-1), (1000,), 10
    yield "down the columns of a tall kernel", K.MaxNorm(1.5, 0), (300, 4), 11
    yield "down many columns", K.UnitNorm(0), (9, 257), 12
    yield "along rows of 130", K.UnitNorm(1), (5, 130), 13
    yield "along rows of 257", K.MaxNorm(3.0, 1), (3, 257), 14
    yield "over a whole kernel: one row", K.UnitNorm([0, 1]), (20, 30), 15
    yield "over a whole kernel, axes in any order", K.UnitNorm([-1, 0]), (20, 30), 15
    yield "over a whole kernel of one column: one row", K.UnitNorm(0), (300, 1), 16
    yield "along an axis of length 1", K.UnitNorm(1), (7, 1), 17
    yield "over no axis", K.UnitNorm([]), (2, 3), 18
    yield "over no axis, clipped", K.MaxNorm(0.25, []), (2, 3), 19

    convolution = (3, 3, 16, 2)
    yield "a convolution kernel, each filter", K.MaxNorm(2.0, [0, 1, 2]), convolution, 20
    yield "a convolution kernel, other axes kept", K.UnitNorm([0, 1]), convolution, 21
    yield "a convolution kernel, the inner axes", K.UnitNorm([2, 3]), convolution, 22
    yield "a convolution kernel, every other axis", K.MinMaxNorm(0.5, 1.5, 0.9, [0, 2]), convolution, 23
    yield "a convolution kernel, every other axis from the back", K.MinMaxNorm(0.5, 1.5, 0.9, [-1, -3]), convolution, 23
    yield "a convolution kernel, the outermost and the innermost axis", K.UnitNorm([3, 0]), convolution, 24
    yield "a convolution kernel, an inner axis", K.UnitNorm(-2), convolution, 25
    yield "rows of 129 in the middle of summed axes", K.UnitNorm([0, 2]), (4, 2, 129), 26
    yield "two axes make a row of 144", K.UnitNorm([1, 2]), (3, 9, 16), 27
    yield "the middle axis", K.MaxNorm(1.0, 1), (4, 17, 5), 28
    yield "a kept axis of length 1 does not break a row", K.UnitNorm([0, 2]), (9, 1, 16), 29
    yield "summed axes of length 1 make no row", K.UnitNorm([0, 3]), (12, 1, 5, 1), 30
    yield "a row of 200 before a last axis of length 1", K.UnitNorm([0, 1]), (10, 20, 1), 31
    yield "every axis of length 1", K.MinMaxNorm(2.0, 3.0, 0.5, [0, 2]), (1, 1, 1), 32
    yield "rank 4, all axes", K.MaxNorm(4.0, [0, 1, 2, 3]), (2, 5, 4, 33), 33

    yield "drawn up, left alone and drawn down", K.MinMaxNorm(0.8, 1.1, 0.3, 0), (3, 7), 34
    yield "rate 0", K.MinMaxNorm(0.8, 1.1, 0.0, 0), (3, 7), 34
    yield "rate 0.1: 1 - rate is a double", K.MinMaxNorm(0.8, 1.1, 0.1, 1), (7, 3), 35
    yield "a rate above 1", K.MinMaxNorm(0.8, 1.1, 1.7, 1), (7, 3), 36
    yield "the interval the wrong way round", K.MinMaxNorm(1.1, 0.8, 1.0, 0), (3, 3), 37
    yield "a least norm of -0.0", K.MinMaxNorm(-0.0, 1.0, 1.0, 0), (2, 2), [0.0, -1.0, -0.0, 2.0]

    zeros = [0.0, 1.0, -0.0, -0.0, 0.5, 0.0]
    yield "a norm of 0", K.UnitNorm(0), (2, 3), zeros
    yield "a norm of 0", K.MaxNorm(1.0, 0), (2, 3), zeros
    yield "a norm of 0 drawn up", K.MinMaxNorm(0.5, 1.0, 1.0, 0), (2, 3), zeros
    nonfinite = [NAN, INFINITY, -INFINITY, 1.0, 0.5, -2.0, 0.0, INFINITY, -0.0, NAN, 0.25, 1.0]
    for constraint in K.UnitNorm(0), K.MaxNorm(1.0, 0), K.MinMaxNorm(0.5, 1.0, 0.5, 0):
        yield "NaN and infinities", constraint, (3, 4), nonfinite
    yield "squares that overflow", K.UnitNorm(0), (2, 2), [1e30, 1.0, -2e25, 3.0]
    yield "squares that overflow", K.MaxNorm(2.0, 0), (2, 2), [1e30, 1.0, -2e25, 3.0]
    yield "squares that underflow", K.UnitNorm(0), (2, 2), [1e-30, 1e-22, -1e-45, 3e-23]
    for constraint in K.UnitNorm(0), K.UnitNorm(-1), K.MaxNorm(1.0, []), K.MinMaxNorm(2.0, 3.0):
        yield "a scalar", constraint, (), [-1.5]
    yield "empty along the axis", K.UnitNorm(0), (0, 3), []
    yield "empty beside the axis", K.MaxNorm(2.0, 0), (3, 0), []


def inputs_in_double():
    yield "NaN, infinity and both zeros", K.NonNeg(), (2, 3), [NAN, INFINITY, -0.0, 0.0, -0.1, 0.1]
    yield "down the columns", K.MaxNorm(1.3, 0), (20, 3), 41
    yield "along rows of 130", K.UnitNorm(-1), (2, 130), 42
    yield "two axes of three", K.MinMaxNorm(0.5, 1.5, 0.3, [0, 2]), (3, 2, 17), 43


def written(constraint):
    return {"class_name": type(constraint).__name__, "config": constraint.get_config()}


def case(about, constraint, shape, values):
    if isinstance(values, int):
        values = {"splitmix64": values, "scale": 2.0, "shape": list(shape)}
    else:
        values = [number(v) for v in np.float32(values)]
    after = constraint(keras.Variable(decode(values, shape), dtype="float32"))
    return {"about": about, "constraint": written(constraint), "dtype": "float32", "shape": list(shape),
            "values": values, "expect": encode(after)}


def case_in_double(about, constraint, shape, values):
    if isinstance(values, int):
        values = splitmix64(values, shape, 2.0) * np.float64(1.1)
    before = np.array(values, np.float64).reshape(shape)
    with mock.patch.multiple(constraints, ops=InDouble, backend=InDouble):
        after = constraint(before)
    assert after.dtype == np.float64 and after.shape == before.shape
    return {"about": about, "constraint": written(constraint), "dtype": "float64", "shape": list(shape),
            "values": numbers_in_double(before), "expect": numbers_in_double(after)}


def numbers_in_double(tensor):
    names = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
    return [names.get(repr(v), v) for v in tensor.reshape(-1).tolist()]


def refused(about, constraint, shape):
    try:
        constraint(keras.Variable(np.ones(shape, np.float32)))
    except Exception as error:
        return {"about": about, "constraint": written(constraint), "shape": list(shape),
                "error": type(error).__name__, "message": str(error)}
    raise AssertionError(f"Keras accepts {written(constraint)} for {shape}")


def constraint_table(generator):
    with np.errstate(all="ignore"):
        cases = [case(*c) for c in inputs()] + [case_in_double(*c) for c in inputs_in_double()]
    return {"format": 1, "origin": origin(generator), "cases": cases, "refused": [
        refused("no such axis", K.UnitNorm(2), (2, 3)),
        refused("no such axis from the back", K.MaxNorm(1.0, -3), (2, 3)),
        refused("one of two axes is not there", K.MinMaxNorm(axis=[0, 1]), (3,)),
        refused("an axis named twice", K.UnitNorm([1, 1]), (2, 3)),
        refused("an axis named twice, once from the back", K.UnitNorm([0, -2]), (2, 3)),
        refused("a scalar has no axis 1", K.UnitNorm(1), ()),
        refused("a scalar has no two axes", K.UnitNorm([0, -1]), ()),
    ]}
