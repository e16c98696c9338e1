"""The network that reads the characters of words: a bidirectional LSTM, whose two final states stand for a word."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .recurrence import Parameters, Stack, run


@dataclass(frozen=True)
class Characters:
    size: int  # vocabulary
    embedding: int
    hidden: int

    @property
    def stack(self) -> Stack:
        return Stack("lstm", self.embedding, self.hidden, bidirectional=True)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        recurrent = {f"characters.recurrent.{name}": shape for name, shape in self.stack.shapes().items()}
        return {"characters.embedding.weight": (self.size, self.embedding)} | recurrent


def word_vectors(characters: Characters, parameters: Parameters, words: list[list[int]]) -> Tensor:
    """Words as ids of their characters → [words, 2*hidden]: h after the last character beside h after the first one."""
    weight = parameters["characters.embedding.weight"]
    recurrent = {
        name.removeprefix("characters.recurrent."): values
        for name, values in parameters.items()
        if name.startswith("characters.recurrent.")
    }
    x = nn.utils.rnn.pad_sequence([weight[torch.tensor(word, dtype=torch.long)] for word in words])
    zero = tuple(part.to(x.dtype) for part in characters.stack.zero_state(len(words)))
    _, final = run(characters.stack, recurrent, x, torch.tensor([len(word) for word in words]), zero)
    return torch.cat(list(final[0]), dim=1)
