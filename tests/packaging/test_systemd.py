"""The package and the units of packaging/examples under a real systemd, of each release of Debian.

The units are those that the package brings. What is added to them (a drop-in file) is the address and the certificate of the
store of the tests, keys where a unit expects the machine's role, and what the test is about.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import VERSION
from machine import Machine, eventually, make_debian, skip_without_means
from parameter_store import ParameterStore, faults

pytestmark = pytest.mark.long
HERE = Path(__file__).resolve().parent
EXAMPLES = "usr/share/doc/ssm-exec/examples/systemd"
SERVER = "/opt/api/server"
SECRET = "correct horse"
KEYS_OF_THE_TEST = "LoadCredential=\nEnvironment=AWS_SHARED_CREDENTIALS_FILE="
"""Takes away the credentials file of the hardened unit: keys are in variables then."""


@pytest.fixture(scope="session")
def running_store(certificates_directory: Path) -> Iterator[ParameterStore]:
    """In the region that the units name."""
    with ParameterStore(certificates_directory=certificates_directory, region="eu-west-1") as store:
        yield store


@pytest.fixture(scope="module", params=["bookworm", "trixie"])
def machine(request: pytest.FixtureRequest, release: Path, running_store: ParameterStore) -> Iterator[Machine]:
    """With the package, installed by apt, and the server of the tests."""
    skip_without_means()
    with tempfile.TemporaryDirectory(prefix="systemd.") as folder:
        machine = Machine(Path(folder) / request.param)
        fill(machine.root, request.param, release, running_store)
        machine.skip_unless_permitted()
        with machine.running():
            yield machine


def fill(root: Path, suite: str, release: Path, running_store: ParameterStore) -> None:
    make_debian(suite, root, "systemd", "systemd-sysv", "dbus")
    package = release / f"ssm-exec_{VERSION}_amd64.deb"
    shutil.copy(package, root / package.name)
    install = ["apt-get", "install", "--yes", "--no-install-recommends", f"/{package.name}"]
    subprocess.run(["/usr/sbin/chroot", root, *install], check=True, capture_output=True, timeout=120)
    (root / SERVER[1:]).parent.mkdir(parents=True)
    subprocess.run(["gcc", "-static", "-o", root / SERVER[1:], HERE / "server.c"], check=True)
    (root / "etc" / "api").mkdir(mode=0o700)
    shutil.copy(running_store.ca_file, root / "etc" / "ssm-ca.pem")
    (root / "etc" / "ssm-ca.pem").chmod(0o644)


class Units:
    """Installs units, and takes them away again."""

    def __init__(self, machine: Machine, store: ParameterStore) -> None:
        self._machine, self._store = machine, store
        self._folder = machine.root / "etc" / "systemd" / "system"
        self._installed: list[str] = []

    def address(self) -> str:
        """Where the store is. By name, so that names are resolved as well."""
        url = self._store.endpoint_url.replace("127.0.0.1", "localhost")
        return f"AWS_ENDPOINT_URL={url} AWS_CA_BUNDLE=/etc/ssm-ca.pem"

    def keys(self) -> str:
        keys = self._store.environment()
        return f"AWS_ACCESS_KEY_ID={keys['AWS_ACCESS_KEY_ID']} AWS_SECRET_ACCESS_KEY={keys['AWS_SECRET_ACCESS_KEY']}"

    def add(self, name: str, drop_in: str = "", keys: bool = True) -> str:
        """A unit of the examples. Its drop-in file continues the section [Service]."""
        shutil.copy(self._machine.root / EXAMPLES / name, self._folder / name)
        environment = self.address() + (f" {self.keys()}" if keys else "")
        (self._folder / f"{name}.d").mkdir()
        (self._folder / f"{name}.d" / "test.conf").write_text(f"[Service]\nEnvironment={environment}\n{drop_in}\n")
        return self.reload(name)

    def write(self, name: str, text: str) -> str:
        (self._folder / name).write_text(text)
        return self.reload(name)

    def reload(self, name: str) -> str:
        self._installed.append(name)
        self._machine.run("systemctl", "daemon-reload")
        return name

    def remove(self) -> None:
        for name in reversed(self._installed):
            self._machine.run("systemctl", "stop", name.replace("@", "@*"))
            (self._folder / name).unlink()
            shutil.rmtree(self._folder / f"{name}.d", ignore_errors=True)
        self._machine.run("systemctl", "daemon-reload")
        self._machine.run("systemctl", "reset-failed")
        self._machine.run("journalctl", "--rotate", "--quiet")
        self._machine.run("journalctl", "--vacuum-files=1", "--quiet")


@pytest.fixture
def units(machine: Machine, store: ParameterStore) -> Iterator[Units]:  # noqa: F811
    for environment in ("prod", "staging"):
        store.put(f"/{environment}/api/db/host", f"db.{environment}.internal")
        store.put(f"/{environment}/api/db/password", SECRET, "SecureString")
    units = Units(machine, store)
    try:
        yield units
    finally:
        store.faults.clear()
        units.remove()


def expect_running(machine: Machine, unit: str, environment: str = "prod") -> None:
    """The main process is the server itself, with the parameters."""
    assert machine.property(unit, "ActiveState") == "active"
    eventually(SERVER, lambda: machine.program(unit))
    variables = machine.environment(unit)
    assert (variables["DB_HOST"], variables["DB_PASSWORD"]) == (f"db.{environment}.internal", SECRET)


def expect_failed(machine: Machine, unit: str, status: int) -> None:
    eventually("failed", lambda: machine.property(unit, "ActiveState"))
    assert machine.property(unit, "Result") == "exit-code"
    assert f"status={status}" in machine.run("systemctl", "status", unit, status=3)


def errors(machine: Machine, unit: str) -> list[str]:
    return [text for _, text in machine.written_by(unit) if text.startswith("ssm-exec: ")]


# --- The units of the examples


@pytest.mark.parametrize("name", ["api.service", "api-hardened.service", "api@.service"])
def test_systemd_of_each_release_finds_nothing_to_say_about_a_unit(machine: Machine, units: Units, name: str) -> None:
    units.add(name)
    path = f"/etc/systemd/system/{name.replace('@', '@prod')}"
    assert machine.run("systemd-analyze", "verify", path) == ""


def test_the_plain_unit_runs_the_server(machine: Machine, units: Units) -> None:
    """As a user that systemd made up, and until systemd stops it."""
    unit = units.add("api.service")
    machine.run("systemctl", "start", unit)
    expect_running(machine, unit)
    assert int(machine.status_of_process(unit)["Uid"].split()[0]) >= 61184
    eventually(True, lambda: ("api", "server: started") in machine.written_by(unit))
    machine.run("systemctl", "stop", unit)
    assert ("api", "server: TERM") in machine.written_by(unit)
    assert machine.property(unit, "Result") == "success"


def test_nothing_of_a_value_is_in_the_journal_or_in_what_systemd_shows(machine: Machine, units: Units) -> None:
    unit = units.add("api.service")
    machine.run("systemctl", "start", unit)
    expect_running(machine, unit)
    eventually(True, lambda: ("api", "server: started") in machine.written_by(unit))
    assert "DB_PASSWORD" in machine.run("journalctl", "--output=export", "--unit", unit)  # the table of the dry run
    for seen in (machine.run("journalctl", "--output=export"), machine.run("systemctl", "show", unit), machine.run("systemctl", "status", unit)):
        assert SECRET not in seen


def test_a_missing_path_fails_the_start_of_the_plain_unit(machine: Machine, units: Units) -> None:
    unit = units.add("api.service", "Environment=SSM_EXEC_SOURCES=/prod/ap\nRestart=no")
    assert "Job for api.service failed" in machine.run("systemctl", "start", unit, status=1)
    expect_failed(machine, unit, 125)
    error, hint = errors(machine, unit)
    assert error == "ssm-exec: error: /prod/ap: there is no parameter below this path in eu-west-1"
    assert hint.startswith("ssm-exec: hint: ")
    assert "server: started" not in machine.run("journalctl", "--unit", unit)


def test_the_hardened_unit_has_keys_from_a_credential_and_nothing_else(machine: Machine, units: Units, store: ParameterStore) -> None:  # noqa: F811
    """Type=notify: the start is over when the server says so, which counts as the main process."""
    keys = store.default_credentials
    file = machine.root / "etc" / "api" / "aws"
    file.write_text(f"[default]\naws_access_key_id = {keys.access_key_id}\naws_secret_access_key = {keys.secret_access_key}\n")
    file.chmod(0o600)
    unit = units.add("api-hardened.service", keys=False)
    hold = store.faults.always(faults.Hold())
    machine.run("systemctl", "start", "--no-block", unit)
    store.journal.wait_for(lambda journal: journal.in_flight == 1)
    assert machine.property(unit, "ActiveState") == "activating"
    hold.release()
    eventually("active", lambda: machine.property(unit, "ActiveState"))
    expect_running(machine, unit)
    assert not {name for name in machine.environment(unit) if re.search("_FILE$|ACCESS_KEY", name)}
    status = machine.status_of_process(unit)
    assert (status["CapEff"], status["CapBnd"], status["NoNewPrivs"], status["Seccomp"]) == ("0" * 16, "0" * 16, "1", "2")
    assert {entry.access_key_id for entry in store.journal.entries} == {keys.access_key_id}


def test_the_hardened_unit_is_as_little_exposed_as_its_file_says(machine: Machine, units: Units) -> None:
    unit = units.add("api-hardened.service")
    said = machine.run("systemd-analyze", "security", "--no-pager", unit)
    assert float(re.search(r"Overall exposure level for \S+: ([\d.]+)", said)[1]) <= 1.2


def test_each_environment_has_an_instance(machine: Machine, units: Units) -> None:
    units.add("api@.service")
    machine.run("systemctl", "start", "api@prod", "api@staging")
    for environment in ("prod", "staging"):
        expect_running(machine, f"api@{environment}", environment)
        eventually(True, lambda: (f"api@{environment}", "server: started") in machine.written_by(f"api@{environment}"))


# --- Start, stop, restart


def test_the_start_has_succeeded_before_the_fetch_without_the_dry_run(machine: Machine, units: Units, store: ParameterStore) -> None:  # noqa: F811
    unit = units.add("api.service", "ExecStartPre=\nEnvironment=SSM_EXEC_SOURCES=/prod/ap\nRestart=no")
    hold = store.faults.always(faults.Hold())
    machine.run("systemctl", "start", unit)
    store.journal.wait_for(lambda journal: journal.in_flight == 1)
    assert machine.property(unit, "ActiveState") == "active"
    hold.release()
    expect_failed(machine, unit, 125)


@pytest.mark.parametrize("unit_name", ["api.service", "api-hardened.service"])
def test_a_stop_during_the_fetch_ends_it_at_once(machine: Machine, units: Units, store: ParameterStore, unit_name: str, say) -> None:  # noqa: F811, ANN001
    """By SIGTERM, which is no failure; systemd would wait ten minutes before it kills."""
    how = "ExecStopPost=/bin/sh -c 'echo ended: $$SERVICE_RESULT $$EXIT_CODE $$EXIT_STATUS'"
    unit = units.add(unit_name, f"ExecStartPre=\n{KEYS_OF_THE_TEST}\nTimeoutStopSec=600\n{how}")
    hold = store.faults.always(faults.Hold())
    machine.run("systemctl", "start", "--no-block", unit)
    store.journal.wait_for(lambda journal: journal.in_flight == 1)
    begin = time.monotonic()
    machine.run("systemctl", "stop", unit)
    say(f"systemctl stop {unit} during the fetch: {time.monotonic() - begin:.3f} s")
    hold.release()
    assert machine.property(unit, "ActiveState") == "inactive"
    assert [text for _, text in machine.written_by(unit)] == ["ended: success killed TERM"]


def test_a_start_that_failed_is_tried_again(machine: Machine, units: Units, store: ParameterStore) -> None:  # noqa: F811
    """125 can be an outage: the same unit runs as soon as the parameters can be read."""
    unit = units.add("api.service", "Environment=SSM_EXEC_SOURCES=/late/api\nRestartSec=100ms\n[Unit]\nStartLimitIntervalSec=0")
    machine.run("systemctl", "start", unit, status=1)
    eventually(True, lambda: int(machine.property(unit, "NRestarts")) >= 2)
    store.put("/late/api/db/host", "db.late.internal")
    eventually("running", lambda: machine.property(unit, "SubState"))
    eventually(SERVER, lambda: machine.program(unit))
    assert machine.environment(unit)["DB_HOST"] == "db.late.internal"


@pytest.mark.parametrize(("status", "command"), [(126, "/etc/hostname"), (127, "/opt/api/serve")])
def test_a_command_that_cannot_be_started_is_not_tried_again(machine: Machine, units: Units, status: int, command: str) -> None:
    unit = units.add("api.service", f"ExecStart=\nExecStart=/usr/bin/ssm-exec -- {command}\nRestartSec=100ms")
    machine.run("systemctl", "start", unit)
    expect_failed(machine, unit, status)
    assert machine.property(unit, "NRestarts") == "0"
    assert errors(machine, unit)[0].startswith(f"ssm-exec: error: {command}: ")


def test_the_status_of_the_server_is_the_unit_s(machine: Machine, units: Units) -> None:
    unit = units.add("api.service", "ExecStart=\nExecStart=/usr/bin/ssm-exec -- /bin/sh -c 'exit 42'\nRestart=no")
    machine.run("systemctl", "start", unit)
    expect_failed(machine, unit, 42)


def test_a_signal_of_systemd_is_the_server_s(machine: Machine, units: Units) -> None:
    unit = units.add("api-hardened.service", f"{KEYS_OF_THE_TEST}\nExecReload=/bin/sh -c 'kill -HUP $MAINPID'")
    machine.run("systemctl", "start", unit)
    machine.run("systemctl", "reload", unit)
    eventually(True, lambda: ("api-hardened", "server: HUP") in machine.written_by(unit))


# --- What systemd passes


def test_a_socket_of_systemd_is_the_server_s(machine: Machine, units: Units) -> None:
    """LISTEN_PID is the server's, since it is the same process."""
    unit = units.add("api.service")
    units.write("api.socket", "[Socket]\nListenStream=/run/api.sock\n")
    machine.run("systemctl", "start", "api.socket")
    assert machine.property(unit, "ActiveState") == "inactive"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(60)
        client.connect(str(machine.path("/run/api.sock")))
        assert client.recv(100) == b"db.prod.internal"
    expect_running(machine, unit)
    variables = machine.environment(unit)
    assert (variables["LISTEN_PID"], variables["LISTEN_FDS"]) == (machine.property(unit, "MainPID"), "1")


