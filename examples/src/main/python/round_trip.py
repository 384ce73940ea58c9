"""Keras trains, Java goes on, Keras goes on: all three must give the bits of Keras alone.

Each model is trained without interruption and saved on the way. From every file `replay` goes on, on each backend,
and saves; Keras loads what was saved, without a warning, and goes on to the end. After every step all variables are
held against the uninterrupted run.

usage: python round_trip.py --java java --jar gradstep-examples.jar --work DIR
"""

import os

os.environ["KERAS_BACKEND"] = "numpy"
# With AVX-512, NumPy's float32 pow is another function, a bit off at 0.9^4, 0.999^9 and more.
os.environ["NPY_DISABLE_CPU_FEATURES"] = "X86_V4 AVX512_ICL AVX512_SPR"

import argparse
import json
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import h5py
import keras
import numpy as np

L = keras.layers
RMSprop = keras.optimizers.RMSprop
LossScale = keras.optimizers.LossScaleOptimizer
InverseTimeDecay = keras.optimizers.schedules.InverseTimeDecay

BACKENDS = ("reference", "nd4j", "djl")
EXECUTIONS = ("fused", "eager")
FORMATS = (".weights.h5", ".keras")

# How many steps each of the three makes.
KERAS_FIRST, JAVA, KERAS_AGAIN = 3, 4, 3
STEPS = KERAS_FIRST + JAVA + KERAS_AGAIN


class Difference(Exception):
    """What was found is not what Keras has."""


# Models ----------------------------------------------------------------------


def dense() -> keras.Model:
    return keras.Sequential([keras.Input((4,)), L.Dense(8, activation="relu"), L.Dense(3)], name="mlp")


def two_inputs() -> keras.Model:
    a, b = keras.Input((3,), name="left"), keras.Input((2,), name="right")
    x = L.Concatenate()([L.Dense(4, name="towers_left")(a), L.Dense(4, name="towers_right")(b)])
    return keras.Model([a, b], L.Dense(1, name="head")(x), name="two_inputs")


def batch_norm() -> keras.Model:
    return keras.Sequential(
        [keras.Input((5,)), L.Dense(6, use_bias=False), L.BatchNormalization(), L.Dense(2)], name="normalized"
    )


@dataclass
class Case:
    name: str
    build: Callable[[], keras.Model]
    optimizer: Callable[[], keras.optimizers.Optimizer]
    excluded: tuple[str, ...] = ()
    # Keras keeps the policy of a model in no file either; with another one it makes another optimizer.
    policy: str = "float32"
    gradient_scale: float = 1.0
    # Step -> the number that takes the place of the first one in the first gradient.
    hard: tuple[tuple[int, float], ...] = ()
    # Step -> the learning rate that is set before it.
    rates: tuple[tuple[int, float], ...] = ()


CASES = (
    # What config.json says of the learning rate is not what holds when the file is written.
    Case("dense-plain", dense, lambda: RMSprop(0.01, name="rmsprop"), rates=((2, 0.003), (5, 0.002))),
    Case(
        "dense-everything",
        dense,
        # Three steps are one and a half accumulations.
        lambda: RMSprop(
            InverseTimeDecay(0.05, 5, 0.5),
            momentum=0.9,
            centered=True,
            weight_decay=0.01,
            clipnorm=1.5,
            use_ema=True,
            ema_momentum=0.9,
            ema_overwrite_frequency=3,
            gradient_accumulation_steps=2,
            name="rmsprop",
        ),
        excluded=("bias",),
    ),
    # Ten optimizer variables and more: "10" stands before "2" in the file.
    Case(
        "two-inputs-momentum",
        two_inputs,
        lambda: RMSprop(0.01, momentum=0.9, centered=True, global_clipnorm=1.0, name="rmsprop"),
    ),
    # Moving mean and variance stand among the trainable variables of the layer.
    Case("batch-norm-ema", batch_norm, lambda: RMSprop(0.02, rho=0.8, use_ema=True, ema_momentum=0.9, name="rmsprop")),
    Case(
        "dense-loss-scale",
        dense,
        lambda: LossScale(
            RMSprop(0.01, momentum=0.5, name="rmsprop"),
            initial_scale=64.0,
            dynamic_growth_steps=3,
            name="loss_scale_optimizer",
        ),
        gradient_scale=64.0,
        hard=((1, np.inf), (5, -np.inf), (8, np.nan)),
    ),
    # Keras wraps this optimizer when it compiles the model; config.json names it unwrapped.
    Case(
        "mixed-float16",
        dense,
        lambda: RMSprop(0.01, momentum=0.9, name="rmsprop"),
        policy="mixed_float16",
        gradient_scale=32768.0,
        hard=((1, np.inf), (4, np.nan)),
    ),
)


