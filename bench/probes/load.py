"""What it takes to import a module. Prints one JSON line.

    python load.py MODULE
"""

import importlib
import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
begin = time.perf_counter()
importlib.import_module(sys.argv[1])
print(json.dumps({"milliseconds": 1000 * (time.perf_counter() - begin)}))
