"""Arrays on their way into a fixture: float32, little-endian, base64 after `f32:`."""

import base64

import torch
from torch import Tensor


class Random:
    """Normal random numbers that float32 holds exactly, as float64 tensors."""

    def __init__(self, seed: int) -> None:
        self.generator = torch.Generator().manual_seed(seed)

    def normal(self, *shape: int, scale: float = 1.0) -> Tensor:
        values = torch.randn(shape, generator=self.generator, dtype=torch.float32) * scale
        return values.double()

    def integers(self, low: int, high: int, *shape: int) -> Tensor:
        """Whole numbers from low up to, not including, high."""
        return torch.randint(low, high, shape, generator=self.generator)


MARK = "f32:"


def encode(values: Tensor) -> str:
    """Rounds to float32: half a unit in its last place is the error of a stored result."""
    array = values.detach().to(torch.float32).contiguous().numpy().astype("<f4")
    return MARK + base64.b64encode(array.tobytes()).decode("ascii")


def is_array(entry: object) -> bool:
    return isinstance(entry, str) and entry.startswith(MARK)


def decode(entry: str) -> Tensor:
    """The numbers, in one row."""
    data = bytearray(base64.b64decode(entry.removeprefix(MARK)))
    return torch.frombuffer(data, dtype=torch.float32).double() if data else torch.zeros(0).double()


def encode_all(tensors: dict[str, Tensor]) -> dict[str, str]:
    return {name: encode(values) for name, values in tensors.items()}
