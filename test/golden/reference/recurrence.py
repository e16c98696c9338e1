"""A stack of recurrent layers, twice: a plain loop over the steps, and PyTorch's own modules.

Names and layouts of the parameters are those of the public contract: PyTorch's, with b_ih + b_hh summed
into `bias`; a GRU that resets after the product keeps its candidate's recurrent bias as `bias_hn`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

Parameters = dict[str, Tensor]
State = tuple[Tensor, ...]  # (h,) or, for an LSTM, (h, c): h [L*D, B, P], c [L*D, B, H]

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "identity": lambda values: values,
}
GATES = {"rnn": 1, "gru": 3, "lstm": 4, "mingru": 2}


@dataclass(frozen=True)
class Stack:
    cell: str
    input: int
    hidden: int
    layers: int = 1
    bidirectional: bool = False
    activation: str = "tanh"
    reset: str = "after"
    peepholes: bool = False
    projection: int = 0
    layer_norm: bool = False

    @property
    def directions(self) -> int:
        return 2 if self.bidirectional else 1

    @property
    def features(self) -> int:
        """Size of one step's output."""
        return self.directions * self.state

    @property
    def state(self) -> int:
        """P, size of h: H, or that of a projection."""
        return self.projection or self.hidden

    @property
    def states(self) -> int:
        """Arrays that make up the state: h, and c for an LSTM."""
        return 2 if self.cell == "lstm" else 1

    @property
    def resets_after(self) -> bool:
        return self.cell == "gru" and self.reset == "after"

    def places(self) -> list[tuple[int, str]]:
        """Layer and name suffix of every direction, in the order of the state."""
        suffixes = ["", "_reverse"][: self.directions]
        return [(layer, f"_l{layer}{suffix}") for layer in range(self.layers) for suffix in suffixes]

    def shapes(self) -> dict[str, tuple[int, ...]]:
        shapes: dict[str, tuple[int, ...]] = {}
        rows = GATES[self.cell] * self.hidden
        for layer, place in self.places():
            shapes["weight_ih" + place] = (rows, self.input if layer == 0 else self.features)
            if self.cell != "mingru":
                shapes["weight_hh" + place] = (rows, self.state)
            shapes["bias" + place] = (rows,)
            if self.resets_after:
                shapes["bias_hn" + place] = (self.hidden,)
            if self.peepholes:
                shapes["weight_peephole" + place] = (3 * self.hidden,)
            if self.projection:
                shapes["weight_hr" + place] = (self.projection, self.hidden)
            if self.layer_norm:
                sizes = {"norm_ih": rows, "norm_hh": rows} | ({"norm_c": self.hidden} if self.cell == "lstm" else {})
                for name, size in sizes.items():
                    shapes[name + place] = shapes[name + place + "_bias"] = (size,)
        return shapes

    def has_module(self) -> bool:
        """Whether PyTorch has a module for this cell."""
        if self.cell == "rnn":
            return self.activation in ("tanh", "relu")
        if self.layer_norm:
            return False
        if self.cell == "lstm":
            return not self.peepholes
        return self.resets_after

    def zero_state(self, batch: int) -> State:
        places = self.layers * self.directions
        sizes = (self.state, self.hidden)[: self.states]
        return tuple(torch.zeros((places, batch, size), dtype=torch.float64) for size in sizes)


def normalise(stack: Stack, parameters: Parameters, name: str, place: str, x: Tensor) -> Tensor:
    """Layer norm of x [B, G*H] or [B, H], where there is any; of a GRU's candidate by itself."""
    if not stack.layer_norm:
        return x
    gain, bias = parameters[name + place], parameters[name + place + "_bias"]
    sizes = [2 * stack.hidden, stack.hidden] if stack.cell == "gru" else [x.shape[1]]
    parts = zip(x.split(sizes, dim=1), gain.split(sizes), bias.split(sizes), strict=True)
    return torch.cat([nn.functional.layer_norm(v, v.shape[1:], g, b, eps=1e-5) for v, g, b in parts], dim=1)


