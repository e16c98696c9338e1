"""Epochs of training as an experienced user would write them: batches of similar length, packed; Adam; clipping at 5."""

import json
import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import torch
from line_server import Step
from quality_data import Vocabulary, bucketed
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pack_padded_sequence
from torch_tagger import Tagger, padded

DROPOUT = 0.3


class Classifier(nn.Module):
    """The last states of both directions."""

    def __init__(self, tokens: int, labels: int, embedding: int, hidden: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(tokens, embedding, padding_idx=0)
        self.lstm = nn.LSTM(embedding, hidden, batch_first=True, bidirectional=True)
        self.output = nn.Linear(2 * hidden, labels)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, tokens: Tensor, lengths: Tensor) -> Tensor:
        x = self.dropout(self.embedding(tokens))
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        _, (h, _) = self.lstm(packed)
        return self.output(self.dropout(torch.cat([h[0], h[1]], 1)))


def epoch(model: nn.Module, losses: Callable[[], Iterable[tuple[Tensor, float]]]) -> Step:
    """A loss for each batch, with its share of the epoch. The first tenth of them stands in for a first epoch."""
    optimizer = torch.optim.Adam(model.parameters(), 0.002)
    model.train()

    def train(share: float) -> None:
        done = 0.0
        for loss, part in losses():
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
            done += part
            if done >= share:
                break

    step = lambda: train(2)  # noqa: E731 - a function that carries another
    step.warm = lambda: train(0.1)
    return step


def sentences(sizes: dict[str, Any]) -> tuple[Vocabulary, list[list[int]], list[Any]]:
    examples = [json.loads(line) for line in Path(sizes["file"]).read_text().splitlines()]
    words = Vocabulary(example["x"] for example in examples)
    return words, [words.encode(example["x"]) for example in examples], [example["y"] for example in examples]


def tagger(sizes: dict[str, Any]) -> Step:
    words, x, labels = sentences(sizes)
    known = {label: i for i, label in enumerate(sorted({label for line in labels for label in line}))}
    y = [[known[label] for label in line] for line in labels]
    model = Tagger(len(words), len(known), sizes["embedding"], sizes["hidden"], DROPOUT)
    chance = random.Random(1)

    def losses() -> Iterable[tuple[Tensor, float]]:
        for batch in bucketed([len(row) for row in x], sizes["batch"], chance):
            rows = [words.rarely_unknown(x[i], chance) for i in batch]
            scores = model(padded(rows, 0), torch.tensor([len(row) for row in rows]))
            expected = padded([y[i] for i in batch], -1)
            yield cross_entropy(scores.flatten(0, 1), expected.flatten(), ignore_index=-1), len(batch) / len(x)

    return epoch(model, losses)


def classifier(sizes: dict[str, Any]) -> Step:
    words, x, labels = sentences(sizes)
    known = {label: i for i, label in enumerate(sorted(set(labels)))}
    y = torch.tensor([known[label] for label in labels])
    model = Classifier(len(words), len(known), sizes["embedding"], sizes["hidden"])
    chance = random.Random(1)

    def losses() -> Iterable[tuple[Tensor, float]]:
        for batch in bucketed([len(row) for row in x], sizes["batch"], chance):
            rows = [words.rarely_unknown(x[i], chance) for i in batch]
            scores = model(padded(rows, 0), torch.tensor([len(row) for row in rows]))
            yield cross_entropy(scores, y[batch]), len(batch) / len(x)

    return epoch(model, losses)


def characters(sizes: dict[str, Any]) -> Step:
    """The text is cut into as many parts as a batch has rows, read side by side in windows; the state goes on, its gradient does not."""
    text = Path(sizes["file"]).read_text()
    known = {character: i for i, character in enumerate(sorted(set(text)))}
    ids = torch.tensor([known[character] for character in text])
    steps = (len(ids) - 1) // sizes["batch"]
    x = ids[: steps * sizes["batch"]].view(sizes["batch"], steps).t().contiguous()
    y = ids[1 : steps * sizes["batch"] + 1].view(sizes["batch"], steps).t().contiguous()
    embedding = nn.Embedding(len(known), sizes["embedding"])
    layer = nn.LSTM(sizes["embedding"], sizes["hidden"])
    output = nn.Linear(sizes["hidden"], len(known))

    def losses() -> Iterable[tuple[Tensor, float]]:
        state = None
        for at in range(0, steps, sizes["window"]):
            window = slice(at, at + sizes["window"])
            h, state = layer(embedding(x[window]), state)
            state = tuple(values.detach() for values in state)
            yield cross_entropy(output(h).flatten(0, 1), y[window].flatten()), len(x[window]) / steps

    return epoch(nn.ModuleList([embedding, layer, output]), losses)
