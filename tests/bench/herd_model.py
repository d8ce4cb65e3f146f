#!/usr/bin/python3
"""Simulates N starts at the same moment against a bucket of calls, to compare ways to wait after a throttle.

tests/bench/herd_model.py [--rate N] [--capacity N] [--shared N] [--answer-ms N] [--spread-ms N] [--runs N]
docs/herd.md has the outcome.
"""

from __future__ import annotations

import argparse
import heapq
import math
import random
import statistics
from collections.abc import Callable
from dataclasses import dataclass

HERDS = ((50, 1), (100, 1), (200, 1), (1000, 1), (50, 3), (100, 3), (200, 3), (1000, 3))
"""How many starts, and how many pages each reads, one after the other."""


@dataclass(frozen=True)
class Throttle:
    tries: int
    """Of this request, the throttled one included."""
    for_s: float
    """Since this request was throttled first."""
    left_s: float
    """Until the timeout."""
    pages: int
    """That this start has already."""


Wait = Callable[[Throttle, Callable[[], float]], "float | None"]
"""None: gives up."""


@dataclass(frozen=True)
class Strategy:
    wait: Wait
    page_pause_s: float = 0
    """The longest pause before the page after a throttled one."""


def backoff(first_s: float, cap_s: float, kept: float = 0, most_tries: int = 0) -> Wait:
    """Doubles from first to cap; a share of it is kept, the rest is drawn."""

    def wait(throttle: Throttle, chance: Callable[[], float]) -> float | None:
        if throttle.tries == most_tries:
            return None
        return min(cap_s, first_s * 2 ** (throttle.tries - 1)) * (kept + (1 - kept) * chance())

    return wait


def proportional(throttle: Throttle, chance: Callable[[], float]) -> float:
    """Anywhere between now and twice the time since the first throttle."""
    return max(2, throttle.for_s) * chance()


@dataclass(frozen=True)
class Rounds:
    """The program's way, as in src/http/retry.c."""

    soon_share: float = 0.25
    soon_s: float = 0.25
    round_s: float = 0.35
    round_end_s: float = 2
    answered_pace: int = 2

    def __call__(self, throttle: Throttle, chance: Callable[[], float]) -> float:
        pace = self.answered_pace if throttle.pages else 1
        for_s, left_s = throttle.for_s * pace, throttle.left_s * pace
        if for_s == 0 and chance() < self.soon_share:
            begin_s, end_s = 0.0, self.soon_s
        elif for_s < self.round_s:
            begin_s, end_s = self.round_s, self.round_end_s
        else:
            now_s = max(for_s, self.round_end_s)
            begin_s = now_s + min(0.45 * now_s, max(left_s / 10, 1))
            end_s = begin_s + min(0.75 * now_s, 3, left_s / 2)
        return (begin_s + (end_s - begin_s) * chance() - for_s) / pace


CHAMBER = "chamber: full jitter, 1 s to 20 s, ten tries"
STRATEGIES = {
    CHAMBER: Strategy(backoff(1, 20, most_tries=10)),
    "full jitter, 0.1 s to 5 s": Strategy(backoff(0.1, 5)),
    "full jitter, 1 s to 5 s": Strategy(backoff(1, 5)),
    "equal jitter, 1 s to 20 s": Strategy(backoff(1, 20, 0.5)),
    "equal jitter, 1 s to 8 s (before)": Strategy(backoff(1, 8, 0.5)),
    "full jitter, 2 s or the time since the first throttle": Strategy(proportional),
    "ssm-exec, but no early tries": Strategy(Rounds(soon_share=0), 0.1),
    "ssm-exec, but half of all try early": Strategy(Rounds(soon_share=0.5), 0.1),
    "ssm-exec, but 1 s in place of 2 s": Strategy(Rounds(round_end_s=1), 0.1),
    "ssm-exec, but the same wait with answers": Strategy(Rounds(answered_pace=1), 0.1),
    "ssm-exec, but no pause before a page": Strategy(Rounds()),
    "**ssm-exec**": Strategy(Rounds(), 0.1),
}


@dataclass(frozen=True)
class World:
    rate: float
    """Calls a second."""
    capacity: float
    """Calls at once."""
    shared: float
    """Calls a second that others make."""
    answer_s: float
    spread_s: float
    """In which 100 are started."""


