"""Java goes on from each file that Keras wrote for the tests; Keras loads what Java saved, and goes on from there.

What Keras loads must have the bits that the scenario beside the file ends with. From there it must make the steps of
the scenario once more as a Keras does that loaded the file itself and made all the steps.

usage: python golden_files.py --java java --jar gradstep-examples.jar --golden golden/keras-files --work DIR
"""

import round_trip  # first: it sets what Keras and NumPy read when they are imported

import argparse
import json
import sys
import zipfile
from pathlib import Path

import keras
import numpy as np

from round_trip import FORMATS, Case, Difference, State, load, make_step, parsed, replay, same, same_frame, same_state

BACKEND, EXECUTION = "reference", "fused"


def case_of(document: dict, archive: Path) -> Case:
    """What a scenario and the archive beside it say of the model."""
    with zipfile.ZipFile(archive) as entries:
        model = json.loads(entries.read("config.json"))
    # Weights are loaded into a model that has an optimizer from the scenario, and none from an archive.
    del model["compile_config"]
    excluded = document["exclude_from_weight_decay"] or {}
    return Case(
        document["name"],
        lambda: keras.models.model_from_json(json.dumps(model)),
        lambda: optimizer(json.loads(json.dumps(document["config"]))),
        tuple(excluded.get("var_names", ())),
    )


def optimizer(config: dict) -> keras.optimizers.Optimizer:
    """Keras changes the map that it is given."""
    if "class_name" in config:
        return keras.optimizers.deserialize(config)
    return keras.optimizers.RMSprop.from_config(config)


def steps_of(document: dict, model: keras.Model) -> list[dict]:
    likes = [np.asarray(v) for v in model.trainable_variables]
    return [
        {"grads": [parsed(gradient, like) for gradient, like in zip(step["grads"], likes, strict=True)]}
        for step in document["steps"]
    ]


def same_end(what: str, model: keras.Model, document: dict) -> None:
    """The last numbers of a scenario."""
    received, end = State.of(model), document["expect"]["after"][-1]
    for key, variables, arrays in (
        ("variables", model.trainable_variables, received.trainable),
        ("optimizer_variables", model.optimizer.variables, received.optimizer),
    ):
        expected = [parsed(tensor, array) for tensor, array in zip(end[key], arrays, strict=True)]
        same(what, [v.path for v in variables], arrays, expected)


def judge(arguments: argparse.Namespace, case: Case, file: Path, scenario: Path, document: dict) -> None:
    uninterrupted = load(case, file)
    before = State.of(uninterrupted)
    steps = steps_of(document, uninterrupted)
    for step in steps:
        make_step(uninterrupted, step)
    same_end("Keras alone", uninterrupted, document)

    saved = Path(arguments.work) / file.name
    replay(arguments, BACKEND, EXECUTION, file, saved, scenario)
    same_frame(file, saved)
    loaded = load(case, saved)
    same_end("Loaded by Keras", loaded, document)
    # The scenario has no numbers for these: they stay.
    same("Loaded by Keras", [v.path for v in loaded.non_trainable_variables], State.of(loaded).frozen, before.frozen)
    for number, step in enumerate(steps):
        make_step(uninterrupted, step)
        make_step(loaded, step)
        same_state(f"Keras again, step {number}", loaded, State.of(uninterrupted))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--java", default="java", help="the java command")
    parser.add_argument("--jar", required=True, help="gradstep-examples.jar")
    parser.add_argument("--golden", required=True, help="the folder of Keras's files and their scenarios")
    parser.add_argument("--work", required=True, help="a folder for the files; those of an earlier run are replaced")
    arguments = parser.parse_args()
    # Infinite gradients are meant.
    np.seterr(all="ignore")
    Path(arguments.work).mkdir(parents=True, exist_ok=True)
    scenarios = sorted(Path(arguments.golden).glob("*.scenario.json"))
    if not scenarios:
        sys.exit(f"There is no scenario in {arguments.golden}")
    for scenario in scenarios:
        name = scenario.name.removesuffix(".scenario.json")
        document = json.loads(scenario.read_text(encoding="utf-8"))
        case = case_of(document, scenario.with_name(f"{name}.keras"))
        for suffix in FORMATS:
            try:
                judge(arguments, case, scenario.with_name(name + suffix), scenario, document)
            except (Difference, Warning, ValueError, OSError) as e:
                sys.exit(f"FAILED golden {name} {suffix}: {e}")
            print("ok golden", name, suffix, flush=True)


if __name__ == "__main__":
    main()
