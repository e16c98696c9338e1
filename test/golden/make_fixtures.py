"""Writes the fixtures beside this file; see README.md. `--check` compares with those that are there."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import torch

from reference.arrays import decode, is_array
from reference.decoder_cases import decoder_cases
from reference.network_cases import (
    character_cases,
    ctc_cases,
    make_network_fixture,
    model_cases,
    optimizer_cases,
)
from reference.recurrent_cases import CELLS, make_recurrent_fixture

FOLDER = Path(__file__).parent / "fixtures"


def fixtures() -> Iterator[tuple[str, dict[str, object]]]:
    for label in CELLS:
        yield f"recurrent-{label}", make_recurrent_fixture(label)
    yield "models", make_network_fixture(model_cases(), seed=20_000)
    yield "ctc", make_network_fixture(ctc_cases(), seed=40_000)
    yield "characters", make_network_fixture(character_cases(), seed=40_000)
    yield "decoder", make_network_fixture(decoder_cases(), seed=50_000)
    yield "optimizers", make_network_fixture(optimizer_cases(), seed=30_000)


def leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every array and plain value of a fixture, with where it stands."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, f"{path}/{index}")
    else:
        yield path, value


def differences(stored: object, made: object) -> list[str]:
    """Where two fixtures differ by more than the last digits of float32."""
    left, right = dict(leaves(stored)), dict(leaves(made))
    found = [f"{path}: only in one" for path in left.keys() ^ right.keys()]
    for path in left.keys() & right.keys():
        a, b = left[path], right[path]
        if is_array(a) and is_array(b):
            stored_values, made_values = decode(a), decode(b)
            same = len(stored_values) == len(made_values) and torch.allclose(
                stored_values, made_values, rtol=1e-6, atol=1e-9
            )
        elif isinstance(a, float) and isinstance(b, float):
            same = abs(a - b) <= 1e-9 * max(1.0, abs(a))
        else:
            same = a == b
        if not same:
            found.append(path)
    return sorted(found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing, fail where stored fixtures differ"
    )
    check = parser.parse_args().check
    torch.set_num_threads(1)
    failed = False
    FOLDER.mkdir(exist_ok=True)
    for name, content in fixtures():
        path = FOLDER / f"{name}.json"
        fixture = {"torch": torch.__version__.split("+")[0], **content}
        if not check:
            path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n", encoding="utf-8")
            print(f"{path.name}: {path.stat().st_size} bytes")
            continue
        found = differences(json.loads(path.read_text(encoding="utf-8")), fixture)
        failed = failed or bool(found)
        print(f"{path.name}: {'the same' if not found else 'differs at ' + ', '.join(found[:5])}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
