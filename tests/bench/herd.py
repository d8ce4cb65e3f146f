#!/usr/bin/python3
"""Starts many at once against a bucket of 40 calls a second and says when the last one's command ran.

tests/bench/herd.py [--starts N] [--pages N] [--program FILE]; ends with status 1 if a start failed.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from pathlib import Path

from server import Server, path_of

RATE = 40
ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "build-static" / "x86_64" / "ssm-exec"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--starts", type=int, default=200)
    parser.add_argument("--pages", type=int, default=1)
    parser.add_argument("--program", type=Path, default=STATIC)
    arguments = parser.parse_args()
    least = arguments.starts * arguments.pages
    ideal_s = (least - RATE) / RATE
    with Server(rate=RATE, threads=arguments.starts + 16) as server:
        environment = {
            "PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "AWS_ENDPOINT_URL": server.url, "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "AKIABENCH", "AWS_SECRET_ACCESS_KEY": "secret",
        }
        command = [str(arguments.program), path_of(10 * arguments.pages), "--", "/bin/true"]
        server.reset()
        began = time.monotonic()
        # Not by subprocess, which collects the ends of processes on its own.
        silent = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 2)]
        running = {
            os.posix_spawn(command[0], command, environment, file_actions=silent) for _ in range(arguments.starts)
        }
        started_s = time.monotonic() - began
        failures = 0
        while running:
            pid, status = os.wait()
            running.remove(pid)
            failures += status != 0
        took_s = time.monotonic() - began
        counts = server.counts()
    calls = len(counts.requests)
    seconds = Counter(int(at - began) for at in counts.requests)
    print(
        f"{arguments.starts} starts ({started_s:.1f} s to start them), {arguments.pages} call(s) each: {failures} failed; "
        f"the last command ran after {took_s:.1f} s = {took_s / ideal_s:.2f} x the ideal {ideal_s:.1f} s; "
        f"{calls} calls = {calls / least:.2f} x the least, {counts.throttled} of them throttled, "
        f"{counts.connections} connections"
    )
    print("calls in each second:", *(seconds[second] for second in range(max(seconds) + 1)))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
