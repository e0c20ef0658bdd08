"""Reads the report of `opa test --coverage` and prints the lines that no test runs."""

import json
import sys

for name, file in sorted(json.load(sys.stdin)["files"].items()):
    for lines in file.get("not_covered", []):
        print(f"{name}:{lines['start']['row']}-{lines['end']['row']}")
