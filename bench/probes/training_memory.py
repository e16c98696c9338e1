"""Peak memory of a process that trains the tagger in PyTorch. Prints one JSON line, in MB.

    python training_memory.py FILE EPOCHS THREADS
"""

import json
import resource
import sys
from pathlib import Path


def peak() -> float:
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


at_start = peak()
sys.path.insert(0, str(Path(__file__).parent.parent / "peers"))

import torch  # noqa: E402
from torch_training import tagger  # noqa: E402

file, epochs, threads = sys.argv[1:]
torch.set_num_threads(int(threads))
torch.manual_seed(1)
epoch = tagger({"file": file, "embedding": 100, "hidden": 100, "batch": 16})
loaded = peak()
for _ in range(int(epochs)):
    epoch()
print(json.dumps({"atStart": at_start, "loaded": loaded, "peak": peak()}))
