"""The store as a program of its own, for the demo and for people."""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from . import seed
from .journal import Entry
from .store import ParameterStore

_PR_SET_PDEATHSIG = 1
_ENDING_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def main(arguments: list[str] | None = None) -> int:
    options = _parse(arguments)
    # Blocked in every thread that follows; sigwait below takes them one at a time.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING_SIGNALS)
    if options.exit_with_parent:
        _end_with_parent()
    endpoint_file = options.directory / "endpoint"
    options.directory.mkdir(parents=True, exist_ok=True)
    endpoint_file.unlink(missing_ok=True)
    try:
        document = _load(options.seed)
        store = ParameterStore(
            tls=not options.http,
            port=options.port,
            region=document.get("region", "us-east-1"),
            certificates_directory=options.directory,
        )
        seed.plant(document, store)
        if options.log:
            store.journal.on_answer = _log
        store.start()
    except Exception as error:
        print(f"parameter-store: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    _write_whole(endpoint_file, f"{store.endpoint_url}\n")
    if options.log:
        print(f"listening on {store.endpoint_url}", file=sys.stderr, flush=True)
    signal.sigwait(_ENDING_SIGNALS)
    endpoint_file.unlink(missing_ok=True)
    store.stop()
    return 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="parameter-store",
        description="A local AWS Systems Manager Parameter Store on 127.0.0.1.",
    )
    parser.add_argument(
        "--directory",
        type=Path,
        required=True,
        help="where ca.pem, the certificates and the file endpoint are written",
    )
    parser.add_argument("--port", type=int, default=0, help="default: any free one")
    parser.add_argument("--seed", type=Path, help="JSON: credentials, parameters, policy, ...")
    parser.add_argument("--http", action="store_true", help="without TLS")
    parser.add_argument("--log", action="store_true", help="one line per request on standard error")
    parser.add_argument(
        "--exit-with-parent", action="store_true", help="end when the parent process does"
    )
    return parser.parse_args(arguments)


def _load(path: Path | None) -> dict[str, Any]:
    document: dict[str, Any] = {} if path is None else json.loads(path.read_text())
    return document


def _end_with_parent() -> None:
    parent = os.getppid()
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def _write_whole(path: Path, content: str) -> None:
    """Whoever finds the file finds all of it."""
    temporary = path.with_suffix(".new")
    temporary.write_text(content)
    temporary.rename(path)


def _log(entry: Entry) -> None:
    request = entry.body if isinstance(entry.body, dict) else {}
    subject = (
        request.get("Path") or request.get("Name") or " ".join(map(str, request.get("Names", [])))
    )
    outcome = entry.error_code or entry.status or "no answer"
    print(f"{entry.operation or entry.method} {subject!r}: {outcome}", file=sys.stderr, flush=True)
