"""check_reasons.py SUMMARY REASONS: each file with lines that no test executes has a reason.

SUMMARY is gcovr's --json-summary; a line of REASONS is a file, white space, and why the lines that are left are left.
"""

import json
import sys
from pathlib import Path


def read_reasons(path: Path) -> dict[str, str]:
    rows = [line.split(maxsplit=1) for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return {row[0]: row[1] for row in rows if len(row) == 2}


def main(summary: str, reasons_path: str) -> int:
    files = json.loads(Path(summary).read_text())["files"]
    incomplete = {file["filename"] for file in files if file["line_covered"] < file["line_total"]}
    reasons = read_reasons(Path(reasons_path))
    for name in sorted(incomplete - reasons.keys()):
        print(f"{name}: some lines are not executed, and {reasons_path} does not say why")
    return 1 if incomplete - reasons.keys() else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
