"""One side of the comparison: answers JSON lines on standard input, as harness/step-server.mjs does."""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

Step = Callable[[], object]
Maker = Callable[[dict[str, Any]], Step]

LONG_STEP = 500  # ms; where the first step takes longer, one more is enough for a turn


def serve_steps(describe: Callable[[], dict[str, Any]], makers: dict[str, Maker]) -> None:
    """`prepare` makes the step of a task, `run` times it. A step may have a `warm` that stands in for a long first one."""
    step: Step | None = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            action = request.pop("do")
            if action == "describe":
                answer = describe()
            elif action == "prepare":
                step = None
                task = request.pop("task")
                if task not in makers:
                    raise ValueError(f"does not run {task}")
                step = makers[task](request)
                answer = {}
            else:
                answer = time_steps(step, **request)
        except Exception as error:  # whatever a library throws is this side's answer
            answer = {"error": (str(error) or type(error).__name__).split("\n")[0]}
        print(json.dumps(answer), flush=True)


def time_steps(step: Step, seconds: float, least: int, most: int, limit: float) -> dict[str, Any]:
    """The first step is not counted. Where it takes longer than `limit` ms there is one more, and no further turn."""

    def timed(work: Step) -> float:
        begin = time.perf_counter()
        work()
        return 1000 * (time.perf_counter() - begin)

    first = timed(getattr(step, "warm", step))
    if first > limit:
        return {"milliseconds": [timed(step)], "once": True}
    enough = 1 if first > LONG_STEP else least
    milliseconds: list[float] = []
    end = time.perf_counter() + seconds
    while len(milliseconds) < enough or (len(milliseconds) < most and time.perf_counter() < end):
        milliseconds.append(timed(step))
    return {"milliseconds": milliseconds}
