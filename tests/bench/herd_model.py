#!/usr/bin/python3
"""Compares ways to wait after a throttle: N starts at once against a bucket, simulated. docs/herd.md has the outcome."""

from __future__ import annotations

import heapq
import random
import statistics
from collections.abc import Callable

RATE = 40
"""Calls a second, and as many at first."""
ANSWER_S = 0.01
SPREAD_S = 0.4
"""In which 200 processes can be started."""
RUNS = 8

Wait = Callable[[int, random.Random], float]


def backoff(first_s: float, cap_s: float, kept: float) -> Wait:
    """Doubles from first to cap; a share of it is kept, the rest is drawn."""
    return lambda tries, chance: min(cap_s, first_s * 2 ** (tries - 1)) * (kept + (1 - kept) * chance.random())


STRATEGIES = {
    "all drawn, 0.1 s to 5 s": backoff(0.1, 5, 0),
    "all drawn, 1 s to 20 s (the SDKs)": backoff(1, 20, 0),
    "all drawn, 1 s to 5 s": backoff(1, 5, 0),
    "half kept, 0.5 s to 20 s": backoff(0.5, 20, 0.5),
    "half kept, 1 s to 20 s": backoff(1, 20, 0.5),
    "half kept, 1 s to 8 s (ours)": backoff(1, 8, 0.5),
}


def simulate(starts: int, pages: int, wait: Wait, seed: int) -> tuple[float, float]:
    """When the last one has everything, as a multiple of the ideal; calls, as a multiple of the least."""
    chance = random.Random(seed)
    due = [(chance.random() * SPREAD_S * starts / 200, who) for who in range(starts)]
    heapq.heapify(due)
    left, tries = [pages] * starts, [0] * starts
    tokens, filled, end, calls = float(RATE), 0.0, 0.0, 0
    while due:
        now, who = heapq.heappop(due)
        tokens, filled, calls = min(RATE, tokens + (now - filled) * RATE), now, calls + 1
        if tokens < 1:
            tries[who] += 1
            heapq.heappush(due, (now + ANSWER_S + wait(tries[who], chance), who))
            continue
        tokens, tries[who], left[who], end = tokens - 1, 0, left[who] - 1, now
        if left[who] > 0:
            heapq.heappush(due, (now + ANSWER_S, who))
    return end / ((starts * pages - RATE) / RATE), calls / (starts * pages)


def main() -> None:
    herds = ((50, 1), (200, 1), (200, 3), (1000, 1))
    print("| a wait | " + " | ".join(f"{starts} starts, {pages} call(s) each" for starts, pages in herds) + " |")
    print("| --- |" + " --- |" * len(herds))
    for name, wait in STRATEGIES.items():
        cells = []
        for starts, pages in herds:
            runs = [simulate(starts, pages, wait, seed) for seed in range(RUNS)]
            cells.append(f"{statistics.mean(run[0] for run in runs):.2f}, {statistics.mean(run[1] for run in runs):.2f}")
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
