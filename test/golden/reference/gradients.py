"""Forward and backward of a stack: what goes in, and all that comes out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from .arrays import Random
from .recurrence import Parameters, Stack, State, run

Runner = Callable[[Stack, Parameters, Tensor, Tensor, State], tuple[Tensor, State]]


@dataclass(frozen=True)
class Problem:
    stack: Stack
    parameters: Parameters
    x: Tensor  # [T, B, I]
    lengths: Tensor  # [B]
    initial: State
    d_output: Tensor  # [T, B, D*H]
    d_final: State


@dataclass(frozen=True)
class Solution:
    output: Tensor
    final: State
    d_input: Tensor
    d_initial: State
    gradients: Parameters

    def arrays(self) -> Iterator[tuple[str, Tensor]]:
        yield "output", self.output
        yield from zip(("h", "c"), self.final, strict=False)
        yield "dInput", self.d_input
        yield from zip(("dh", "dc"), self.d_initial, strict=False)
        yield from self.gradients.items()


def random_parameters(stack: Stack, random: Random) -> Parameters:
    """Weights of about the size of PyTorch's own start, so that gates are neither open nor shut."""
    scale = 0.6 / stack.hidden**0.5
    return {name: random.normal(*shape, scale=scale) for name, shape in stack.shapes().items()}


def random_problem(
    stack: Stack, parameters: Parameters, steps: int, lengths: list[int], stateful: bool, random: Random
) -> Problem:
    """Input and gradients past a sequence's length are numbers too: they must not matter."""
    zero = stack.zero_state(len(lengths))

    def some_state() -> State:
        return tuple(random.normal(*part.shape, scale=0.5) for part in zero) if stateful else zero

    return Problem(
        stack,
        parameters,
        x=random.normal(steps, len(lengths), stack.input),
        lengths=torch.tensor(lengths),
        initial=some_state(),
        d_output=random.normal(steps, len(lengths), stack.features),
        d_final=some_state(),
    )


def solve(problem: Problem, runner: Runner = run, dtype: torch.dtype = torch.float64) -> Solution:
    def leaf(values: Tensor) -> Tensor:
        return values.to(dtype, copy=True).requires_grad_()

    parameters = {name: leaf(values) for name, values in problem.parameters.items()}
    x = leaf(problem.x)
    initial = tuple(leaf(part) for part in problem.initial)
    output, final = runner(problem.stack, parameters, x, problem.lengths, initial)
    towards = [array.to(dtype) for array in (problem.d_output, *problem.d_final)]
    torch.autograd.backward([output, *final], towards)
    return Solution(
        output.detach(),
        tuple(part.detach() for part in final),
        x.grad,
        tuple(part.grad for part in initial),
        {name: values.grad for name, values in parameters.items()},
    )


def largest_error(solution: Solution, reference: Solution) -> float:
    """Over all arrays, relative to the largest absolute value of each."""
    worst = 0.0
    for (_, values), (_, exact) in zip(solution.arrays(), reference.arrays(), strict=True):
        error, scale = float((values - exact).abs().max()), float(exact.abs().max())
        worst = max(worst, error / scale if scale else error)
    return worst