def fresh_session(case: Case) -> None:
    """Names count from the start again, and new models have the case's policy, which Keras would forget."""
    keras.utils.clear_session(free_memory=False)
    keras.config.set_dtype_policy(case.policy)


def compiled(case: Case) -> keras.Model:
    model = case.build()
    model.compile(optimizer=case.optimizer(), loss="mse")
    exclude(case, model)
    model.optimizer.build(model.trainable_variables)
    return model


def exclude(case: Case, model: keras.Model) -> None:
    """Which variables do not decay is in no file: whoever loads one says it again."""
    if case.excluded:
        model.optimizer.exclude_from_weight_decay(var_names=list(case.excluded))


# Steps, as Keras makes them and as a scenario says them ----------------------


def steps_of(case: Case, model: keras.Model, seed: int) -> list[dict]:
    random = np.random.RandomState(seed)
    steps = []
    for number in range(STEPS):
        grads = [
            np.round(random.standard_normal(v.shape) * case.gradient_scale, 3).astype(np.float32)
            for v in model.trainable_variables
        ]
        if number in dict(case.hard):
            grads[0].flat[0] = dict(case.hard)[number]
        steps.append({"grads": grads})
        if number in dict(case.rates):
            steps[-1]["rate"] = dict(case.rates)[number]
    return steps


def make_step(model: keras.Model, step: dict) -> None:
    if "rate" in step:
        model.optimizer.learning_rate = step["rate"]
    model.optimizer.apply([keras.ops.convert_to_tensor(g) for g in step["grads"]], model.trainable_variables)


def in_scenario(step: dict) -> list[dict]:
    grads = {"grads": [[json_number(x) for x in g.reshape(-1)] for g in step["grads"]]}
    return [{"set_learning_rate": step["rate"]}, grads] if "rate" in step else [grads]


def json_number(x: np.float32) -> float | str:
    """The shortest decimal that is read back to the same float32."""
    if np.isnan(x):
        return "NaN"
    if np.isinf(x):
        return "Infinity" if x > 0 else "-Infinity"
    return float(str(x))


def scenario(case: Case, model: keras.Model, weights: Path, steps: list[dict]) -> dict:
    """The steps that Java makes. Its numbers come from the file, so those here are only of the right count."""
    return {
        "format": 1,
        "name": case.name,
        "config": keras.optimizers.serialize(model.optimizer),
        "exclude_from_weight_decay": {"var_names": list(case.excluded)} if case.excluded else None,
        "variables": [
            {
                "name": v.name,
                "path": v.path,
                "dtype": "float32",
                "shape": list(v.shape),
                "values": [0.0] * int(np.prod(v.shape)),
                "h5": data_set,
            }
            for v, data_set in zip(model.trainable_variables, data_sets(model, weights), strict=True)
        ],
        "steps": [entry for step in steps for entry in in_scenario(step)],
    }


def data_sets(model: keras.Model, weights: Path) -> list[str]:
    """Where the file keeps the trainable variables. Its groups say in an attribute which layer they belong to."""
    places = {}
    with h5py.File(weights) as file:
        groups = {group["vars"].attrs["name"]: group["vars"].name for group in file["layers"].values()}
    for layer in model.layers:
        own: dict[str, keras.Variable] = {}
        layer.save_own_variables(own)
        places.update({id(v): f"{groups[layer.name]}/{number}".lstrip("/") for number, v in own.items()})
    return [places[id(v)] for v in model.trainable_variables]


# Comparing -------------------------------------------------------------------


