"""Training steps: mean loss, clipping by the global norm, one of PyTorch's optimisers.

The embedding is updated lazily: only the rows a batch reads move, and only their moments change. That is
PyTorch's own rule for a dense parameter, undone for all other rows; the count of steps (Adam's bias
correction) is the global one, as in torch.optim.SparseAdam.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn, optim

from .network import Batch, Network, forward, loss_sum, touched_rows
from .recurrence import Parameters


@dataclass(frozen=True)
class Optimizer:
    kind: str  # sgd, rmsprop, adam or adamw
    learning_rate: float
    momentum: float = 0.0
    nesterov: bool = False
    decay: float = 0.99
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0

    def over(self, parameters: list[Tensor]) -> optim.Optimizer:
        rate, decay = self.learning_rate, self.weight_decay
        if self.kind == "sgd":
            return optim.SGD(
                parameters, lr=rate, momentum=self.momentum, nesterov=self.nesterov, weight_decay=decay
            )
        if self.kind == "rmsprop":
            return optim.RMSprop(
                parameters,
                lr=rate,
                alpha=self.decay,
                eps=self.epsilon,
                momentum=self.momentum,
                weight_decay=decay,
            )
        betas = (self.beta1, self.beta2)
        make = {"adam": optim.Adam, "adamw": optim.AdamW}[self.kind]
        return make(parameters, lr=rate, betas=betas, eps=self.epsilon, weight_decay=decay)


@dataclass(frozen=True)
class StepRecord:
    loss: float
    count: int
    gradient_norm: float
    parameters: Parameters


def row_arrays(optimizer: optim.Optimizer, weight: Tensor) -> list[Tensor]:
    """The embedding and the moments that belong to its rows."""
    moments = optimizer.state.get(weight, {}).values()
    return [weight, *(m for m in moments if isinstance(m, Tensor) and m.shape == weight.shape)]


def step_rows(optimizer: optim.Optimizer, weight: Tensor, rows: Tensor) -> None:
    """One step that leaves all but `rows` as they were."""
    others = torch.ones(len(weight), dtype=torch.bool)
    others[rows] = False
    before = [array.detach().clone() for array in row_arrays(optimizer, weight)]
    optimizer.step()
    with torch.no_grad():
        for index, array in enumerate(row_arrays(optimizer, weight)):
            # A moment made by this step was zero before.
            array[others] = before[index][others] if index < len(before) else 0


def train(
    network: Network,
    initial: Parameters,
    optimizer: Optimizer,
    clip_norm: float,
    batches: list[Batch],
    dtype: torch.dtype,
) -> list[StepRecord]:
    parameters = {name: values.clone().to(dtype).requires_grad_() for name, values in initial.items()}
    tables = {name: values for name, values in parameters.items() if name.endswith("embedding.weight")}
    dense = optimizer.over([values for name, values in parameters.items() if name not in tables])
    sparse = {name: optimizer.over([values]) for name, values in tables.items()}
    records = []
    for batch in batches:
        for values in parameters.values():
            values.grad = None
        total, count = loss_sum(network, forward(network, parameters, batch), batch)
        (total / count).backward()
        bound = clip_norm or float("inf")
        norm = nn.utils.clip_grad_norm_(parameters.values(), bound)
        dense.step()
        for name, table in tables.items():
            step_rows(sparse[name], table, touched_rows(network, batch)[name])
        after = {name: values.detach().double().clone() for name, values in parameters.items()}
        records.append(StepRecord(total.item(), count, norm.item(), after))
    return records
