import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from skips import pytest_runtest_makereport, pytest_terminal_summary  # noqa: E402, F401