@dataclass
class State:
    """The arrays of all variables at one moment."""

    trainable: list[np.ndarray]
    optimizer: list[np.ndarray]
    frozen: list[np.ndarray]

    @staticmethod
    def of(model: keras.Model) -> "State":
        def values(variables):
            return [np.array(keras.ops.convert_to_numpy(v)) for v in variables]

        return State(
            values(model.trainable_variables),
            values(model.optimizer.variables),
            values(model.non_trainable_variables),
        )


def same(what: str, names: list[str], received: list, expected: list[np.ndarray]) -> None:
    if len(received) != len(expected):
        raise Difference(f"{what}: {len(received)} variables, in Keras {len(expected)}: {names}")
    for name, r, e in zip(names, received, expected, strict=True):
        r = np.asarray(r)
        if r.shape != e.shape or r.dtype != e.dtype:
            raise Difference(f"{what}: {name} is {r.dtype}{r.shape}, in Keras {e.dtype}{e.shape}")
        different = np.flatnonzero(bits(r) != bits(e))
        if different.size:
            i = different[0]
            raise Difference(
                f"{what}: {name}, element {i} of {e.size} is {r.flat[i]!r}, in Keras {e.flat[i]!r}; "
                f"{different.size} differ"
            )


def bits(a: np.ndarray) -> np.ndarray:
    """The bits of the elements in one row. All NaNs are one."""
    flat = np.ascontiguousarray(a).reshape(-1)
    if flat.dtype.kind != "f":
        return flat
    return np.where(np.isnan(flat), np.asarray(np.nan, flat.dtype), flat).view(f"u{flat.itemsize}")


def same_state(what: str, model: keras.Model, expected: State) -> None:
    received = State.of(model)
    same(what, [v.path for v in model.trainable_variables], received.trainable, expected.trainable)
    same(what, [v.path for v in model.optimizer.variables], received.optimizer, expected.optimizer)
    same(what, [v.path for v in model.non_trainable_variables], received.frozen, expected.frozen)


def same_printed(case: Case, model: keras.Model, printed: dict, expected: list[State]) -> None:
    """What `replay` printed after each of its applies."""
    names = [v.path for v in model.optimizer.variables]
    if printed["optimizer_variable_names"] != names:
        raise Difference(f"Java names the variables {printed['optimizer_variable_names']}, Keras {names}")
    after = [entry for entry, is_apply in zip(printed["after"], applies(case), strict=True) if is_apply]
    for number, (entry, state) in enumerate(zip(after, expected, strict=True), KERAS_FIRST):
        for key, variables, arrays in (
            ("variables", model.trainable_variables, state.trainable),
            ("optimizer_variables", model.optimizer.variables, state.optimizer),
        ):
            received = [parsed(tensor, e) for tensor, e in zip(entry[key], arrays, strict=True)]
            same(f"Java, step {number}", [v.path for v in variables], received, arrays)


def applies(case: Case) -> list[bool]:
    """For each step of the scenario whether it applies gradients."""
    result = []
    for number in range(KERAS_FIRST, KERAS_FIRST + JAVA):
        result += [False, True] if number in dict(case.rates) else [True]
    return result


def parsed(tensor: list, like: np.ndarray) -> np.ndarray:
    if len(tensor) != like.size:
        raise Difference(f"Java prints {len(tensor)} numbers for the shape {like.shape}")
    if like.dtype.kind in "iu":
        return np.array(tensor, like.dtype).reshape(like.shape)
    with np.errstate(over="ignore"):
        return np.array([float(x) for x in tensor], np.float64).astype(np.float32).reshape(like.shape)


def same_frame(before: Path, after: Path) -> None:
    """Java writes other numbers; everything else in the file stays as it was."""
    if before.suffix == ".keras":
        with zipfile.ZipFile(before) as a, zipfile.ZipFile(after) as b:
            if a.namelist() != b.namelist():
                raise Difference(f"The archive has {b.namelist()}, before {a.namelist()}")
            for entry in a.namelist():
                if entry != "model.weights.h5" and a.read(entry) != b.read(entry):
                    raise Difference(f"{entry} in the archive is not what it was")
            with a.open("model.weights.h5") as x, b.open("model.weights.h5") as y:
                same_tree(tree(x), tree(y))
    else:
        same_tree(tree(before), tree(after))


