#!/usr/bin/python3
"""The goals for speed and weight, measured; tests/bench/run builds what it needs and starts it."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rsa_chain import make_rsa_chain
from server import PAGE_ITEMS, Server, name_of, path_of

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"

# What the counted run allows. The instructions are a quarter above what was measured, so that
# another libcurl passes and a second look at every value does not.
INSTRUCTIONS_RATIO_MAX = 10.5
INSTRUCTIONS_PER_PARAMETER_MAX = 78_000
PROGRAM_MAX_BYTES = 340 * 1024
STATIC_MAX_BYTES = 1024 * 1024
CONNECTIONS_MAX = 32


@dataclass(frozen=True)
class Run:
    """How one process went."""

    wall_ms: float
    cpu_ms: float
    memory_kib: int
    status: int


@dataclass(frozen=True)
class Contender:
    name: str
    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    slow: bool = False
    """Runs in every fifth round only."""


@dataclass(frozen=True)
class Outcome:
    wall_ms: float
    cpu_ms: float
    memory_kib: int
    requests: int
    connections: int


@dataclass(frozen=True)
class Programs:
    """What there is to measure, by name; and what measures it."""

    dynamic: Path
    static: Path | None
    floors: dict[str, Path]
    go: Path | None
    measure: Path

    def subjects(self) -> Iterator[tuple[str, Path]]:
        if self.static is not None:
            yield "static", self.static
        yield "dynamic", self.dynamic


def environment_for(url: str, ca_file: Path | None = None) -> dict[str, str]:
    environment = {
        "PATH": SYSTEM_PATH, "HOME": "/nonexistent", "AWS_ENDPOINT_URL": url, "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "AKIABENCH", "AWS_SECRET_ACCESS_KEY": "secret",
    }
    if ca_file is not None:
        environment["AWS_CA_BUNDLE"] = environment["SSL_CERT_FILE"] = environment["NODE_EXTRA_CA_CERTS"] = str(ca_file)
    return environment


def run_once(measure: Path, contender: Contender, environment: Mapping[str, str]) -> Run:
    """measure is small: its memory counts as the program's."""
    done = subprocess.run(
        [measure, *contender.command], env={**environment, **contender.environment}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False,
    )
    wall_us, cpu_us, memory_kib, status = done.stdout.split()
    if status not in ("0", "126"):
        sys.exit(f"{contender.name}: status {status}: {done.stderr}")
    return Run(int(wall_us) / 1000, int(cpu_us) / 1000, int(memory_kib), int(status))


def compare(
    programs: Programs, server: Server, contenders: Sequence[Contender], environment: Mapping[str, str], rounds: int
) -> dict[str, Outcome]:
    """Interleaved: in each round everybody runs once. The first round only warms up and counts."""
    runs: dict[str, list[Run]] = {contender.name: [] for contender in contenders}
    counted: dict[str, tuple[int, int]] = {}
    for number in range(rounds + 1):
        for contender in contenders:
            if number == 0:
                server.reset()
            elif contender.slow and number % 5 != 1:
                continue
            run = run_once(programs.measure, contender, environment)
            if number == 0:
                counts = server.counts()
                counted[contender.name] = len(counts.requests), counts.connections
            else:
                runs[contender.name].append(run)
    return {
        name: Outcome(
            statistics.median(run.wall_ms for run in done), statistics.median(run.cpu_ms for run in done),
            max(run.memory_kib for run in done), *counted[name],
        )
        for name, done in runs.items()
    }


# --- what is compared ---


def page_body(path: str, first: int = 0) -> str:
    body = {"Path": path, "Recursive": True, "WithDecryption": True, "MaxResults": PAGE_ITEMS}
    return json.dumps(body if first == 0 else {**body, "NextToken": str(first)}, separators=(",", ":"))


def curl(url: str, path: str, count: int, ca_file: Path | None, directory: Path) -> Contender:
    """The same requests in a row over one connection, answers thrown away: no signing, no JSON."""
    lines = []
    for first in range(0, count, PAGE_ITEMS):
        body = page_body(path, first).replace("\\", "\\\\").replace('"', '\\"')
        lines += [
            "next", "silent", f'url = "{url}/"', 'output = "/dev/null"', f'data = "{body}"',
            'header = "Content-Type: application/x-amz-json-1.1"',
        ]
        lines += [f'cacert = "{ca_file}"'] if ca_file else []
    config = directory / f"curl-{count}-{'https' if ca_file else 'http'}-{url.rsplit(':', 1)[1]}"
    config.write_text("\n".join(lines[1:]) + "\n")
    return Contender("curl", ["/usr/bin/curl", "-K", str(config)])


