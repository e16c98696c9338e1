"""Whole models of PyTorch's parts, as an experienced user would write them."""

from collections.abc import Callable
from typing import Any

import torch
from line_server import Step
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, ctc_loss
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
from torch_encoder_decoder import BOUNDARY, EncoderDecoder, beam_search
from torch_training import characters, classifier, tagger

Sizes = dict[str, Any]


def ids(lengths: list[int], size: int, first: int) -> Tensor:
    """[B, T] of the ids that the other side has, 0 behind the ends."""
    rows, count = torch.zeros(len(lengths), max(lengths), dtype=torch.long), 0
    for row, length in enumerate(lengths):
        for t in range(length):
            rows[row, t] = first + (count * 13) % (size - first)
            count += 1
    return rows


def translator(sizes: Sizes) -> EncoderDecoder:
    return EncoderDecoder("lstm", sizes["source"], sizes["target"], sizes["embedding"], sizes["hidden"])


def training_step(model: nn.Module, loss: Callable[[], Tensor]) -> Step:
    optimizer = torch.optim.Adam(model.parameters(), 0.001)
    parameters = list(model.parameters())

    def step() -> None:
        optimizer.zero_grad()
        loss().backward()
        nn.utils.clip_grad_norm_(parameters, 5.0)
        optimizer.step()

    return step


def generate(sizes: Sizes) -> Step:
    embedding = nn.Embedding(sizes["vocabulary"], sizes["embedding"])
    layer = nn.LSTM(sizes["embedding"], sizes["hidden"], batch_first=True)
    output = nn.Linear(sizes["hidden"], sizes["vocabulary"])
    banned = torch.zeros(sizes["vocabulary"])
    banned[:2] = -torch.inf  # boundary and unknown

    @torch.inference_mode()
    def step() -> Tensor:
        symbols = torch.zeros(sizes["sequences"], 1, dtype=torch.long)
        state, written = None, []
        for _ in range(sizes["steps"]):
            s, state = layer(embedding(symbols), state)
            z = output(s[:, 0]) + banned
            if "topK" in sizes:
                z, places = z.topk(sizes["topK"])
                symbols = places.gather(1, torch.multinomial(z.softmax(-1), 1))
            else:
                symbols = torch.multinomial(z.softmax(-1), 1)
            written.append(symbols)
        return torch.cat(written, 1)

    return step


def beam(sizes: Sizes) -> Step:
    model = translator(sizes).eval()
    with torch.no_grad():
        model.output.bias[BOUNDARY] = -50  # no hypothesis ends before the limit
    tokens, lengths = ids(sizes["lengths"], sizes["source"], 2), torch.tensor(sizes["lengths"])

    @torch.inference_mode()
    def step() -> list[list[list[int]]]:
        return [beam_search(model, tokens, lengths, sizes["beam"], sizes["limit"], 1.0) for _ in range(sizes["batches"])]

    return step


def ctc(sizes: Sizes) -> Step:
    model = nn.ModuleDict(
        {
            "layer": nn.LSTM(sizes["features"], sizes["hidden"], bidirectional=True),
            "output": nn.Linear(2 * sizes["hidden"], sizes["classes"]),
        }
    )
    lengths, target_lengths = torch.tensor(sizes["lengths"]), torch.tensor(sizes["targetLengths"])
    x = torch.randn(max(sizes["lengths"]), len(lengths), sizes["features"])
    targets = ids(sizes["targetLengths"], sizes["classes"], 1)

    def loss() -> Tensor:
        packed, _ = model["layer"](pack_padded_sequence(x, lengths, enforce_sorted=False))
        z = model["output"](pad_packed_sequence(packed)[0]).log_softmax(-1)
        return ctc_loss(z, targets, lengths, target_lengths, reduction="sum") / len(lengths)

    return training_step(model, loss)


def attention(sizes: Sizes) -> Step:
    model = translator(sizes)
    tokens, lengths = ids(sizes["lengths"], sizes["source"], 2), torch.tensor(sizes["lengths"])
    y, none = ids(sizes["targetLengths"], sizes["target"], 2), -100
    begin = torch.full((len(y), 1), BOUNDARY)
    shown = torch.cat([begin, y], 1)
    expected = torch.cat([y, begin], 1)
    for row, length in enumerate(sizes["targetLengths"]):
        expected[row, length] = BOUNDARY
        expected[row, length + 1 :] = none

    def loss() -> Tensor:
        return cross_entropy(model(tokens, lengths, shown).flatten(0, 1), expected.flatten(), ignore_index=none)

    return training_step(model, loss)


MODELS = {"tagger": tagger, "classifier": classifier, "characters": characters, "generate": generate, "beam": beam, "ctc": ctc, "attention": attention}
