"""Steps of nn.RNN, nn.GRU and nn.LSTM, in float32 or bfloat16."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from line_server import Step
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

MODULES = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


def layer(request: dict[str, Any]) -> Step:
    shape = request["shape"]
    layer = MODULES[request["cell"]](shape["input"], shape["hidden"], bidirectional=shape.get("bidirectional", False))
    x = torch.randn(shape["steps"], shape["batch"], shape["input"])
    lengths = torch.tensor(request["lengths"]) if request.get("packed") else None
    autocast = bool(request.get("autocast"))
    if request.get("precision") == "bfloat16" and not autocast:
        layer, x = layer.to(torch.bfloat16), x.to(torch.bfloat16)
    make = training_step if request["mode"] == "train" else inference_step
    return make(layer, x, lengths, autocast)


def forward(layer: nn.RNNBase, x: Tensor, lengths: Tensor | None, autocast: bool) -> Tensor:
    context: AbstractContextManager[None] = torch.autocast("cpu", dtype=torch.bfloat16) if autocast else nullcontext()
    with context:
        if lengths is None:
            return layer(x)[0]
        packed, _ = layer(pack_padded_sequence(x, lengths, enforce_sorted=False))
        return pad_packed_sequence(packed, total_length=len(x))[0]


def training_step(layer: nn.RNNBase, x: Tensor, lengths: Tensor | None, autocast: bool) -> Step:
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


def inference_step(layer: nn.RNNBase, x: Tensor, lengths: Tensor | None, autocast: bool) -> Step:
    layer.eval()

    def step() -> Tensor:
        with torch.inference_mode():
            return forward(layer, x, lengths, autocast)

    return step