def step(stack: Stack, parameters: Parameters, place: str, x: Tensor, state: State) -> State:
    """One step of one direction: x [B, I], state arrays [B, P] and [B, H]."""
    h = state[0]
    from_input = normalise(stack, parameters, "norm_ih", place, x @ parameters["weight_ih" + place].T)
    from_input = from_input + parameters["bias" + place]
    if stack.cell == "mingru":
        z, candidate = from_input.chunk(2, dim=1)
        z = torch.sigmoid(z)
        return ((1 - z) * h + z * candidate,)
    w_hh = parameters["weight_hh" + place]
    if stack.cell == "rnn":
        return (ACTIVATIONS[stack.activation](from_input + h @ w_hh.T),)
    if stack.cell == "lstm":
        from_state = normalise(stack, parameters, "norm_hh", place, h @ w_hh.T)
        i, f, g, o = (from_input + from_state).chunk(4, dim=1)
        if stack.peepholes:
            p_i, p_f, p_o = parameters["weight_peephole" + place].chunk(3)
            i, f = i + p_i * state[1], f + p_f * state[1]
        c = torch.sigmoid(f) * state[1] + torch.sigmoid(i) * torch.tanh(g)
        if stack.peepholes:
            o = o + p_o * c
        out = torch.sigmoid(o) * torch.tanh(normalise(stack, parameters, "norm_c", place, c))
        return out @ parameters["weight_hr" + place].T if stack.projection else out, c
    size = 2 * stack.hidden
    from_state = normalise(stack, parameters, "norm_hh", place, h @ w_hh.T)
    r, z = torch.sigmoid(from_input[:, :size] + from_state[:, :size]).chunk(2, dim=1)
    if stack.resets_after:
        recurrent = r * (from_state[:, size:] + parameters["bias_hn" + place])
    else:
        recurrent = (r * h) @ w_hh[size:].T
    n = torch.tanh(from_input[:, size:] + recurrent)
    return ((1 - z) * n + z * h,)


def run_loop(
    stack: Stack, parameters: Parameters, x: Tensor, lengths: Tensor, initial: State
) -> tuple[Tensor, State]:
    """x [T, B, I] → output [T, B, D*H], final state. Past its length [B] a sequence keeps its state."""
    steps, batch = x.shape[:2]
    final: list[State] = []
    features = x
    for layer in range(stack.layers):
        outputs = []
        for direction in range(stack.directions):
            index = layer * stack.directions + direction
            place = stack.places()[index][1]
            state = tuple(part[index] for part in initial)
            rows: list[Tensor] = [torch.zeros(batch, stack.state, dtype=x.dtype)] * steps
            for t in reversed(range(steps)) if direction else range(steps):
                active = (t < lengths).unsqueeze(1)
                new = step(stack, parameters, place, features[t], state)
                state = tuple(torch.where(active, a, b) for a, b in zip(new, state, strict=True))
                rows[t] = torch.where(active, state[0], torch.zeros_like(state[0]))
            outputs.append(torch.stack(rows))
            final.append(state)
        features = torch.cat(outputs, dim=2)
    return features, tuple(torch.stack(parts) for parts in zip(*final, strict=True))


def make_module(stack: Stack) -> nn.RNNBase:
    sizes = (stack.input, stack.hidden, stack.layers)
    if stack.cell == "rnn":
        return nn.RNN(*sizes, nonlinearity=stack.activation, bidirectional=stack.bidirectional)
    if stack.cell == "gru":
        return nn.GRU(*sizes, bidirectional=stack.bidirectional)
    return nn.LSTM(*sizes, bidirectional=stack.bidirectional, proj_size=stack.projection)


def module_parameters(stack: Stack, parameters: Parameters) -> Parameters:
    """The parameters under PyTorch's names: the whole bias on the input's side, but for bias_hn."""
    converted: Parameters = {}
    for _, place in stack.places():
        bias = parameters["bias" + place]
        recurrent = torch.zeros_like(bias)
        if stack.resets_after:
            recurrent = torch.cat([recurrent[: 2 * stack.hidden], parameters["bias_hn" + place]])
        converted["weight_ih" + place] = parameters["weight_ih" + place]
        converted["weight_hh" + place] = parameters["weight_hh" + place]
        converted["bias_ih" + place] = bias
        converted["bias_hh" + place] = recurrent
        if stack.projection:
            converted["weight_hr" + place] = parameters["weight_hr" + place]
    return converted


def run_module(
    stack: Stack, parameters: Parameters, x: Tensor, lengths: Tensor, initial: State
) -> tuple[Tensor, State]:
    """As `run_loop`, by nn.RNN, nn.GRU or nn.LSTM on packed sequences; every length at least 1."""
    module = make_module(stack).to(x.dtype)
    state = initial if stack.cell == "lstm" else initial[0]
    ragged = not bool((lengths == x.shape[0]).all())
    sequences = pack_padded_sequence(x, lengths, enforce_sorted=False) if ragged else x
    output, final = functional_call(module, module_parameters(stack, parameters), (sequences, state))
    if ragged:
        output = pad_packed_sequence(output, total_length=x.shape[0])[0]
    return output, final if stack.cell == "lstm" else (final,)


def run(
    stack: Stack, parameters: Parameters, x: Tensor, lengths: Tensor, initial: State
) -> tuple[Tensor, State]:
    """PyTorch's module wherever it has one for this cell and these lengths, else the loop."""
    chosen = run_module if stack.has_module() and int(lengths.min()) > 0 else run_loop
    return chosen(stack, parameters, x, lengths, initial)