def test_a_map_is_the_environment_file_of_a_unit(machine: Machine, units: Units) -> None:
    (machine.root / "etc" / "api" / "prod.map").write_text(
        "# ssm-dotenv map 1\n# String\nDB_HOST=ssm:///prod/api/db/host\n# SecureString\nDB_PASSWORD=ssm:///prod/api/db/password\n"
    )
    unit = units.add("api.service", "Environment=SSM_EXEC_SOURCES=\nEnvironmentFile=/etc/api/prod.map")
    machine.run("systemctl", "start", unit)
    expect_running(machine, unit)


@pytest.mark.parametrize(("setting", "identifier"), [("SyslogIdentifier=", "ssm-exec"), ("SyslogIdentifier=%N", "api")])
def test_the_journal_names_the_wrapper_unless_told_otherwise(machine: Machine, units: Units, setting: str, identifier: str) -> None:
    unit = units.add("api.service", setting)
    machine.run("systemctl", "start", unit)
    eventually(True, lambda: (identifier, "server: started") in machine.written_by(unit))


# --- What systemd takes away


def ssm_exec(machine: Machine, units: Units, *settings: str, status: int = 0) -> str:
    """The output of a run as a unit of its own, of a user that systemd makes up."""
    environment = f"Environment={units.address()} {units.keys()} AWS_REGION=eu-west-1"
    options = [f"--property={setting}" for setting in ("DynamicUser=yes", environment, *settings)]
    command = ["/usr/bin/ssm-exec", "/prod/api", "--timeout=5s", "--", "/usr/bin/printenv", "DB_PASSWORD"]
    return machine.run("systemd-run", "--wait", "--pipe", "--collect", "--quiet", "--service-type=exec", *options, *command, status=status)


