"""JAX's side of the comparison: python jax_peer.py THREADS"""

import os
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

# XLA takes as many threads as there are processors that the process may use.
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(sys.argv[1])])
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
from jax import Array, lax, nn, random  # noqa: E402
from line_server import Step, serve_steps  # noqa: E402

GATES = {"rnn": 1, "gru": 3, "lstm": 4}
Weights = dict[str, Array]


def rnn_cell(w: Weights, h: Array, gates: Array) -> tuple[Array, Array]:
    h = jnp.tanh(gates + h @ w["hh"])
    return h, h


def gru_cell(w: Weights, h: Array, gates: Array) -> tuple[Array, Array]:
    hidden = h.shape[-1]
    recurrent = h @ w["hh"]
    r, z = jnp.split(nn.sigmoid(gates[:, : 2 * hidden] + recurrent[:, : 2 * hidden]), 2, axis=-1)
    n = jnp.tanh(gates[:, 2 * hidden :] + r * (recurrent[:, 2 * hidden :] + w["bias_hn"]))
    h = (1 - z) * n + z * h
    return h, h


def lstm_cell(w: Weights, state: tuple[Array, Array], gates: Array) -> tuple[tuple[Array, Array], Array]:
    h, c = state
    i, f, g, o = jnp.split(gates + h @ w["hh"], 4, axis=-1)
    c = nn.sigmoid(f) * c + nn.sigmoid(i) * jnp.tanh(g)
    h = nn.sigmoid(o) * jnp.tanh(c)
    return (h, c), h


CELLS: dict[str, Callable] = {"rnn": rnn_cell, "gru": gru_cell, "lstm": lstm_cell}


def scanned(cell: str, directions: list[Weights], x: Array) -> Array:
    """The product with the input is one for all steps; the scan has the recurrent one."""

    def one(w: Weights, reverse: bool) -> Array:
        zeros = jnp.zeros((x.shape[1], w["hh"].shape[0]))
        state = (zeros, zeros) if cell == "lstm" else zeros
        return lax.scan(partial(CELLS[cell], w), state, x @ w["ih"] + w["bias"], reverse=reverse)[1]

    return jnp.concatenate([one(w, reverse=i == 1) for i, w in enumerate(directions)], axis=-1)


def layer(request: dict[str, Any]) -> Step:
    shape, cell = request["shape"], request["cell"]
    hidden, gates = shape["hidden"], GATES[cell] * shape["hidden"]
    keys = iter(random.split(random.key(1), 16))

    def uniform(*sizes: int) -> Array:
        return random.uniform(next(keys), sizes, minval=-(hidden**-0.5), maxval=hidden**-0.5)

    def direction() -> Weights:
        extra = {"bias_hn": uniform(hidden)} if cell == "gru" else {}
        return {"ih": uniform(shape["input"], gates), "hh": uniform(hidden, gates), "bias": uniform(gates), **extra}

    weights = [direction() for _ in range(2 if shape.get("bidirectional", False) else 1)]
    x = random.normal(next(keys), (shape["steps"], shape["batch"], shape["input"]))
    forward = partial(scanned, cell)
    if request["mode"] == "infer":
        infer = jax.jit(forward)
        return lambda: jax.block_until_ready(infer(weights, x))

    versions = [weights, jax.tree.map(lambda values: values * 1.001, weights)]
    d_output = random.normal(next(keys), (shape["steps"], shape["batch"], hidden * len(weights)))
    gradients = jax.jit(jax.value_and_grad(lambda weights, x: (forward(weights, x) * d_output).sum(), argnums=(0, 1)))
    count = 0

    def step() -> object:
        nonlocal count
        count += 1
        return jax.block_until_ready(gradients(versions[count % 2], x))

    return step


serve_steps(lambda: {"name": f"JAX {jax.__version__}", "detail": "XLA, jit of lax.scan"}, {"layer": layer})
