"""Random problems for the bare layer, a JSON line each: what goes in, what comes out in float64, and how far
PyTorch's float32 is off.

python cases.py SEED COUNT
"""

import json
import random as choice
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[2] / "test" / "golden"))

from reference.arrays import Random, encode_all
from reference.gradients import Problem, Solution, largest_error, random_parameters, random_problem, solve
from reference.recurrence import Stack
from reference.recurrent_cases import CELLS, cell_options, describe_case, describe_cell

# relu's slope jumps at 0. A sum within float32's error of it has two right gradients, and large problems
# always hold one.
MOST_RELU_UNITS = 20_000


def random_stack(label: str, draw: choice.Random) -> Stack:
    hidden = draw.choice([draw.randint(2, 40), draw.randint(2, 200)])
    return Stack(
        **cell_options(label, projection=draw.randint(1, hidden - 1)),
        input=draw.randint(1, 130),
        hidden=hidden,
        layers=draw.choice([1, 1, 2, 3]),
        bidirectional=draw.choice([True, False]),
    )


def random_case(seed: int) -> tuple[str, Problem, bool]:
    draw = choice.Random(seed)
    label = list(CELLS)[seed % len(CELLS)]
    stack = random_stack(label, draw)
    steps, batch = draw.randint(1, 40), draw.randint(1, 70)
    if label == "rnn-relu":
        units = stack.layers * stack.features * steps
        batch = max(1, min(batch, MOST_RELU_UNITS // units))
    shortest = draw.choice([0, 1])
    ragged = draw.choice([True, False])
    lengths = [draw.randint(shortest, steps) if ragged else steps for _ in range(batch)]
    stateful = draw.choice([True, False])
    numbers = Random(seed)
    parameters = random_parameters(stack, numbers)
    name = f"seed {seed}: {label} T {steps} B {batch} I {stack.input} H {stack.hidden} L {stack.layers}"
    marks = {"both": stack.bidirectional, "ragged": min(lengths) < steps, "state": stateful}
    name = " ".join([name, *(mark for mark, applies in marks.items() if applies)])
    return name, random_problem(stack, parameters, steps, lengths, stateful, numbers), stateful


def describe(name: str, problem: Problem, solution: Solution, stateful: bool) -> dict[str, object]:
    stack = problem.stack
    cell = describe_cell(stack)
    options = {
        "cell": {"kind": cell.pop("cell"), **cell},
        "input": stack.input,
        "hidden": stack.hidden,
        "layers": stack.layers,
        "bidirectional": stack.bidirectional,
    }
    return {
        "options": options,
        "parameters": encode_all(problem.parameters),
        "case": describe_case(name, problem, solution, stateful),
        "float32Error": largest_error(solve(problem, dtype=torch.float32), solution),
    }


def main() -> None:
    first, count = int(sys.argv[1]), int(sys.argv[2])
    for seed in range(first, first + count):
        name, problem, stateful = random_case(seed)
        print(json.dumps(describe(name, problem, solve(problem), stateful)), flush=True)


if __name__ == "__main__":
    main()