HARMLESS = (
    "PrivateUsers=yes", "PrivateTmp=yes", "PrivateDevices=yes", "ProtectSystem=strict", "ProtectHome=yes", "ProtectKernelTunables=yes",
    "ProtectKernelModules=yes", "ProtectKernelLogs=yes", "ProtectClock=yes", "ProtectHostname=yes", "ProtectControlGroups=yes",
    "RestrictNamespaces=yes", "LockPersonality=yes", "RestrictRealtime=yes", "RestrictSUIDSGID=yes", "CapabilityBoundingSet=",
    "NoNewPrivileges=yes", "SecureBits=noroot-locked", "KeyringMode=private", "UMask=0777", "LimitMEMLOCK=0", "LimitMEMLOCK=64K",
    "MemoryDenyWriteExecute=yes", "ProtectProc=invisible", "ProcSubset=pid", "InaccessiblePaths=/proc", "SystemCallFilter=@system-service",
    "SystemCallFilter=@system-service:~@privileged @resources", "SystemCallFilter=~@memlock:SystemCallErrorNumber=EPERM",
    "RestrictAddressFamilies=AF_INET", "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX", "LimitNOFILE=8", "LimitNPROC=1", "LimitFSIZE=0",
    "LimitCORE=0", "LimitAS=16M", "NoExecPaths=/:ExecPaths=/usr /lib /lib64",
)  # fmt: skip
"""Settings that do not matter to ssm-exec; ':' separates two of one run."""