def go_peers(programs: Programs, url: str, path: str) -> Iterator[Contender]:
    if programs.go is not None:
        yield Contender("bare Go SDK", [str(programs.go), path, "/bin/true"])
    chamber = shutil.which("chamber", path=SYSTEM_PATH)
    if chamber is not None:
        environment = {"CHAMBER_AWS_SSM_ENDPOINT": url, "CHAMBER_AWS_REGION": "us-east-1"}
        yield Contender("chamber", [chamber, "exec", path.strip("/"), "--", "/bin/true"], environment)


def peers(programs: Programs, url: str, path: str) -> Iterator[Contender]:
    """What is installed of what people use today."""
    yield from go_peers(programs, url, path)
    aws = shutil.which("aws", path=SYSTEM_PATH)
    if aws is not None:
        options = ["--endpoint-url", url, "--path", path, "--recursive", "--with-decryption"]
        yield Contender("aws", [aws, "ssm", "get-parameters-by-path", *options], slow=True)
    node = shutil.which("node", path=SYSTEM_PATH)
    if node is not None and "SSM_EXEC_BENCH_NODE" in os.environ:
        environment = {"SSM_EXEC_BENCH_NODE": os.environ["SSM_EXEC_BENCH_NODE"], "AWS_EC2_METADATA_DISABLED": "true"}
        yield Contender("node and SDK", [node, str(HERE / "peer.mjs"), path, "/bin/true"], environment, slow=True)


def floors(programs: Programs, url: str, path: str, ca_file: Path | None) -> Iterator[Contender]:
    for name, program in programs.floors.items():
        arguments = [url + "/", page_body(path), *([str(ca_file)] if ca_file else [])]
        yield Contender(f"floor, {name}", [str(program), *arguments])


def subjects(programs: Programs, *sources: str, label: str = "", command: str = "/bin/true") -> Iterator[Contender]:
    for name, program in programs.subjects():
        yield Contender(name + label, [str(program), *sources, "--", command])


