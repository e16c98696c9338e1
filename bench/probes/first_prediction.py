"""From the start of a process to its first prediction in PyTorch: an LSTM is read from a file and reads 20 steps. Prints one JSON line.

    python first_prediction.py write|predict FOLDER
"""

import json
import sys
from pathlib import Path

import torch
from torch import nn

action, folder = sys.argv[1:]
file = Path(folder) / "model.pt"
layer, output = nn.LSTM(64, 128), nn.Linear(128, 1)
model = nn.ModuleList([layer, output])
size = 0
if action == "write":
    torch.save(model.state_dict(), file)
else:
    model.load_state_dict(torch.load(file))
    with torch.inference_mode():
        size = output(layer(torch.full((20, 1, 64), 0.5))[0][-1]).numel()
print(json.dumps({"size": size}))
