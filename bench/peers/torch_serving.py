"""One step of an LSTM at a time, as a server that keeps the state would call it."""

from typing import Any

import torch
from line_server import Step
from torch import Tensor, nn


def stream(request: dict[str, Any]) -> Step:
    layer = nn.LSTM(request["input"], request["hidden"]).eval()
    rows = list(torch.randn(16, 1, 1, request["input"]))
    state: tuple[Tensor, Tensor] | None = None
    count = 0

    def step() -> Tensor:
        nonlocal state, count
        count += 1
        with torch.inference_mode():
            output, state = layer(rows[count % len(rows)], state)
        return output

    return step
