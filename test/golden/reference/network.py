"""A whole model: embedding (with a window), stack, pooling or decoder, output layer, loss.

A batch is as the engine takes it: sequences one after the other, never padded; N is the sum of the lengths.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, ctc_loss, log_softmax

from .characters import Characters, word_vectors
from .decoder import Decoder, emitted_symbols, read_symbols, read_values, write_all
from .recurrence import Parameters, Stack, State, run

Writer = Callable[[Decoder, Parameters, list[Tensor], list[Tensor], list[Tensor]], Tensor]


@dataclass(frozen=True)
class Input:
    kind: str  # tokens, features or multihot
    size: int  # vocabulary, features of a step, or possible indexes
    embedding: int = 0
    window: int = 0
    characters: Characters | None = None

    @property
    def features(self) -> int:
        """Size of what the stack reads at a step."""
        slot = self.embedding + (2 * self.characters.hidden if self.characters else 0)
        return slot * (2 * self.window + 1) if self.embedding else self.size


@dataclass(frozen=True)
class Network:
    input: Input
    stack: Stack
    pooling: str  # none, last, mean, max or attention
    output: str  # classes, values or multihot
    outputs: int
    ctc: bool = False  # classes of which 0 is the blank, targets not aligned with steps
    decoder: Decoder | None = None  # writes the output, in steps of its own

    @property
    def prefix(self) -> str:
        """Of the names of the stack's parameters."""
        return "encoder." if self.decoder else "recurrent."

    def shapes(self) -> dict[str, tuple[int, ...]]:
        shapes: dict[str, tuple[int, ...]] = {}
        if self.input.embedding:
            shapes["embedding.weight"] = (self.input.size, self.input.embedding)
        if self.input.characters:
            shapes |= self.input.characters.shapes()
        shapes |= {self.prefix + name: shape for name, shape in self.stack.shapes().items()}
        width = self.stack.features
        if self.decoder:
            shapes |= self.decoder.shapes(self.stack, self.outputs)
            width = self.decoder.stack.hidden
        if self.pooling == "attention":
            shapes |= {
                "attention.weight": (width, width),
                "attention.bias": (width,),
                "attention.context": (width,),
            }
        return shapes | {"output.weight": (self.outputs, width), "output.bias": (self.outputs,)}


@dataclass
class Batch:
    lengths: list[int]
    tokens: list[list[int]] = field(default_factory=list)  # one list a sequence
    spelling: list[list[int]] = field(default_factory=list)  # the characters of each different word
    words: list[list[int]] = field(default_factory=list)  # which of them each step of a sequence is
    active: list[list[list[int]]] = field(default_factory=list)  # one list a step of a sequence
    features: Tensor | None = None  # [N, I]
    classes: list[int] | None = None  # [N] or [B]; -1 is not counted
    values: Tensor | None = None  # [N, O] or [B, O]
    target_lengths: list[int] | None = None  # [B]: `classes` or `values` hold one target after the other


def pad(rows: Tensor, lengths: list[int]) -> Tensor:
    """[N, F] → [T, B, F]."""
    return nn.utils.rnn.pad_sequence(list(rows.split(lengths)))


def unpad(padded: Tensor, lengths: list[int]) -> Tensor:
    """[T, B, F] → [N, F]."""
    return torch.cat([padded[:length, index] for index, length in enumerate(lengths)])


def read_ids(network: Network, batch: Batch) -> list[list[int]]:
    """Rows of the embedding behind every step: a window's from left to right, row 0 beyond the ends."""
    if network.input.kind == "multihot":
        return [indexes for sequence in batch.active for indexes in sequence]
    return windows(batch.tokens, network.input.window, 0)


def windows(sequences: list[list[int]], reach: int, beyond: int) -> list[list[int]]:
    rows = []
    for sequence in sequences:
        extended = [beyond] * reach + sequence + [beyond] * reach
        rows += [extended[t : t + 2 * reach + 1] for t in range(len(sequence))]
    return rows


def read(network: Network, parameters: Parameters, batch: Batch) -> Tensor:
    """What the stack reads, [N, features]."""
    dtype = parameters["output.bias"].dtype
    if network.input.kind == "features":
        return batch.features.to(dtype)
    if not network.input.embedding:
        hot = torch.zeros(sum(batch.lengths), network.input.size, dtype=dtype)
        for row, indexes in enumerate(read_ids(network, batch)):
            hot[row, indexes] = 1
        return hot
    weight = parameters["embedding.weight"]
    if network.input.kind == "multihot":
        return torch.stack([weight[indexes].sum(dim=0) for indexes in read_ids(network, batch)])
    embedded = weight[torch.tensor(read_ids(network, batch))]
    if network.input.characters:
        vectors = word_vectors(network.input.characters, parameters, batch.spelling)
        # Beyond the ends of a sequence there is no word.
        vectors = torch.cat([vectors, torch.zeros_like(vectors[:1])])
        places = windows(batch.words, network.input.window, len(batch.spelling))
        embedded = torch.cat([embedded, vectors[torch.tensor(places)]], dim=2)
    return embedded.flatten(start_dim=1)