def settings_of(row: str) -> list[str]:
    settings: list[str] = []
    for part in row.split(":"):
        settings.append(part if "=" in part else f"{settings[-1].partition('=')[0]}={part}")
    return settings


@pytest.mark.parametrize("row", HARMLESS)
def test_a_setting_does_not_matter(machine: Machine, units: Units, row: str) -> None:
    assert ssm_exec(machine, units, *settings_of(row)) == f"{SECRET}\n"


def test_a_filter_without_memlock_kills_without_a_message(machine: Machine, units: Units) -> None:
    said = ssm_exec(machine, units, "SystemCallFilter=~@memlock", status=255)
    assert "ssm-exec: " not in said and SECRET not in said


def test_without_internet_addresses_the_error_says_so(machine: Machine, units: Units) -> None:
    said = ssm_exec(machine, units, "RestrictAddressFamilies=AF_UNIX", status=125)
    assert "Address family not supported by protocol" in said and "RestrictAddressFamilies=" in said


def test_a_command_that_may_not_be_executed_is_126(machine: Machine, units: Units) -> None:
    said = ssm_exec(machine, units, "NoExecPaths=/", "ExecPaths=/usr/bin/ssm-exec", status=126)
    assert said.startswith("ssm-exec: error: /usr/bin/printenv: ")
