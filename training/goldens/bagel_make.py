"""Makes tiny-bagel and its goldens: python -m training.goldens.bagel_make --bagel <checkout of ByteDance-Seed/Bagel>

From the repository root, with transformers 4.49 on the path. The files are the same every time, so a change in the
working tree after a run is a change in the reference.
"""

import argparse
import logging
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file

from training.goldens import bagel_folder, bagel_graphs, bagel_official, bagel_reference, bagel_standalone, text
from training.goldens.bagel_scenarios import SCENARIOS

FIXTURES = Path(__file__).parents[2] / "test-fixtures"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bagel", type=Path, required=True)
    parser.add_argument("--keep-model", action="store_true", help="only the goldens")
    args = parser.parse_args()
    logging.getLogger("transformers").setLevel(logging.ERROR)
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)  # the order of additions must not hang on the machine
    official = bagel_official.load(args.bagel)
    if not args.keep_model:
        model = bagel_folder.build(official, FIXTURES / "models")
        failed = bagel_graphs.compare(official, bagel_folder.CHECKPOINT, model)
        if failed:
            raise SystemExit(f"too far from the official modules: {failed}")
    goldens = FIXTURES / "goldens" / "bagel"
    shutil.rmtree(goldens, ignore_errors=True)
    bagel_standalone.build(official, goldens, bagel_folder.CHECKPOINT)
    for scenario in SCENARIOS:
        document, tensors = bagel_reference.compute(official, bagel_folder.CHECKPOINT, scenario)
        text.dump(goldens / f"{scenario.name}.json", document)
        save_file({name: tensor.contiguous().clone() for name, tensor in tensors.items()}, goldens / f"{scenario.name}.safetensors")
        print(f"{scenario.name}: {[t['text'] for t in document['texts']]} {document['contexts']}")
    print(f"goldens: {sum(f.stat().st_size for f in goldens.rglob('*')) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
