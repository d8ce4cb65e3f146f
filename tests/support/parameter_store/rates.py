"""Rates of requests, as token buckets."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Bucket:
    """Holds `burst` tokens at most; so many a second flow in, each request takes one."""

    def __init__(
        self, per_second: float, burst: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._tokens = burst
        self._filled = clock()
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Whether there was a token."""
        with self._lock:
            now = self._clock()
            self._tokens = min(self._burst, self._tokens + (now - self._filled) * self._per_second)
            self._filled = now
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True


class WriteRate:
    """How many PutParameter requests a second an account may send, over all its callers."""

    PER_SECOND = 3.0
    """What AWS grants unless asked for more."""

    def __init__(self) -> None:
        self.reset()

    def set(
        self, per_second: float | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """None is without limit. The clock's seconds count."""
        self._bucket = None if per_second is None else Bucket(per_second, max(per_second, 1), clock)

    def reset(self) -> None:
        self.set(self.PER_SECOND)

    def take(self) -> bool:
        bucket = self._bucket
        return bucket is None or bucket.take()