@dataclass
class Table:
    rows: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def add(self, case: str, outcomes: Mapping[str, Outcome], against: str) -> None:
        base = outcomes.get(against)
        for name, outcome in outcomes.items():
            ratio = "" if base is None else f"{outcome.wall_ms / base.wall_ms:.2f}"
            self.rows.append(
                f"| {case} | {name} | {ratio} | {outcome.wall_ms:.1f} | {outcome.cpu_ms:.1f} | "
                f"{outcome.memory_kib / 1024:.1f} | {outcome.requests} | {outcome.connections} |"
            )

    def goal(self, what: str, got: float, limit: float) -> None:
        verdict = "met" if got <= limit else "MISSED"
        self.missed.append(f"| {what} | {got:.2f} | {limit:.2f} | {verdict} |")

    def print(self, command: str) -> None:
        print(f"`{command}` on {datetime.date.today()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
        print("| case | who | time, ratio | ms | CPU ms | peak MiB | requests | connections |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        print("\n".join(self.rows))
        print("\n| goal | measured | at most | |\n| --- | --- | --- | --- |")
        print("\n".join(self.missed))


def measure_goals(programs: Programs, rounds: int, directory: Path) -> None:
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    from parameter_store.certificates import Certificates

    certificates = Certificates(directory)
    certificates.server_context("valid", ())
    ca_file, certificate = certificates.ca_file, directory / "server-valid-loopback.pem"
    table = Table()
    ten, hundred = path_of(10), path_of(100)
    subject = "static" if programs.static is not None else "dynamic"
    floor = f"floor, {subject}"

    for case, tls, limit in (("10 on one path, HTTP", False, 1.3), ("10 on one path, HTTPS, CA file of one", True, 1.2)):
        ca = ca_file if tls else None
        with Server(certificate if tls else None) as server:
            contenders = [
                *subjects(programs, ten), *floors(programs, server.url, ten, ca), curl(server.url, ten, 10, ca, directory),
                *peers(programs, server.url, ten),
            ]
            outcomes = compare(programs, server, contenders, environment_for(server.url, ca), rounds)
            table.add(case, outcomes, floor)
            for name in ("static", "dynamic"):
                if name in outcomes and f"floor, {name}" in outcomes:
                    ratio = outcomes[name].wall_ms / outcomes[f"floor, {name}"].wall_ms
                    table.goal(f"{case}: {name} / its floor", ratio, limit)

    chain = make_rsa_chain(directory)
    measure_nothing_configured(programs, rounds, chain, directory, table)

    with Server(request_ms=20) as server:
        environment = environment_for(server.url)
        contenders = [*subjects(programs, hundred), curl(server.url, hundred, 100, None, directory), *peers(programs, server.url, hundred)]
        outcomes = compare(programs, server, contenders, environment, max(5, rounds // 4))
        table.add("100 on one path, 20 ms a request", outcomes, "curl")
        table.goal("100 on one path, 20 ms a request: / curl", outcomes[subject].wall_ms / outcomes["curl"].wall_ms, 1.03)

    names = [f"V{index}={name_of(hundred, index)}" for index in range(100)]
    for what, (ca, server_certificate) in (("a chain like AWS's", chain), ("ECDSA", (ca_file, certificate))):
        with Server(server_certificate, request_ms=20) as server:
            contenders = [*subjects(programs, *names), *floors(programs, server.url, ten, ca)]
            outcomes = compare(programs, server, contenders, environment_for(server.url, ca), max(5, rounds // 2))
        table.add(f"100 names (the floor: one request), HTTPS, {what}, 20 ms a request", outcomes, floor)
        allowed = outcomes[floor].wall_ms + 2 * 20
        table.goal(f"100 names, {what}, 20 ms a request: / (set-up + 3 x 20 ms)", outcomes[subject].wall_ms / allowed, 1)

    paths = [f"{path_of(20, tag=tag)}={tag.upper()}_" for tag in "abcde"]
    with Server(request_ms=20, connection_ms=20) as server:
        contenders = [*subjects(programs, *paths), *subjects(programs, paths[0], label=", one path")]
        outcomes = compare(programs, server, contenders, environment_for(server.url), max(5, rounds // 2))
        one = f"{subject}, one path"
        table.add("5 paths of 20, 20 ms a request and a connection", outcomes, one)
        table.goal("5 paths of 20: / one of them", outcomes[subject].wall_ms / outcomes[one].wall_ms, 1.1)

    measure_setups(programs, rounds, ca_file, certificate, directory, table)
    measure_memory(programs, table)
    for name, program in programs.subjects():
        table.rows.append(f"| size of the program | {name} | | | | {program.stat().st_size / 2**20:.2f} (file) | | |")
    table.print("tests/bench/run")


@contextlib.contextmanager
def trusted_by_system(ca_file: Path, directory: Path) -> Iterator[None]:
    """The system's certificates with one more among them, in the mount namespace that tests/bench/run has made."""
    system = Path("/etc/ssl/certs")
    shutil.copytree(system, directory)
    hashed = subprocess.run(["openssl", "x509", "-in", ca_file, "-noout", "-hash"], check=True, capture_output=True, text=True)
    shutil.copy(ca_file, directory / f"{hashed.stdout.strip()}.0")
    bundle = directory / "ca-certificates.crt"
    bundle.write_bytes(bundle.read_bytes() + ca_file.read_bytes())
    subprocess.run(["mount", "--bind", directory, system], check=True)
    yield
    subprocess.run(["umount", system], check=True)


def measure_nothing_configured(programs: Programs, rounds: int, chain: tuple[Path, Path], directory: Path, table: Table) -> None:
    """As on a machine whose owner configured nothing: each program finds the system's certificates by itself."""
    case, ten = "10 on one path, HTTPS, a chain like AWS's, nothing configured", path_of(10)
    ca_file, certificate = chain
    if "SSM_EXEC_BENCH_NAMESPACE" not in os.environ:
        table.rows.append(f"| {case} | *needs a mount namespace* | | | | | | |")
        return
    with Server(certificate) as server, trusted_by_system(ca_file, directory / "certs"):
        contenders = [*subjects(programs, ten), curl(server.url, ten, 10, None, directory), *go_peers(programs, server.url, ten)]
        # Go reads Debian's folder beside the bundle; images with the bundle alone are its least.
        contenders += [
            Contender(f"{peer.name}, bundle only", peer.command, {**peer.environment, "SSL_CERT_DIR": "/nonexistent"})
            for peer in go_peers(programs, server.url, ten)
        ]
        outcomes = compare(programs, server, contenders, environment_for(server.url), rounds)
    table.add(case, outcomes, "bare Go SDK, bundle only")
    subject = "static" if programs.static is not None else "dynamic"
    for name, what in (("bare Go SDK, bundle only", "bare Go SDK program (chamber's least)"), ("chamber", "chamber")):
        if name in outcomes:
            table.goal(f"{case}: {subject} / {what}", outcomes[subject].wall_ms / outcomes[name].wall_ms, 0.4)


def without_keys(store: Server, ca_file: Path | None = None) -> dict[str, str]:
    keys = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    return {name: value for name, value in environment_for(store.url, ca_file).items() if name not in keys}


def task_role_of(credentials: Server) -> dict[str, str]:
    return {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{credentials.url}/credentials"}


def web_identity_of(sts: Server, directory: Path) -> dict[str, str]:
    token = directory / "web-identity-token"
    token.write_text("eyJhbGciOiJub25lIn0.e30.")
    role = "arn:aws:iam::123456789012:role/bench"
    return {"AWS_ENDPOINT_URL_STS": sts.url, "AWS_WEB_IDENTITY_TOKEN_FILE": str(token), "AWS_ROLE_ARN": role}


def measure_setups(programs: Programs, rounds: int, ca_file: Path, certificate: Path, directory: Path, table: Table) -> None:
    """Parameter Store is connected to while credentials are waited for, so that these cost less than one after the other."""
    case, ten = "10 on one path, HTTPS, 20 ms a request and a connection", path_of(10)
    latency = {"request_ms": 20, "connection_ms": 20}
    with Server(request_ms=20) as local, Server(certificate, **latency) as sts, Server(certificate, **latency) as store:
        others = without_keys(store, ca_file)
        setups = {
            "keys in the environment": environment_for(store.url, ca_file),
            "ECS task role": {**others, **task_role_of(local)},
            "EC2 instance role": {**others, "AWS_EC2_METADATA_SERVICE_ENDPOINT": local.url},
            "EKS pod with IRSA": {**others, **web_identity_of(sts, directory)},
        }
        contenders = [
            Contender(who.name, who.command, environment)
            for setup, environment in setups.items()
            for who in subjects(programs, ten, label=f", {setup}")
        ]
        outcomes = compare(programs, store, contenders, {}, max(5, rounds // 2))
    subject = "static" if programs.static is not None else "dynamic"
    table.add(case, outcomes, f"{subject}, keys in the environment")
    for name, _ in programs.subjects():
        ratio = outcomes[f"{name}, ECS task role"].wall_ms / outcomes[f"{name}, keys in the environment"].wall_ms
        table.goal(f"{case}: {name}, ECS task role / keys in the environment", ratio, 1.1)


def measure_memory(programs: Programs, table: Table) -> None:
    """The environment is built, and the largest ones are refused by the kernel at the very end."""
    subject, program = next(programs.subjects())
    peak: dict[tuple[int, int], float] = {}
    fetched: dict[tuple[int, int], float] = {}
    with Server() as server:
        for count, value_bytes in ((100, 16), (1000, 16), (10_000, 16), (100, 8192), (1000, 8192), (5000, 8192)):
            contender = Contender("memory", [str(program), path_of(count, value_bytes), "--", str(programs.measure)])
            server.reset()
            run = run_once(programs.measure, contender, environment_for(server.url))
            counts = server.counts()
            peak[count, value_bytes] = run.memory_kib / 1024
            fetched[count, value_bytes] = counts.sent / 2**20
            table.rows.append(
                f"| {count:,} values of {value_bytes} bytes ({counts.sent / 2**20:.1f} MiB of replies) | {subject} | | "
                f"{run.wall_ms:.0f} | {run.cpu_ms:.0f} | {run.memory_kib / 1024:.1f} | {len(counts.requests)} | "
                f"{counts.connections} |"
            )
    table.goal("peak memory of 100 parameters, MiB", peak[100, 16], 2)
    for most, value_bytes in ((10_000, 16), (5000, 8192)):  # 10,000 of 8 KB are past what a run may keep
        many, few = (most, value_bytes), (1000, value_bytes)
        grown = (peak[many] - peak[few]) / (fetched[many] - fetched[few])
        table.goal(f"memory for each byte fetched, values of {value_bytes} bytes", grown, 2.5)


# --- what can be counted ---


def instructions(program: Path, environment: Mapping[str, str], *sources: str) -> int:
    with tempfile.NamedTemporaryFile() as out:
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out.name}", str(program), *sources, "--dry-run"],
            env=dict(environment), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
        )
        totals = [line for line in Path(out.name).read_text().splitlines() if line.startswith(("totals:", "summary:"))]
    if done.returncode != 0 or not totals:
        sys.exit(f"valgrind {program}: {done.stderr}")
    return int(totals[-1].split()[1])


def count_all(programs: Programs) -> int:
    failed = 0

    def check(what: str, got: float, limit: float, *, exactly: bool = False) -> None:
        nonlocal failed
        is_met = got == limit if exactly else got <= limit
        failed += not is_met
        print(f"{'ok' if is_met else 'FAILED'}: {what}: {got:g} ({'' if exactly else 'at most '}{limit:g})")

    program = programs.dynamic
    hundred = path_of(100)
    fifty = [f"{path_of(20, tag=f't{number}')}=T{number}_" for number in range(50)]
    cases = {
        "10 on one path": ([path_of(10)], 1, 1),
        "100 on one path": ([hundred], 10, 1),
        "100 names": ([f"V{index}={name_of(hundred, index)}" for index in range(100)], 10, 10),
        "100 names, each asked for twice": (
            [f"{kind}{index}={name_of(hundred, index)}" for index in range(100) for kind in "VW"], 10, 10,
        ),
        "5 paths of 20": (fifty[:5], 10, 5),
        "50 paths of 20": (fifty, 100, CONNECTIONS_MAX),
    }
    with Server() as server:
        environment = environment_for(server.url)
        for case, (sources, requests, connections) in cases.items():
            server.reset()
            run_once(programs.measure, Contender(case, [str(program), *sources, "--", "/bin/true"]), environment)
            counts = server.counts()
            check(f"{case}: requests", len(counts.requests), requests, exactly=True)
            check(f"{case}: connections", counts.connections, connections)
        with Server() as credentials:
            server.reset()
            command = [str(program), hundred, "--", "/bin/true"]
            run_once(programs.measure, Contender("", command), {**without_keys(server), **task_role_of(credentials)})
            check("100 on one path, ECS task role: requests for them", len(credentials.counts().requests), 1, exactly=True)
        counts = server.counts()
        check("100 on one path, ECS task role: requests", len(counts.requests), 10, exactly=True)
        check("100 on one path, ECS task role: connections", counts.connections, 1)
        thousand = instructions(program, environment, path_of(1000))
        ten_thousand = instructions(program, environment, path_of(10_000))
        check("instructions, 10,000 parameters / 1,000", ten_thousand / thousand, INSTRUCTIONS_RATIO_MAX)
        each = (ten_thousand - thousand) / 9000
        check("instructions for each parameter", each, INSTRUCTIONS_PER_PARAMETER_MAX)
        five_paths = instructions(program, environment, *fifty[:5])
        fifty_paths = instructions(program, environment, *fifty)
        check("instructions, 50 sources / 5", fifty_paths / five_paths, INSTRUCTIONS_RATIO_MAX)
        large = [instructions(program, environment, path_of(count, 8192)) for count in (10, 100)]
        check("instructions, 100 values of 8 KB / 10", large[1] / large[0], INSTRUCTIONS_RATIO_MAX)
    check("bytes of the program", stripped_bytes(program), PROGRAM_MAX_BYTES)
    if programs.static is not None:
        check("bytes of the static program", programs.static.stat().st_size, STATIC_MAX_BYTES)
    return 1 if failed else 0


def stripped_bytes(program: Path) -> int:
    with tempfile.TemporaryDirectory() as directory:
        out = Path(directory) / "stripped"
        subprocess.run(["strip", "-s", "-o", str(out), str(program)], check=True)
        return out.stat().st_size


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--counted", action="store_true", help="only what can be counted; fails if it is too much")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--work", type=Path, required=True, help="where tests/bench/run has put what it built")
    arguments = parser.parse_args()
    dynamic = Path(os.environ.get("SSM_EXEC_PROGRAM", ROOT / "build-gcc" / "cmd" / "ssm-exec"))
    static = ROOT / "build-static" / "x86_64" / "ssm-exec"
    programs = Programs(
        dynamic=dynamic,
        static=static if static.exists() else None,
        floors={name: arguments.work / f"floor-{name}" for name in ("static", "dynamic") if (arguments.work / f"floor-{name}").exists()},
        go=arguments.work / "peer-go" if (arguments.work / "peer-go").exists() else None,
        measure=arguments.work / "measure",
    )
    if arguments.counted:
        return count_all(programs)
    measure_goals(programs, arguments.rounds, arguments.work)
    return 0


if __name__ == "__main__":
    sys.exit(main())
