"""Encoder–decoders: every attention and cell, symbols and values, one and two layers and directions."""

from .decoder import Decoder
from .network import Input, Network
from .network_cases import ADAM, Case
from .recurrence import Stack
from .recurrent_cases import CELLS
from .training import Optimizer

SYMBOLS, VALUES = 7, 2  # outputs
EMBEDDING = 3  # of the symbols a decoder reads

# Some sources are empty, some targets, and once both.
SOURCES = ((4, 0, 2, 5), (1, 3, 3, 2), (5, 5, 2, 0), (2, 4, 1, 3), (3, 1, 4, 2))
TARGETS = ((3, 2, 0, 4), (2, 5, 1, 3), (1, 3, 2, 0), (4, 1, 6, 2), (4, 0, 2, 3))


def pair(
    attention: str,
    encoder: str,
    decoder: str,
    values: bool = False,
    layers: tuple[int, int] = (1, 1),
    both: bool = False,
    clip_norm: float = 0.0,
    optimizer: Optimizer = ADAM,
) -> Case:
    """Words to symbols or features to values, of two of CELLS; `both`: directions of the encoder."""
    source = Input("features", 3) if values else Input("tokens", 9, 4)
    reads = Stack(**CELLS[encoder], input=source.features, hidden=3, layers=layers[0], bidirectional=both)
    width = (VALUES if values else EMBEDDING) + (reads.features if attention == "bahdanau" else 0)
    writes = Stack(**CELLS[decoder], input=width, hidden=4, layers=layers[1])
    network = Network(
        source,
        reads,
        "none",
        "values" if values else "classes",
        VALUES if values else SYMBOLS,
        decoder=Decoder(writes, attention, 0 if values else EMBEDDING),
    )
    details = [
        f"{attention}: {encoder} to {decoder}",
        f"layers {layers[0]} and {layers[1]}",
        "both directions" if both else "one direction",
        "features to values" if values else "words to symbols",
        *(["clipped"] if clip_norm else []),
        *([optimizer.kind] if optimizer != ADAM else []),
    ]
    return Case(", ".join(details), network, optimizer, clip_norm, lengths=SOURCES, target_lengths=TARGETS)


def decoder_cases() -> list[Case]:
    return [
        pair("none", "lstm", "lstm"),
        pair("none", "lstm", "lstm", both=True, layers=(2, 2), values=True),
        pair("none", "gru-after", "gru-after", both=True, clip_norm=0.2),
        pair("none", "gru-before", "gru-before", layers=(1, 2), values=True, clip_norm=0.2),
        pair("none", "rnn-tanh", "rnn-tanh", layers=(2, 1)),
        pair("bahdanau", "lstm", "lstm", both=True),
        pair("bahdanau", "lstm", "lstm", layers=(2, 2), both=True, values=True, clip_norm=0.2),
        pair("bahdanau", "gru-after", "gru-after", layers=(1, 2), both=True),
        pair("bahdanau", "gru-before", "gru-before", clip_norm=0.2),
        pair("bahdanau", "rnn-tanh", "rnn-tanh", values=True),
        pair("luong", "lstm", "lstm", both=True, clip_norm=0.2),
        pair("luong", "lstm", "lstm", layers=(2, 2), both=True),
        pair("luong", "gru-after", "gru-after", both=True, values=True),
        pair("luong", "gru-before", "gru-before", layers=(2, 1), clip_norm=0.2),
        pair("luong", "rnn-tanh", "rnn-tanh", layers=(1, 2), values=True),
        pair("luong", "gru-after", "lstm", both=True, values=True, clip_norm=0.2),
        pair("bahdanau", "lstm", "gru-after", both=True, optimizer=Optimizer("sgd", 0.1, momentum=0.9)),
    ]
