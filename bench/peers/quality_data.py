"""Examples from .jsonl files, vocabularies, and the measures of the quality baselines."""

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

Example = dict[str, Any]

PADDING, UNKNOWN = 0, 1


def read_examples(folder: str, name: str) -> list[Example]:
    for ending, opener in ((".jsonl", open), (".jsonl.gz", gzip.open)):
        path = Path(folder) / (name + ending)
        if path.exists():
            with opener(path, "rt", encoding="utf-8") as file:
                return [json.loads(line) for line in file]
    raise FileNotFoundError(f"{name}.jsonl in {folder}")


class Vocabulary:
    """Ids from 2; 0 is the padding (or the boundary of a target), 1 an unknown token."""

    def __init__(self, sequences: Iterable[Sequence[str]]) -> None:
        counts = Counter(token for sequence in sequences for token in sequence)
        self.tokens = ["", "", *sorted(counts)]
        self.ids = {token: i + 2 for i, token in enumerate(sorted(counts))}
        self.once = {self.ids[token] for token, count in counts.items() if count == 1}

    def __len__(self) -> int:
        return len(self.tokens)

    def encode(self, sequence: Sequence[str]) -> list[int]:
        return [self.ids.get(token, UNKNOWN) for token in sequence]

    def rarely_unknown(self, ids: Sequence[int], chance: random.Random) -> list[int]:
        """As in training: tokens that occur once are read as unknown half of the time."""
        return [UNKNOWN if i in self.once and chance.random() < 0.5 else i for i in ids]


def bucketed(lengths: Sequence[int], batch: int, chance: random.Random) -> Iterator[list[int]]:
    """The indexes of batches of similar length, in random order."""
    order = sorted(range(len(lengths)), key=lambda i: (lengths[i], chance.random()))
    batches = [order[at : at + batch] for at in range(0, len(order), batch)]
    chance.shuffle(batches)
    yield from batches


def chunks(tags: Sequence[str]) -> set[tuple[int, int, str]]:
    """(start, end, type) by the rules of conlleval for BIO tags."""
    found = []
    begin, kind = 0, ""
    for step, tag in enumerate([*tags, "O"]):
        prefix, _, of = tag.partition("-")
        if kind and (prefix != "I" or of != kind):
            found.append((begin, step, kind))
            kind = ""
        if prefix in ("B", "I") and not kind:
            begin, kind = step, of
    return set(found)


def chunk_f1(truths: Iterable[Sequence[str]], predictions: Iterable[Sequence[str]]) -> float:
    right = there = found = 0
    for truth, predicted in zip(truths, predictions, strict=True):
        expected, got = chunks(truth), chunks(predicted)
        right += len(expected & got)
        there += len(expected)
        found += len(got)
    return 2 * right / (there + found) if right else 0.0


def edit_distance(a: Sequence[str], b: Sequence[str]) -> int:
    row = list(range(len(b) + 1))
    for i, one in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (one != other))
    return row[-1]


def symbol_error_rate(examples: Sequence[Example], predictions: Sequence[Sequence[str]]) -> float:
    """Edits to the closest reference (of equals the longest) by the symbols of these references."""
    edits = symbols = 0
    for example, predicted in zip(examples, predictions, strict=True):
        references = [example["y"], *example.get("alternatives", [])]
        fewest, length = min((edit_distance(one, predicted), -len(one)) for one in references)
        edits += fewest
        symbols -= length
    return edits / max(1, symbols)