def touched_rows(network: Network, batch: Batch) -> dict[str, Tensor]:
    """Rows of each embedding that a batch reads."""
    read = {"embedding.weight": read_ids(network, batch), "characters.embedding.weight": batch.spelling}
    if network.decoder and network.decoder.embedding:
        read["decoder.embedding.weight"] = read_symbols(batch.classes, batch.target_lengths)
    return {
        name: torch.tensor(sorted({row for step in steps for row in step}), dtype=torch.long)
        for name, steps in read.items()
    }


def pool(
    network: Network, parameters: Parameters, output: Tensor, final: Tensor, lengths: list[int]
) -> Tensor:
    """Output [T, B, A] and final h [L*D, B, H] → [B, A]."""
    if network.pooling == "last":
        return torch.cat(list(final[-network.stack.directions :]), dim=1)
    pooled = []
    for index, length in enumerate(lengths):
        steps = output[:length, index]
        if network.pooling == "mean":
            pooled.append(steps.mean(dim=0))
        elif network.pooling == "max":
            pooled.append(steps.max(dim=0).values)
        else:
            keys = torch.tanh(steps @ parameters["attention.weight"].T + parameters["attention.bias"])
            pooled.append(torch.softmax(keys @ parameters["attention.context"], dim=0) @ steps)
    return torch.stack(pooled)


def shown(network: Network, parameters: Parameters, batch: Batch) -> list[Tensor]:
    """What the decoder reads at the steps of each target."""
    if not network.decoder.embedding:
        return read_values(batch.values.to(parameters["output.bias"].dtype), batch.target_lengths)
    weight = parameters["decoder.embedding.weight"]
    return [weight[symbols] for symbols in read_symbols(batch.classes, batch.target_lengths)]


def written(
    network: Network, parameters: Parameters, batch: Batch, output: Tensor, final: State, writer: Writer
) -> Tensor:
    """The encoder's output [T, B, A] and final state [L*D, B, H] → what the head reads at the steps of all targets."""
    memories = [output[:length, index] for index, length in enumerate(batch.lengths)]
    top = [part[-network.stack.directions :] for part in final]
    finals = [torch.cat([part[:, index].flatten() for part in top]) for index in range(len(memories))]
    return writer(network.decoder, parameters, shown(network, parameters, batch), memories, finals)


def forward(network: Network, parameters: Parameters, batch: Batch, writer: Writer = write_all) -> Tensor:
    """Before softmax or sigmoid: [N, O], with pooling [B, O], with a decoder a row for each step of the targets."""
    x = pad(read(network, parameters, batch), batch.lengths)
    recurrent = {
        name.removeprefix(network.prefix): values
        for name, values in parameters.items()
        if name.startswith(network.prefix)
    }
    zero = tuple(part.to(x.dtype) for part in network.stack.zero_state(len(batch.lengths)))
    output, final = run(network.stack, recurrent, x, torch.tensor(batch.lengths), zero)
    if network.decoder:
        seen = written(network, parameters, batch, output, final, writer)
    elif network.pooling == "none":
        seen = unpad(output, batch.lengths)
    else:
        seen = pool(network, parameters, output, final[0], batch.lengths)
    return seen @ parameters["output.weight"].T + parameters["output.bias"]


def alignable(batch: Batch) -> list[bool]:
    """Whether there are steps for all labels of a target, and for a blank between two that are equal."""
    answers, start = [], 0
    for steps, size in zip(batch.lengths, batch.target_lengths, strict=True):
        labels = batch.classes[start : start + size]
        repeats = sum(a == b for a, b in zip(labels, labels[1:], strict=False))
        answers.append(size + repeats <= steps)
        start += size
    return answers


def activate(network: Network, scores: Tensor) -> Tensor:
    """What `evaluate` returns: probabilities, or values as they are."""
    if network.output == "classes":
        return torch.softmax(scores, dim=1)
    return torch.sigmoid(scores) if network.output == "multihot" else scores


def loss_sum(network: Network, scores: Tensor, batch: Batch) -> tuple[Tensor, int]:
    """Sum over the counted steps or sequences, and how many there are."""
    if network.ctc:
        lengths = torch.tensor(batch.lengths), torch.tensor(batch.target_lengths)
        padded = pad(log_softmax(scores, dim=1), batch.lengths)
        losses = ctc_loss(padded, torch.tensor(batch.classes), *lengths, reduction="none", zero_infinity=True)
        return losses.sum(), sum(alignable(batch))
    if network.output == "classes":
        classes = batch.classes
        if network.decoder:
            symbols = emitted_symbols(classes, batch.target_lengths)
            classes = [symbol for target in symbols for symbol in target]
        targets = torch.tensor(classes)
        total = cross_entropy(scores, targets, ignore_index=-1, reduction="sum")
        return total, int((targets >= 0).sum())
    targets = batch.values.to(scores.dtype)
    if network.output == "multihot":
        return binary_cross_entropy_with_logits(scores, targets, reduction="sum"), len(targets)
    return 0.5 * (scores - targets).square().sum(), len(targets)
