"""The kernel's limit for arguments and environment: met exactly, and explained where it is not."""

import re
import resource

import pytest

STACK_BYTES = 2 * 1024 * 1024
"""The kernel allows a quarter of it for arguments and environment."""


def lower_the_stack_limit() -> None:
    resource.setrlimit(resource.RLIMIT_STACK, (STACK_BYTES, resource.getrlimit(resource.RLIMIT_STACK)[1]))


def figures(err: str) -> tuple[int, int]:
    found = re.search(r"too large: (\d+) bytes in total, at most (\d+)", err)
    assert found is not None, err
    return int(found[1]), int(found[2])


def test_the_total_the_limit_and_the_largest_are_named(store, run) -> None:
    for number in range(80):
        store.put(f"/p/v{number:02}", "x" * (8000 + number % 40), force=True)
    result = run("/p", "--", "/bin/echo", "started", preexec_fn=lower_the_stack_limit)
    result.expect_failure("/bin/echo: arguments and environment are too large", "raise the stack limit", status=126)
    total, limit = figures(result.err)
    assert limit == STACK_BYTES // 4
    values = sum(8000 + number % 40 for number in range(80))
    assert values < total < values + 80 * 32 + 2000
    # The name, "=" and the value; of those that are as large the first.
    assert "V39 (8043 bytes), V79 (8043 bytes), V38 (8042 bytes)" in result.err


def test_one_value_that_no_variable_can_hold(store, run) -> None:
    store.put("/p/small", "x")
    store.put("/p/large", "x" * 131_072, force=True)
    result = run("/p", "--", "/bin/echo", "started")
    result.expect_failure("131072 for one string", "LARGE (131078 bytes)", status=126)


@pytest.mark.release_only
def test_the_size_that_an_error_names_fits(store, run) -> None:
    """The limit that an error names is the kernel's own, to a page."""
    store.put("/p/fill", "x" * 100_000, force=True)
    for number in range(3):
        store.put(f"/p/v{number}", "x" * 130_000, force=True)
    store.put("/p/last", "x" * 120_000, force=True)
    total, limit = figures(run("/p", "--", "/bin/true", preexec_fn=lower_the_stack_limit).err)
    for left, status in ((4096, 0), (-4096, 126)):
        size = 120_000 - (total - limit) - left
        store.put("/p/last", "x" * size, force=True)
        assert run("/p", "--", "/bin/true", preexec_fn=lower_the_stack_limit).status == status, left
