"""Answers JSON lines on standard input, one line each, by the function that `do` names."""

import json
import sys
from collections.abc import Callable
from typing import Any

Handler = Callable[[dict[str, Any]], dict[str, Any]]


def serve(handlers: dict[str, Handler]) -> None:
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = handlers[request.pop("do")](request)
        except (RuntimeError, ValueError, MemoryError) as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)
