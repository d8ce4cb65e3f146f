"""For every folder of tests: signals as they are by default; what was skipped and why is said last, and where CI=true
nothing may be skipped."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator

import pytest

# Whoever starts the tests may ignore signals (nohup, a background job of a script) or block them, and
# children inherit that. Python itself ignores SIGPIPE and SIGXFSZ, and subprocess sets them back.
for number in signal.valid_signals() - {signal.SIGPIPE, signal.SIGXFSZ}:
    if signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
signal.pthread_sigmask(signal.SIG_SETMASK, ())

IN_CI = os.environ.get("CI") == "true"


def _reason(report: pytest.TestReport) -> str:
    return report.longrepr[2].removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else str(report.longrepr)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    report = (yield).get_result()
    if IN_CI and report.skipped:
        report.outcome, report.longrepr = "failed", f"skipped although CI=true: {_reason(report)}"


def pytest_terminal_summary(terminalreporter) -> None:
    """TESTS_SKIPPED names a file in which tests/run collects what its runs of pytest skip, so that the last one says all."""
    if hasattr(terminalreporter.config, "workerinput"):  # a process of xdist, whose reports the main one has as well
        return
    reasons = [_reason(report) for report in terminalreporter.stats.get("skipped", [])]
    collected = os.environ.get("TESTS_SKIPPED")
    if collected:
        with open(collected, "a+", encoding="utf-8") as file:
            file.writelines(f"{reason}\n" for reason in reasons)
            file.seek(0)
            reasons = file.read().splitlines()
    for reason, count in sorted(Counter(reasons).items()):
        terminalreporter.write_line(f"{count} skipped: {reason}")
