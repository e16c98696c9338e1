"""Steps of nn.RNN, nn.GRU and nn.LSTM, and of a minGRU of plain operations, in float32 or bfloat16."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from line_server import Step
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

MODULES = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


def by_loop(keep: Tensor, add: Tensor) -> Tensor:
    """h_t = keep_t h_(t-1) + add_t over the first dimension, step by step."""
    h = torch.zeros_like(add[0])
    states = []
    for kept, added in zip(keep.unbind(), add.unbind(), strict=True):
        h = torch.addcmul(added, kept, h)
        states.append(h)
    return torch.stack(states)


def by_scan(keep: Tensor, add: Tensor) -> Tensor:
    """The same by doubling: after k rounds each step has what 2^k steps before it leave. A sum of logarithms, one `cumsum`, would lose
    digits: over 1000 steps it comes to hundreds, and float32 keeps seven."""
    distance = 1
    while distance < len(add):
        add = torch.cat([add[:distance], torch.addcmul(add[distance:], keep[distance:], add[:-distance])])
        keep = torch.cat([keep[:distance], keep[distance:] * keep[:-distance]])
        distance *= 2
    return add


RECURRENCES = {"loop": by_loop, "scan": by_scan}


class MinGru(nn.Module):
    """h_t = (1 - z_t) h_(t-1) + z_t c_t: one product for all steps, then the recurrence."""

    def __init__(
        self, input: int, hidden: int, bidirectional: bool, recurrence: Callable[[Tensor, Tensor], Tensor]
    ) -> None:
        super().__init__()
        self.recurrence = recurrence
        directions = 2 if bidirectional else 1
        bound = hidden**-0.5
        self.weights = nn.ParameterList(torch.empty(2 * hidden, input).uniform_(-bound, bound) for _ in range(directions))
        self.biases = nn.ParameterList(torch.zeros(2 * hidden) for _ in range(directions))

    def direction(self, x: Tensor, index: int) -> Tensor:
        gate, candidate = nn.functional.linear(x, self.weights[index], self.biases[index]).chunk(2, dim=-1)
        z = torch.sigmoid(gate)
        return self.recurrence(1 - z, z * candidate)

    def forward(self, x: Tensor) -> tuple[Tensor, None]:
        outputs = [self.direction(x, 0)]
        if len(self.weights) > 1:
            outputs.append(self.direction(x.flip(0), 1).flip(0))
        return torch.cat(outputs, dim=-1) if len(outputs) > 1 else outputs[0], None


def layer(request: dict[str, Any]) -> Step:
    shape = request["shape"]
    sizes, both = (shape["input"], shape["hidden"]), shape.get("bidirectional", False)
    if request["cell"] == "mingru":
        layer = MinGru(*sizes, bidirectional=both, recurrence=RECURRENCES[request["recurrence"]])
    else:
        layer = MODULES[request["cell"]](*sizes, bidirectional=both)
    x = torch.randn(shape["steps"], shape["batch"], shape["input"])
    lengths = torch.tensor(request["lengths"]) if request.get("packed") else None
    autocast = bool(request.get("autocast"))
    if request.get("precision") == "bfloat16" and not autocast:
        layer, x = layer.to(torch.bfloat16), x.to(torch.bfloat16)
    make = training_step if request["mode"] == "train" else inference_step
    return make(layer, x, lengths, autocast)


def forward(layer: nn.Module, x: Tensor, lengths: Tensor | None, autocast: bool) -> Tensor:
    context: AbstractContextManager[None] = torch.autocast("cpu", dtype=torch.bfloat16) if autocast else nullcontext()
    with context:
        if lengths is None:
            return layer(x)[0]
        packed, _ = layer(pack_padded_sequence(x, lengths, enforce_sorted=False))
        return pad_packed_sequence(packed, total_length=len(x))[0]


def training_step(layer: nn.Module, x: Tensor, lengths: Tensor | None, autocast: bool) -> Step:
    """Change the weights in place, forward, backward with dx and all dW."""
    weights = [values for name, values in layer.named_parameters() if name.startswith("weight")]
    versions = [[values.detach().clone(), values.detach() * 1.001] for values in weights]
    x.requires_grad_()
    with torch.no_grad():
        d_output = torch.randn_like(forward(layer, x, lengths, autocast))
    count = 0

    def step() -> None:
        nonlocal count
        count += 1
        with torch.no_grad():
            for values, version in zip(weights, versions, strict=True):
                values.copy_(version[count % 2])
        layer.zero_grad()
        x.grad = None
        forward(layer, x, lengths, autocast).backward(d_output)

    return step


def inference_step(layer: nn.Module, x: Tensor, lengths: Tensor | None, autocast: bool) -> Step:
    layer.eval()

    def step() -> Tensor:
        with torch.inference_mode():
            return forward(layer, x, lengths, autocast)

    return step
