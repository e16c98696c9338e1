"""The stack that writes the output of an encoder–decoder, shown the right answers: a loop over sentences and steps."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention
from torch.nn.utils.rnn import pad_sequence

from .recurrence import Parameters, Stack, State, run_module, step

BOUNDARY = 0


@dataclass(frozen=True)
class Decoder:
    stack: Stack  # reads the last symbol's embedding or the last values, and with bahdanau the context behind them
    attention: str  # none, bahdanau or luong
    embedding: int = 0  # of the symbols it reads; 0: it reads values

    def shapes(self, encoder: Stack, outputs: int) -> dict[str, tuple[int, ...]]:
        hidden, width = self.stack.hidden, encoder.features
        states = self.stack.states * self.stack.layers * hidden
        shapes: dict[str, tuple[int, ...]] = {}
        if self.embedding:
            shapes["decoder.embedding.weight"] = (outputs, self.embedding)
        shapes |= {
            "decoder.initial.weight": (states, encoder.states * width),
            "decoder.initial.bias": (states,),
        }
        shapes |= {f"decoder.{name}": shape for name, shape in self.stack.shapes().items()}
        if self.attention == "none":
            return shapes
        shapes["attention.weight"] = (hidden, width)
        if self.attention == "bahdanau":
            shapes |= {
                "attention.bias": (hidden,),
                "attention.query": (hidden, hidden),
                "attention.context": (hidden,),
            }
        return shapes | {
            "attention.output.weight": (hidden, width + hidden),
            "attention.output.bias": (hidden,),
        }

    def recurrent(self, parameters: Parameters) -> Parameters:
        return {name: parameters[f"decoder.{name}"] for name in self.stack.shapes()}


def split(targets: list[int], lengths: list[int]) -> list[list[int]]:
    """Symbols of one target after the other → one list each."""
    ends = [sum(lengths[: index + 1]) for index in range(len(lengths))]
    return [targets[end - length : end] for end, length in zip(ends, lengths, strict=True)]


def read_symbols(targets: list[int], lengths: list[int]) -> list[list[int]]:
    """What it reads: the boundary, then each symbol."""
    return [[BOUNDARY, *symbols] for symbols in split(targets, lengths)]


def emitted_symbols(targets: list[int], lengths: list[int]) -> list[list[int]]:
    """What it is to emit: each symbol, then the boundary."""
    return [[*symbols, BOUNDARY] for symbols in split(targets, lengths)]


def read_values(targets: Tensor, lengths: list[int]) -> list[Tensor]:
    """Of each target [U, O]: a row of zeros, then all rows but the last."""
    return [torch.cat([torch.zeros_like(rows[:1]), rows[:-1]]) for rows in targets.split(lengths)]


def first_states(decoder: Decoder, parameters: Parameters, final: Tensor) -> list[State]:
    """From the encoder's final state [K] that of each layer: h = tanh(W f + b), and c = W f + b where there is one."""
    stack = decoder.stack
    rows = parameters["decoder.initial.weight"] @ final + parameters["decoder.initial.bias"]
    h, *c = rows.view(stack.states, stack.layers, stack.hidden)
    return list(zip(torch.tanh(h), *c, strict=True))


def look(decoder: Decoder, parameters: Parameters, s: Tensor, memory: Tensor) -> Tensor:
    """The context of s [Hd]: a mean of the encoder's outputs [Tx, A], weighted by how well they fit."""
    if len(memory) == 0:
        return torch.zeros_like(memory).sum(dim=0)
    keys = memory @ parameters["attention.weight"].T
    if decoder.attention == "luong":
        scores = keys @ s
    else:
        query = parameters["attention.query"] @ s
        scores = torch.tanh(query + keys + parameters["attention.bias"]) @ parameters["attention.context"]
    return torch.softmax(scores, dim=0) @ memory


def attended(parameters: Parameters, context: Tensor, s: Tensor) -> Tensor:
    joined = torch.cat([context, s], dim=-1)
    return torch.tanh(joined @ parameters["attention.output.weight"].T + parameters["attention.output.bias"])


def write(
    decoder: Decoder, parameters: Parameters, reads: Tensor, memory: Tensor, final: Tensor
) -> list[Tensor]:
    """One sentence: what is read [U, E], the encoder's outputs [Tx, A] and final state [K] → r of each step [Hd]."""
    recurrent = decoder.recurrent(parameters)
    states = first_states(decoder, parameters, final)
    results = []
    for x in reads:
        context = None
        if decoder.attention == "bahdanau":
            context = look(decoder, parameters, states[-1][0], memory)
            x = torch.cat([x, context])
        for layer, state in enumerate(states):
            new = step(decoder.stack, recurrent, f"_l{layer}", x[None], tuple(part[None] for part in state))
            states[layer] = tuple(part[0] for part in new)
            x = states[layer][0]
        if decoder.attention == "luong":
            context = look(decoder, parameters, x, memory)
        results.append(x if context is None else attended(parameters, context, x))
    return results


def write_all(
    decoder: Decoder, parameters: Parameters, reads: list[Tensor], memories: list[Tensor], finals: list[Tensor]
) -> Tensor:
    """All sentences, [R, Hd]: the steps of one after those of the other."""
    sentences = zip(reads, memories, finals, strict=True)
    return torch.stack([r for sentence in sentences for r in write(decoder, parameters, *sentence)])


def has_modules(decoder: Decoder, reads: list[Tensor]) -> bool:
    """Whether PyTorch's own parts can do the same: no context in the recurrence, and no empty sequence."""
    shown = min(len(rows) for rows in reads) > 0
    return shown and decoder.stack.has_module() and decoder.attention != "bahdanau"


def write_all_by_modules(
    decoder: Decoder, parameters: Parameters, reads: list[Tensor], memories: list[Tensor], finals: list[Tensor]
) -> Tensor:
    """As `write_all`, by nn.RNN, nn.GRU or nn.LSTM over all steps and PyTorch's attention."""
    firsts = [first_states(decoder, parameters, final) for final in finals]
    initial = tuple(
        torch.stack([torch.stack([layer[part] for layer in states]) for states in firsts], dim=1)
        for part in range(decoder.stack.states)
    )
    lengths = torch.tensor([len(rows) for rows in reads])
    output, _ = run_module(decoder.stack, decoder.recurrent(parameters), pad_sequence(reads), lengths, initial)
    results = []
    for index, memory in enumerate(memories):
        s = output[: lengths[index], index]
        if decoder.attention == "none":
            results.append(s)
            continue
        context = torch.zeros(len(s), memory.shape[1], dtype=s.dtype)
        if len(memory) > 0:
            keys = memory @ parameters["attention.weight"].T
            context = scaled_dot_product_attention(s[None], keys[None], memory[None], scale=1.0)[0]
        results.append(attended(parameters, context, s))
    return torch.cat(results)