def same_tree(before: dict, after: dict) -> None:
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) != after.get(path):
            raise Difference(f"{path} in the file is {after.get(path)}, before {before.get(path)}")


def tree(source) -> dict[str, tuple]:
    """Groups, attributes, types and shapes of a file."""
    found = {}
    with h5py.File(source) as file:

        def visit(path: str, node: h5py.Group | h5py.Dataset) -> None:
            form = (node.dtype.str, node.shape) if isinstance(node, h5py.Dataset) else ("group",)
            found[path] = (form, dict(node.attrs))

        visit("/", file)
        file.visititems(visit)
    return found


# The round trip --------------------------------------------------------------


def replay(arguments: argparse.Namespace, backend: str, execution: str, load: Path, save: Path, steps: Path) -> dict:
    command = [arguments.java, "-jar", arguments.jar, "replay", "--backend", backend, "--execution", execution]
    command += ["--load", load, "--save", save, steps]
    done = subprocess.run([str(part) for part in command], capture_output=True, encoding="utf-8")
    if done.returncode != 0:
        raise Difference(f"replay ends with status {done.returncode}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def load(case: Case, path: Path) -> keras.Model:
    """A model as a user gets it from a file; any warning is an error."""
    fresh_session(case)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if path.suffix == ".keras":
            model = keras.saving.load_model(path)
            exclude(case, model)
            return model
        model = compiled(case)
        model.load_weights(path)
        return model


def round_trips(arguments: argparse.Namespace, case: Case, seed: int) -> None:
    work = Path(arguments.work) / case.name
    work.mkdir(parents=True, exist_ok=True)
    fresh_session(case)
    keras.utils.set_random_seed(seed)
    model = compiled(case)
    # A pass in training mode, so that moving means are not what a fresh model has.
    batch = [np.random.standard_normal((5, *i.shape[1:])).astype(np.float32) for i in model.inputs]
    model(batch if len(batch) > 1 else batch[0], training=True)
    steps = steps_of(case, model, seed)
    written = {suffix: work / f"keras{suffix}" for suffix in FORMATS}

    uninterrupted = []
    for number, step in enumerate(steps):
        if number == KERAS_FIRST:
            model.save_weights(written[".weights.h5"])
            model.save(written[".keras"])
        make_step(model, step)
        uninterrupted.append(State.of(model))

    last_of_java = KERAS_FIRST + JAVA
    scenario_file = work / "scenario.json"
    # The configuration of a fresh model: what the optimizer was before anything was learned or set.
    fresh_session(case)
    fresh = compiled(case)
    document = scenario(case, fresh, written[".weights.h5"], steps[KERAS_FIRST:last_of_java])
    scenario_file.write_text(json.dumps(document, allow_nan=False), encoding="utf-8")

    for suffix in FORMATS:
        for backend in BACKENDS:
            for execution in EXECUTIONS:
                saved = work / f"{backend}-{execution}{suffix}"
                try:
                    printed = replay(arguments, backend, execution, written[suffix], saved, scenario_file)
                    same_printed(case, model, printed, uninterrupted[KERAS_FIRST:last_of_java])
                    same_frame(written[suffix], saved)
                    loaded = load(case, saved)
                    same_state("Loaded by Keras", loaded, uninterrupted[last_of_java - 1])
                    for number in range(last_of_java, STEPS):
                        make_step(loaded, steps[number])
                        same_state(f"Keras again, step {number}", loaded, uninterrupted[number])
                except (Difference, Warning, ValueError, OSError) as e:
                    sys.exit(f"FAILED {case.name} {suffix} {backend} {execution}: {e}")
                print("ok", case.name, suffix, backend, execution, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--java", default="java", help="the java command")
    parser.add_argument("--jar", required=True, help="gradstep-examples.jar")
    parser.add_argument("--work", required=True, help="a folder for the files; those of an earlier run are replaced")
    arguments = parser.parse_args()
    # Infinite gradients are meant.
    np.seterr(all="ignore")
    for seed, case in enumerate(CASES, 1):
        round_trips(arguments, case, seed)


if __name__ == "__main__":
    main()
