"""Bytes on disk of a distribution with all that it requires, each once. Prints one JSON line.

    python installed_size.py DISTRIBUTION
"""

import json
import re
import sys
from importlib.metadata import PackageNotFoundError, distribution

seen: set[str] = set()
total = 0


def visit(name: str) -> None:
    global total
    name = re.sub(r"[-_.]+", "-", name).lower()
    if name in seen:
        return
    seen.add(name)
    try:
        found = distribution(name)
    except PackageNotFoundError:
        if len(seen) == 1:
            raise
        return  # required elsewhere only
    for file in found.files or []:
        path = file.locate()
        total += path.stat().st_size if path.is_file() else 0
    for requirement in found.requires or []:
        if "extra ==" not in requirement:
            visit(re.match(r"[\w.-]+", requirement)[0])


visit(sys.argv[1])
print(json.dumps({"bytes": total}))
