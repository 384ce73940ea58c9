"""HDF5 files that are not easy: h5py and Java must agree on them to the bit.

Java writes files from nothing by a plan, h5py reads them; h5py writes files, Java copies them into one of its own and
changes their numbers in place, h5py compares; Keras loads copies of its own files.

usage: python hard_files.py --java java --jar gradstep-examples.jar --classes test-classes --work DIR
"""

import round_trip  # first: it sets what Keras and NumPy read when they are imported

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import h5py
import keras
import ml_dtypes
import numpy as np

from round_trip import (
    CASES,
    Difference,
    State,
    bits,
    compiled,
    fresh_session,
    load,
    make_step,
    same_frame,
    same_state,
    steps_of,
)

MAIN = "io.gradstep.examples.HardFiles"
# Above 2 GiB, which is where an int no longer counts the bytes.
LARGE = 2**28 + 3
CHUNK = 2**22


# Numbers by a formula --------------------------------------------------------


def splitmix64(seed: int, start: int, count: int) -> np.ndarray:
    """64 bits for each element, as golden/README.md has them."""
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(start + 1, start + count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def meant(array: dict, start: int, count: int) -> np.ndarray:
    """The elements that Java was told to write."""
    z = splitmix64(array["seed"], start, count)
    match array["dtype"]:
        case "float32":
            return ((z >> np.uint64(40)).astype(np.float64) * 2.0**-24 - 0.5).astype(np.float32)
        case "float64":
            return (z >> np.uint64(11)).astype(np.float64) * 2.0**-53 - 0.5
        case "int32":
            return (z >> np.uint64(32)).astype(np.uint32).view(np.int32)
    raise ValueError(array)


# Java writes -----------------------------------------------------------------


def plan() -> dict:
    """What Java writes into one file."""
    paths = []
    for dtype in ("float32", "float64", "int32"):
        for name, shape in (
            ("scalar", []),
            ("empty", [0]),
            ("empty_rank_3", [3, 0, 2]),
            ("one", [1]),
            ("vector", [1000]),
            ("rank_4", [2, 3, 4, 5]),
            ("many_numbers", [1031, 1033]),
        ):
            paths.append((f"layers/{dtype}_{name}/vars/0", dtype, shape))
    for name in ("größe", "層/λ", "😀", "with space", "ﬁ", "n" * 255):
        paths.append((f"names/{name}", "float32", [2]))
    for number in range(10_000):
        paths.append((f"optimizer/vars/{number}", ("float32", "float64", "int32")[number % 3], [number % 4]))
    arrays = [{"path": p, "dtype": d, "shape": s, "seed": seed} for seed, (p, d, s) in enumerate(paths, 1)]
    attributes = [
        {"group": "optimizer/vars", "name": "name", "value": "rmsprop"},
        {"group": "layers/float32_scalar/vars", "name": "name", "value": "größe_層_😀"},
    ]
    return {"arrays": arrays, "attributes": attributes}


def large_plan() -> dict:
    return {
        "arrays": [{"path": "layers/embedding/vars/0", "dtype": "float64", "shape": [LARGE], "seed": 1}],
        "attributes": [],
    }


def written_by_java(java: "Java", name: str, plan: dict) -> None:
    description, path = java.work / f"{name}.json", java.work / f"{name}.h5"
    description.write_text(json.dumps(plan), encoding="utf-8")
    java.run("write", description, path)
    with h5py.File(path) as file:
        found = data_sets(file)
        if found.keys() != {array["path"] for array in plan["arrays"]}:
            raise Difference(f"{path} has {len(found)} data sets, meant were {len(plan['arrays'])}")
        for array in plan["arrays"]:
            data = found[array["path"]]
            if list(data.shape) != array["shape"] or data.dtype != np.dtype(array["dtype"]).newbyteorder("<"):
                raise Difference(f"{array['path']} is {data.dtype}{data.shape}, meant was {array}")
            for start, received in chunks(data):
                same_numbers(array["path"], start, received, meant(array, start, received.size))
        for attribute in plan["attributes"]:
            text = as_text(file[attribute["group"]].attrs[attribute["name"]])
            if text != attribute["value"]:
                raise Difference(f"The attribute {attribute} is {text!r}")
    ok("written by Java", name, path)


# h5py writes -----------------------------------------------------------------


def numbers() -> Iterator[tuple[str, np.ndarray]]:
    """Arrays of all number types in both byte orders, with all that is hard to keep."""
    random = np.random.RandomState(1)
    for size in (2, 4, 8):
        patterns = np.arange(2**16, dtype="u2") if size == 2 else random.bytes(size * 5000)
        yield f"f/{size}", np.frombuffer(patterns, f"<f{size}")
    for size in (1, 2, 4, 8):
        for kind in "iu":
            # Wider ones are read as 32 bits.
            limits = np.iinfo(f"{kind}{size}") if size < 4 else np.iinfo("i4")
            low = 0 if kind == "u" else limits.min
            values = random.randint(low, limits.max, 500, dtype=np.int64)
            yield f"{kind}/{size}", np.append(values, [low, limits.max, 0, 1]).astype(f"<{kind}{size}")


def write_types(file: h5py.File) -> None:
    for name, values in numbers():
        file[f"types/{name}/little"] = values
        file[f"types/{name}/big"] = values.astype(values.dtype.newbyteorder(">"))
    # As Keras stores them. Java tells them from other types, but does not read them.
    file["types/bfloat16"] = np.arange(2**16, dtype="<u2").view(ml_dtypes.bfloat16)
    file["types/bfloat16"].attrs["dtype"] = "bfloat16"


def write_shapes(file: h5py.File) -> None:
    for name, shape in (("scalar", ()), ("empty", (0,)), ("empty_rank_3", (3, 0, 2)), ("rank_4", (2, 3, 4, 5))):
        file[f"shapes/{name}"] = np.arange(np.prod(shape), dtype="<f4").reshape(shape)
    file["shapes/one_counter"] = np.int32(7)


def write_names(file: h5py.File) -> None:
    for number, name in enumerate(("größe", "層", "😀", "with space", "n" * 255)):
        file[f"names/{name}/λ"] = np.float32(number)
    file["names"].attrs["name"] = "größe_層_😀"


def write_many(file: h5py.File) -> None:
    for number in range(10_000):
        file[f"optimizer/vars/{number}"] = np.full(number % 4, number, "<f4")


def write_large(file: h5py.File) -> None:
    data = file.create_dataset("layers/embedding/vars/0", (LARGE,), "<f8")
    for start in range(0, LARGE, CHUNK):
        count = min(CHUNK, LARGE - start)
        data[start : start + count] = meant({"dtype": "float64", "seed": 2}, start, count)


def written_by_h5py(java: "Java", name: str, write, **options) -> None:
    path = java.work / f"{name}.h5"
    with h5py.File(path, "w", **options) as file:
        write(file)
    copy, listed = java.copy(path)
    same_copy(path, copy)
    same_list(path, listed)
    ok("written by h5py", name, path, copy)


def edited_by_java(java: "Java", name: str, write, **options) -> None:
    path = java.work / f"{name}.h5"
    with h5py.File(path, "w", **options) as file:
        write(file)
    edited = java.edit(path)
    same_but_reversed(path, edited)
    ok("edited by Java", name, path, edited)


def same_copy(path: Path, copy: Path) -> None:
    with h5py.File(path) as file, h5py.File(copy) as copied:
        found = {name: data for name, data in data_sets(file).items() if dtype_name(data) != "bfloat16"}
        again = data_sets(copied)
        if found.keys() != again.keys():
            raise Difference(f"The copy of {path} has other data sets: {sorted(found.keys() ^ again.keys())[:5]}")
        for name, data in found.items():
            received = again[name]
            if data.shape != received.shape:
                raise Difference(f"{name} in the copy of {path} has the shape {received.shape}, not {data.shape}")
            if received.dtype != read_as(data.dtype):
                raise Difference(f"{name} in the copy of {path} is {received.dtype}, before {data.dtype}")
            for (start, before), (_, after) in zip(chunks(data), chunks(received), strict=True):
                same_numbers(f"{name} in the copy of {path}", start, after, before.astype(after.dtype))
        for name, text in names(file).items():
            if names(copied).get(name) != text:
                raise Difference(
                    f"The group {name} in the copy of {path} is named {names(copied).get(name)!r}, not {text!r}"
                )


def same_but_reversed(path: Path, edited: Path) -> None:
    """Each array that Java reads has its numbers in the opposite order; all else is as it was."""
    same_frame(path, edited)
    with h5py.File(path) as file, h5py.File(edited) as changed:
        again = data_sets(changed)
        for name, data in data_sets(file).items():
            before, after = (np.asarray(d[()]).reshape(-1) for d in (data, again[name]))
            if dtype_name(data) == "bfloat16":
                before, after = before.view("<u2"), after.view("<u2")
            else:
                before = before[::-1]
            same_numbers(f"{name} in the edited {path}", 0, after, before)


def read_as(dtype: np.dtype) -> np.dtype:
    """What Java has for a type of a file: each number of the narrower ones is one of the wider."""
    if dtype.kind in "iu":
        return np.dtype("<i4")
    return np.dtype("<f8") if dtype.itemsize == 8 else np.dtype("<f4")


def same_list(path: Path, listed: str) -> None:
    """What Java says of the data sets, without their numbers."""
    with h5py.File(path) as file:
        expected = {name: (dtype_name(data), data.shape) for name, data in data_sets(file).items()}
    received = {}
    for line in listed.splitlines():
        name, dtype, shape = line.split("\t")
        received[name] = (dtype, tuple(map(int, shape.strip("[]()").replace(",", " ").split())))
    for name in sorted(expected.keys() | received.keys()):
        if expected.get(name) != received.get(name):
            raise Difference(f"{name} in {path} is {received.get(name)} in Java, written was {expected.get(name)}")


def dtype_name(data: h5py.Dataset) -> str:
    return data.attrs.get("dtype", data.dtype.str)


def names(file: h5py.File) -> dict[str, str]:
    found = {}

    def visit(path: str, node: h5py.Group | h5py.Dataset) -> None:
        if isinstance(node, h5py.Group) and "name" in node.attrs:
            found[path] = as_text(node.attrs["name"])

    file.visititems(visit)
    return found


def as_text(value: str | bytes) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else value


# Keras writes ----------------------------------------------------------------


def written_by_keras(java: "Java", case: round_trip.Case) -> None:
    """Keras must load what Java wrote from nothing, too."""
    fresh_session(case)
    keras.utils.set_random_seed(1)
    model = compiled(case)
    for step in steps_of(case, model, 1)[:3]:
        make_step(model, step)
    path = java.work / f"{case.name}.weights.h5"
    model.save_weights(path)
    copy, _ = java.copy(path)
    same_state("Loaded by Keras", load(case, copy), State.of(model))
    ok("written by Keras", case.name, path, copy)


# Comparing -------------------------------------------------------------------


def data_sets(file: h5py.File) -> dict[str, h5py.Dataset]:
    found = {}
    file.visititems(lambda path, node: found.update({path: node}) if isinstance(node, h5py.Dataset) else None)
    return found


def chunks(data: h5py.Dataset) -> Iterator[tuple[int, np.ndarray]]:
    """The elements in row-major order, of long vectors a part at a time."""
    if data.ndim != 1:
        yield 0, np.asarray(data[()]).reshape(-1)
        return
    for start in range(0, data.size, CHUNK):
        yield start, data[start : start + CHUNK]


def same_numbers(what: str, start: int, received: np.ndarray, expected: np.ndarray) -> None:
    different = np.flatnonzero(bits(received) != bits(expected))
    if different.size:
        i = different[0]
        raise Difference(f"{what}: element {start + i} is {received[i]!r}, meant was {expected[i]!r}")


def ok(by: str, name: str, *files: Path) -> None:
    """Says so and makes room; the files of what fails remain."""
    print("ok", by, name, flush=True)
    for file in files:
        file.unlink()


# -----------------------------------------------------------------------------


class Java:
    def __init__(self, arguments: argparse.Namespace):
        self.work = Path(arguments.work)
        self.work.mkdir(parents=True, exist_ok=True)
        path = os.pathsep.join([arguments.jar, arguments.classes])
        # A large array is one Java array.
        self.command = [arguments.java, "-Xmx3g", "-cp", path, MAIN]

    def run(self, *arguments: str | Path) -> str:
        command = self.command + [str(argument) for argument in arguments]
        done = subprocess.run(command, capture_output=True, encoding="utf-8")
        if done.returncode != 0:
            raise Difference(f"{MAIN} {arguments} ends with status {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def copy(self, path: Path) -> tuple[Path, str]:
        """The copy, and a line of text for each data set of the file."""
        copy = path.with_name(f"copy-of-{path.name}")
        return copy, self.run("copy", path, copy)

    def edit(self, path: Path) -> Path:
        """The file with the numbers of each array in the opposite order."""
        edited = path.with_name(f"edited-{path.name}")
        self.run("edit", path, edited)
        return edited


def judge(java: Java) -> None:
    written_by_java(java, "plan", plan())
    for libver in ("earliest", "latest"):
        written_by_h5py(java, f"types-{libver}", write_types, libver=libver)
        written_by_h5py(java, f"shapes-{libver}", write_shapes, libver=libver)
        written_by_h5py(java, f"names-{libver}", write_names, libver=libver)
        written_by_h5py(java, f"user-block-{libver}", write_shapes, libver=libver, userblock_size=1024)
        edited_by_java(java, f"types-{libver}", write_types, libver=libver)
        edited_by_java(java, f"shapes-{libver}", write_shapes, libver=libver)
        edited_by_java(java, f"user-block-{libver}", write_shapes, libver=libver, userblock_size=1024)
    # Groups of the latest format with more than 8 links have a fractal heap, which Keras does not write.
    written_by_h5py(java, "many-earliest", write_many, libver="earliest")
    for case in CASES:
        written_by_keras(java, case)
    written_by_java(java, "large-plan", large_plan())
    written_by_h5py(java, "large-earliest", write_large, libver="earliest")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--java", default="java", help="the java command")
    parser.add_argument("--jar", required=True, help="gradstep-examples.jar")
    parser.add_argument("--classes", required=True, help="the folder of the compiled tests of examples")
    parser.add_argument("--work", required=True, help="a folder for the files, up to 5 GB")
    java = Java(parser.parse_args())
    np.seterr(all="ignore")
    try:
        judge(java)
    except (Difference, Warning, ValueError, OSError) as e:
        sys.exit(f"FAILED: {e}")


if __name__ == "__main__":
    main()
