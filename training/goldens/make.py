"""Makes the tiny models and all goldens: `python -m training.goldens.make`, from the repository root.

The result is the same files every time (with the versions named in the README), so a change in the working tree
after a run is a change in the reference.
"""

import logging
import warnings
from pathlib import Path

import torch
import transformers

from . import folder, independent, layouts, runs, standalone
from .scenarios import SCENARIOS

FIXTURES = Path(__file__).parents[2] / "test-fixtures"


def quiet() -> None:
    """Keeps the libraries' notes about truncation and missing extras out of the report."""
    warnings.simplefilter("ignore")
    transformers.utils.logging.set_verbosity_error()
    logging.getLogger("diffusers").setLevel(logging.ERROR)


def main() -> None:
    """Models first, then the stand-alone goldens, then one run per scenario."""
    quiet()
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)  # the order of additions must not hang on the machine
    independent.check_first_order()
    model = folder.build(FIXTURES / "models")
    layouts.build(FIXTURES / "models")
    goldens = FIXTURES / "goldens" / "sd3"
    standalone.build(goldens, model)
    pipe = runs.pipeline(model, folder.load_networks(model))
    for scenario in SCENARIOS:
        document, tensors = runs.compute(pipe, scenario)
        runs.write(goldens, document, tensors)
        picture = tensors["image"]
        print(f"{scenario.name}: {scenario.source}, picture std {float(picture.std()):.3f}")
    for path in sorted((FIXTURES / "models").iterdir()):
        print(f"{path.name}: {folder.size_of(path) / 1e6:.2f} MB")
    print(f"goldens: {folder.size_of(goldens) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