@dataclass(frozen=True)
class Outcome:
    last_s: float
    median_s: float
    calls: int
    failed: int


def timeout_of(world: World, starts: int, pages: int) -> float:
    """The default, and three times what the bucket needs where that is more."""
    return max(60, 3 * starts * pages / world.rate)


def simulate(world: World, starts: int, pages: int, strategy: Strategy, seed: int) -> Outcome:
    chance = random.Random(seed).random
    timeout_s = timeout_of(world, starts, pages)
    others = -1
    due = [(chance() * world.spread_s * starts / 100, who) for who in range(starts)]
    if world.shared:
        due.append((0, others))
    heapq.heapify(due)
    had, tries = [0] * starts, [0] * starts
    throttled_s: list[float | None] = [None] * starts
    tokens, filled_s, calls, failed = world.capacity, 0.0, 0, 0
    ends: list[float] = []
    while len(ends) < starts:
        now_s, who = heapq.heappop(due)
        tokens, filled_s = min(world.capacity, tokens + (now_s - filled_s) * world.rate), now_s
        is_granted = tokens >= 1
        tokens -= is_granted
        if who == others:
            heapq.heappush(due, (now_s - math.log1p(-chance()) / world.shared, others))
            continue
        calls += 1
        answered_s = now_s + world.answer_s * (0.75 + 0.5 * chance())
        if is_granted:
            had[who] += 1
            if had[who] == pages:
                ends.append(answered_s)
                continue
            pause_s = strategy.page_pause_s * chance() if tries[who] else 0
            tries[who], throttled_s[who] = 0, None
            heapq.heappush(due, (answered_s + pause_s, who))
            continue
        tries[who] += 1
        first_s = throttled_s[who]
        if first_s is None:
            first_s = throttled_s[who] = answered_s
        throttle = Throttle(tries[who], answered_s - first_s, timeout_s - answered_s, had[who])
        wait_s = strategy.wait(throttle, chance)
        if wait_s is None or answered_s + wait_s >= timeout_s:
            failed += 1
            ends.append(timeout_s)
            continue
        heapq.heappush(due, (answered_s + wait_s, who))
    ends.sort()
    return Outcome(ends[-1], statistics.median_low(ends), calls, failed)


def cell(outcomes: list[Outcome]) -> str:
    """The last start, the median start and the calls: of each, the median of all runs."""
    last_s, median_s, calls, failed = (
        statistics.median(column) for column in zip(*((o.last_s, o.median_s, o.calls, o.failed) for o in outcomes))
    )
    last = f"{last_s:.1f}" if failed == 0 else f"{failed:.0f} fail"
    return f"{last} / {median_s:.2f} / {calls:.0f}"


def floor(world: World, starts: int, pages: int) -> str:
    """What the bucket's arithmetic leaves to the best of all strategies; calls: one for each page."""
    rate = world.rate - world.shared
    last_s = max(0, starts * pages - world.capacity) / rate
    median_s = max(0, starts * pages / 2 - world.capacity) / rate
    return f"{last_s:.1f} / {median_s:.2f} / {starts * pages}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=40)
    parser.add_argument("--capacity", type=float, help="as much as the rate unless given")
    parser.add_argument("--shared", type=float, default=0, help="calls a second that others make")
    parser.add_argument("--answer-ms", type=float, default=5)
    parser.add_argument("--spread-ms", type=float, default=60, help="in which 100 are started")
    parser.add_argument("--runs", type=int, default=20)
    arguments = parser.parse_args()
    capacity = arguments.capacity or arguments.rate
    world = World(arguments.rate, capacity, arguments.shared, arguments.answer_ms / 1000, arguments.spread_ms / 1000)
    print("| waiting | " + " | ".join(f"{starts} × {pages}" for starts, pages in HERDS) + " |")
    print("| --- |" + " --- |" * len(HERDS))
    print("| least possible | " + " | ".join(floor(world, *herd) for herd in HERDS) + " |")
    for name, strategy in STRATEGIES.items():
        cells = []
        for starts, pages in HERDS:
            runs = arguments.runs if starts < 1000 else max(1, arguments.runs // 5)
            cells.append(cell([simulate(world, starts, pages, strategy, seed) for seed in range(runs)]))
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
