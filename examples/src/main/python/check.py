"""Sets up the Keras of requirements.txt in a virtual environment and lets it judge Java: the Maven profile keras.

usage: python check.py --java java --jar gradstep-examples.jar --classes test-classes --work DIR
"""

import argparse
import os
import subprocess
import sys
import venv
from pathlib import Path

OLDEST = (3, 11)
HERE = Path(__file__).resolve().parent
GOLDEN = HERE.parents[3] / "api/src/test/resources/golden/keras-files"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--java", required=True, help="the java command")
    parser.add_argument("--jar", required=True, help="gradstep-examples.jar")
    parser.add_argument("--classes", required=True, help="the folder of the compiled tests of examples")
    parser.add_argument("--work", required=True, help="a folder for the environment and the files, up to 6 GB")
    arguments = parser.parse_args()
    if sys.version_info < OLDEST:
        sys.exit(
            f"Keras needs Python {OLDEST[0]}.{OLDEST[1]} or newer. This is {sys.executable}, "
            f"{sys.version.split()[0]}. Name another: -Dkeras.python=python3.12"
        )
    work = Path(arguments.work)
    python = environment(work / "venv")
    common = ["--java", arguments.java, "--jar", arguments.jar]
    run(python, HERE / "round_trip.py", *common, "--work", work / "round-trip")
    run(python, HERE / "golden_files.py", *common, "--golden", GOLDEN, "--work", work / "golden-files")
    run(python, HERE / "hard_files.py", *common, "--classes", arguments.classes, "--work", work / "hard-files")


def environment(folder: Path) -> Path:
    """The Python of the environment; what is installed already stays."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True)
    run(python, "-m", "pip", "install", "--quiet", "--requirement", HERE / "requirements.txt")
    return python


def run(python: Path, *command: object) -> None:
    # -B: nothing is written beside the sources.
    status = subprocess.run([str(python), "-B", *map(str, command)]).returncode
    if status != 0:
        sys.exit(status)


if __name__ == "__main__":
    main()
