"""The bare layer: every cell, depth and direction, with and without lengths and state."""

from dataclasses import dataclass

from torch import Tensor

from .arrays import Random, encode, encode_all
from .gradients import Problem, Solution, largest_error, random_parameters, random_problem, solve
from .recurrence import Stack, State, run_loop

# What a projection's size is, `cell_options` is told.
CELLS: dict[str, dict[str, str | bool]] = {
    "rnn-tanh": {"cell": "rnn", "activation": "tanh"},
    "rnn-relu": {"cell": "rnn", "activation": "relu"},
    "rnn-sigmoid": {"cell": "rnn", "activation": "sigmoid"},
    "rnn-identity": {"cell": "rnn", "activation": "identity"},
    "gru-after": {"cell": "gru", "reset": "after"},
    "gru-before": {"cell": "gru", "reset": "before"},
    "lstm": {"cell": "lstm"},
    "lstm-projection": {"cell": "lstm", "projection": True},
    "lstm-peepholes": {"cell": "lstm", "peepholes": True},
    "lstm-peepholes-projection": {"cell": "lstm", "peepholes": True, "projection": True},
    "mingru": {"cell": "mingru"},
    "lstm-layer-norm": {"cell": "lstm", "layer_norm": True},
    "lstm-all": {"cell": "lstm", "peepholes": True, "projection": True, "layer_norm": True},
    "gru-layer-norm": {"cell": "gru", "reset": "after", "layer_norm": True},
}
WITH_FEWER_SHAPES = (
    "lstm-projection",
    "lstm-peepholes",
    "lstm-peepholes-projection",
    "lstm-layer-norm",
    "lstm-all",
    "gru-layer-norm",
)
MODULE_AND_LOOP = 1e-12  # how far float64 may put them apart


@dataclass(frozen=True)
class Shape:
    label: str
    input: int
    hidden: int
    layers: int
    bidirectional: bool
    steps: int
    lengths: tuple[tuple[int, ...], ...]
    stateful: tuple[bool, ...] = (False, True)


def small(layers: int, bidirectional: bool) -> Shape:
    label = f"layers {layers}, {'both directions' if bidirectional else 'one direction'}"
    return Shape(label, 2, 3, layers, bidirectional, steps=4, lengths=((4, 4, 4), (2, 4, 1)))


SHAPES = [
    *(small(layers, bidirectional) for bidirectional in (False, True) for layers in (1, 2, 3)),
    Shape("past the edge of a tile", 10, 21, 1, False, 3, ((3,) * 9, (2, 3, 1, 3, 2, 1, 1, 3, 2)), (True,)),
    Shape("an empty sequence", 2, 3, 2, True, 3, ((2, 0, 3),), (True,)),
]
# Of variants: each depth and direction by itself is tried with the cell they are variants of.
FEWER_SHAPES = [SHAPES[0], SHAPES[4], *SHAPES[6:]]


def named_state(state: State) -> dict[str, Tensor]:
    return dict(zip(("h", "c"), state, strict=False))


def describe_cell(stack: Stack) -> dict[str, object]:
    match stack.cell:
        case "rnn":
            options: dict[str, object] = {"activation": stack.activation}
        case "gru":
            options = {"reset": stack.reset}
        case _:
            options = {}
    if stack.peepholes:
        options["peepholes"] = True
    if stack.projection:
        options["projection"] = stack.projection
    if stack.layer_norm:
        options["layerNorm"] = True
    return {"cell": stack.cell, **options}


def describe_case(name: str, problem: Problem, solution: Solution, stateful: bool) -> dict[str, object]:
    steps, batch = problem.x.shape[:2]
    lengths = problem.lengths.tolist()
    case: dict[str, object] = {"name": name, "steps": steps, "batch": batch}
    if min(lengths) < steps:
        case["lengths"] = lengths
    if stateful:
        case["state"] = encode_all(named_state(problem.initial))
        case["dFinalState"] = encode_all(named_state(problem.d_final))
    return case | {
        "x": encode(problem.x),
        "dOutput": encode(problem.d_output),
        "output": encode(solution.output),
        "finalState": encode_all(named_state(solution.final)),
        "dInput": encode(solution.d_input),
        "dState": encode_all(named_state(solution.d_initial)),
        "gradients": encode_all(solution.gradients),
    }


def make_group(stack: Stack, shape: Shape, seed: int) -> dict[str, object]:
    """Cases that share one set of parameters."""
    random = Random(seed)
    parameters = random_parameters(stack, random)
    cases = []
    for lengths in shape.lengths:
        for stateful in shape.stateful:
            kind = "full" if min(lengths) == shape.steps else "lengths " + " ".join(map(str, lengths))
            name = f"{shape.label}, {kind}{', with state' if stateful else ''}"
            problem = random_problem(stack, parameters, shape.steps, list(lengths), stateful, random)
            solution = solve(problem)
            if largest_error(solve(problem, run_loop), solution) > MODULE_AND_LOOP:
                raise AssertionError(f"{name}: the loop and PyTorch's module differ")
            cases.append(describe_case(name, problem, solution, stateful))
    return {
        **describe_cell(stack),
        "input": stack.input,
        "hidden": stack.hidden,
        "layers": stack.layers,
        "bidirectional": stack.bidirectional,
        "parameters": encode_all(parameters),
        "cases": cases,
    }


def cell_options(label: str, projection: int) -> dict[str, object]:
    """What a `Stack` is told of a cell."""
    options = CELLS[label]
    return {**options, "projection": projection} if "projection" in options else dict(options)


def make_recurrent_fixture(label: str) -> dict[str, object]:
    """All groups of one cell."""
    seed = 1000 * (1 + list(CELLS).index(label))
    groups = []
    for index, shape in enumerate(FEWER_SHAPES if label in WITH_FEWER_SHAPES else SHAPES):
        stack = Stack(
            **cell_options(label, projection=2 * shape.hidden // 3),
            input=shape.input,
            hidden=shape.hidden,
            layers=shape.layers,
            bidirectional=shape.bidirectional,
        )
        groups.append(make_group(stack, shape, seed + index))
    return {"groups": groups}
