"""PyTorch's side of the comparison: python torch_peer.py THREADS"""

import sys
from typing import Any

import torch
from line_server import Maker, Step, serve_steps
from torch_layers import layer
from torch_models import MODELS
from torch_serving import stream

torch.set_num_threads(int(sys.argv[1]))


def seeded(make: Maker) -> Maker:
    def make_seeded(request: dict[str, Any]) -> Step:
        torch.manual_seed(1)
        return make(request)

    return make_seeded


serve_steps(
    lambda: {"name": f"PyTorch {torch.__version__}", "detail": torch.backends.cpu.get_cpu_capability()},
    {
        "layer": seeded(layer),
        "model": seeded(lambda request: MODELS[request["model"]](request["sizes"])),
        "stream": seeded(stream),
    },
)
