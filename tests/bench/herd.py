#!/usr/bin/python3
"""Starts many at once against a bucket of 40 calls a second and says when their commands ran.

tests/bench/herd.py [--starts N] [--pages N] [--runs N] [--request-ms N] [--program FILE]; ends with status 1 if a
start failed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from server import Server, path_of

RATE = 40
ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "build-static" / "x86_64" / "ssm-exec"


@dataclass(frozen=True)
class Herd:
    starting_s: float
    """In which all were started."""
    median_s: float
    """When half of the commands had run."""
    last_s: float
    failures: int
    calls: int
    throttled: int


def run_herd(server: Server, program: Path, starts: int, pages: int, timeout_s: int) -> Herd:
    environment = {
        "PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "AWS_ENDPOINT_URL": server.url, "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "AKIABENCH", "AWS_SECRET_ACCESS_KEY": "secret",
    }
    command = [str(program), "--timeout", f"{timeout_s}s", path_of(10 * pages), "--", "/bin/true"]
    server.reset()
    began = time.monotonic()
    # Not by subprocess, which collects the ends of processes on its own.
    silent = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 2)]
    running = {os.posix_spawn(command[0], command, environment, file_actions=silent) for _ in range(starts)}
    starting_s = time.monotonic() - began
    failures = 0
    ends = []
    while running:
        pid, status = os.wait()
        running.remove(pid)
        ends.append(time.monotonic() - began)
        failures += status != 0
    counts = server.counts()
    return Herd(starting_s, statistics.median_low(ends), ends[-1], failures, len(counts.requests), counts.throttled)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--starts", type=int, default=200)
    parser.add_argument("--pages", type=int, default=1)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--request-ms", type=float, default=0)
    parser.add_argument("--timeout", type=int, default=60, metavar="SECONDS")
    parser.add_argument("--program", type=Path, default=STATIC)
    arguments = parser.parse_args()
    least = arguments.starts * arguments.pages
    ideal_s = max(0.0, (least - RATE) / RATE)
    herds = []
    print(f"{arguments.starts} starts, {arguments.pages} call(s) each; the bucket needs {ideal_s:.1f} s for all")
    with Server(rate=RATE, threads=arguments.starts + 16, request_ms=arguments.request_ms) as server:
        for _ in range(arguments.runs):
            herd = run_herd(server, arguments.program, arguments.starts, arguments.pages, arguments.timeout)
            herds.append(herd)
            print(
                f"started within {herd.starting_s:.2f} s: the median command ran after {herd.median_s:.2f} s, the last "
                f"after {herd.last_s:.2f} s; {herd.calls} calls, {herd.throttled} of them throttled; {herd.failures} failed",
                flush=True,
            )
    middle = [statistics.median(column) for column in zip(*((h.median_s, h.last_s, h.calls) for h in herds))]
    print("medians of {}: the median {:.2f} s, the last {:.2f} s, {:.0f} calls".format(len(herds), *middle))
    return 1 if any(herd.failures for herd in herds) else 0


if __name__ == "__main__":
    sys.exit(main())
