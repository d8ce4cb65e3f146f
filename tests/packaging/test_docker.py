"""The image in Docker: a daemon of the tests' own, from Debian's docker.io, runs an image of an application that copies the
program. Its containers have no capability, a read-only root, no memory to lock, and run as nobody."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import VERSION
from docker_daemon import Docker, Event, Terminal
from parameter_store import ParameterStore, faults

pytestmark = pytest.mark.docker

CONFINED = (
    "--network=host", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--ulimit=memlock=0:0",
)  # fmt: skip
GRACE = "--time=600"
"""Far more than any test takes: a container that ended was not killed by the daemon."""
DOCKERFILE = f"""\
FROM scratch
COPY --from=localhost/ssm-exec:{VERSION} /ssm-exec /usr/local/bin/ssm-exec
COPY probe ca.pem /test/
USER 65534:65534
ENTRYPOINT ["/usr/local/bin/ssm-exec", "--"]
CMD ["/test/probe"]
"""


@pytest.fixture(scope="module")
def application(
    docker: Docker, image: str, running_store: ParameterStore, probe: Path, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The name of the image that the tests run. It has the program by `COPY --from=` of the release's image."""
    context = tmp_path_factory.mktemp("application")
    (context / "Dockerfile").write_text(DOCKERFILE)
    shutil.copy(probe, context / "probe")
    shutil.copy(running_store.ca_file, context / "ca.pem")
    (context / "ca.pem").chmod(0o644)
    docker.build("application", context)
    return "application"


class Application:
    """Containers of the application. Its sources come from a variable, as in a task definition."""

    def __init__(self, docker: Docker, image: str, store: ParameterStore) -> None:
        self.docker, self.store, self._image = docker, store, image
        store.put("/prod/api/db/password", "correct horse", "SecureString")

    def words(self, *command: str, options: tuple[str, ...] = (), sources: str = "/prod/api") -> list[str]:
        """What follows `docker run`."""
        variables = {**self.store.environment(), "AWS_CA_BUNDLE": "/test/ca.pem", "SSM_EXEC_SOURCES": sources}
        given = [f"--env={name}={value}" for name, value in variables.items()]
        return [*CONFINED, *given, *options, self._image, *command]

    def run(
        self, *command: str, text: str = "", options: tuple[str, ...] = (), sources: str = "/prod/api"
    ) -> subprocess.CompletedProcess[str]:
        words = self.words(*command, options=("--rm", "--interactive", *options), sources=sources)
        return self.docker.run("run", *words, text=text)

    def start(self, *command: str, options: tuple[str, ...] = ()) -> str:
        """Returns the identifier of the container."""
        return self.docker.output("run", "--detach", *self.words(*command, options=options))

    def start_and_fetch(self, *options: str) -> str:
        """A container whose request is not answered."""
        self.store.faults.always(faults.Hold())
        container = self.start("/test/probe", options=options)
        self.store.journal.wait_for(lambda journal: journal.in_flight == 1, timeout=60)
        return container


@pytest.fixture
def app(docker: Docker, application: str, store: ParameterStore) -> Application:
    return Application(docker, application, store)


def seconds_to_end(events: list[Event], sent: int, status: int) -> float:
    """From the signal to the end of the container, which got no other signal and has that status."""
    (killed,) = [event for event in events if event.action == "kill"]
    (died,) = [event for event in events if event.action == "die"]
    assert (killed.signal, died.status) == (sent, status)
    return died.seconds - killed.seconds


# --- The image


def test_the_image_says_its_version_as_nobody(docker: Docker, image: str) -> None:
    assert docker.output("run", "--rm", *CONFINED[1:], image, "--version").startswith(f"ssm-exec {VERSION} (")
    assert docker.inspect(image)["Config"]["User"] == "65534:65534"


def test_an_application_is_process_1_with_its_variables_and_no_rights(app: Application) -> None:
    done = app.run()
    assert (done.returncode, done.stderr) == (0, "")
    found = [line.replace("\t", " ") for line in done.stdout.splitlines()]
    told = {"DB_PASSWORD=correct horse", "pid: 1", "locked memory: 0", "file in the root: Read-only file system"}
    assert told <= set(found)
    nobody, nothing = " ".join(["65534"] * 4), "0" * 16
    assert {f"Uid: {nobody}", f"Gid: {nobody}", "NoNewPrivs: 1", "Seccomp: 2"} <= set(found)
    assert {f"Cap{name}: {nothing}" for name in ("Inh", "Prm", "Eff", "Bnd", "Amb")} <= set(found)


def test_a_file_in_memory_can_be_read(app: Application) -> None:
    source = "--env=SSM_EXEC_FILE=PASSWORD_FILE=/prod/api/db/password"
    done = app.run("/test/probe", "read", "PASSWORD_FILE", options=(source,))
    assert (done.returncode, done.stdout, done.stderr) == (0, "correct horse", "")


def test_docker_knows_no_value(app: Application) -> None:
    """Configuration, image and log of the container have none while the command runs with it, nor has another process there."""
    container = app.start("/test/probe", "wait")
    app.docker.wait_for_log(container, "ready")
    other = app.docker.output("exec", container, "/test/probe")
    known = app.docker.output("inspect", container, "application") + "".join(app.docker.logs(container)) + other
    assert "SSM_EXEC_SOURCES=/prod/api" in other and "horse" not in known and "DB_PASSWORD" not in known


# --- Exit status


@pytest.mark.parametrize("init", [(), ("--init",)], ids=["process 1", "below tini"])
@pytest.mark.parametrize(
    ("command", "status"),
    [
        (("/test/probe", "exit", "0"), 0),
        (("/test/probe", "exit", "7"), 7),
        (("/test/probe", "fault"), 128 + signal.SIGSEGV),
        (("/test/ca.pem",), 126),
        (("no-such-command",), 127),
    ],
    ids=["0", "7", "killed by SIGSEGV", "126", "127"],
)  # fmt: skip
def test_the_exit_status_arrives(app: Application, init: tuple[str, ...], command: tuple[str, ...], status: int) -> None:
    done = app.run(*command, options=init)
    assert done.returncode == status, done
    assert ("ssm-exec: error: " in done.stderr) == (status in (126, 127))


def test_a_failed_fetch_is_125_with_its_message(app: Application) -> None:
    """docker run has 125 for errors of its own, too: the message tells them apart."""
    done = app.run(sources="/prod/ap")
    assert (done.returncode, done.stdout) == (125, "")
    assert done.stderr.startswith("ssm-exec: error: /prod/ap: ")


# --- Standard input and terminals


def test_standard_input_reaches_the_command(app: Application) -> None:
    text = "".join(f"line {number}\n" for number in range(20_000))
    done = app.run("/test/probe", "copy", text=text)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == text


def test_the_command_has_the_terminal(app: Application) -> None:
    terminal = Terminal(app.docker, "run", "--rm", "--interactive", "--tty", *app.words("/test/probe", "terminal"))
    terminal.read_until("terminals: 1 1 1\n")
    terminal.type("typed\n")
    terminal.read_until("typed\ntyped\n")
    terminal.type("\x04")
    assert terminal.finish() == 0


def test_control_c_ends_the_fetch(app: Application) -> None:
    app.store.faults.always(faults.Hold())
    terminal = Terminal(app.docker, "run", "--rm", "--interactive", "--tty", *app.words())
    app.store.journal.wait_for(lambda journal: journal.in_flight == 1, timeout=60)
    terminal.type("\x03")
    assert terminal.finish() == 128 + signal.SIGINT


# --- Signals


@pytest.mark.parametrize("init", [(), ("--init",)], ids=["process 1", "below tini"])
def test_docker_stop_ends_the_fetch(app: Application, say: Callable[[str], None], init: tuple[str, ...]) -> None:
    container = app.start_and_fetch(*init)
    app.docker.output("stop", GRACE, container)
    assert app.docker.status(container) == 128 + signal.SIGTERM
    assert app.docker.logs(container) == ("", "")
    seconds = seconds_to_end(app.docker.events(container), signal.SIGTERM, 128 + signal.SIGTERM)
    say(f"docker stop{''.join(f', {option}' for option in init)}: {seconds:.3f} s from SIGTERM to the end of the fetch")


def test_the_stop_signal_of_an_image_ends_the_fetch(app: Application) -> None:
    """The one of systemd in containers. The C library of the program keeps fewer of these numbers than others do."""
    container = app.start_and_fetch("--stop-signal=RTMIN+3")
    app.docker.output("stop", GRACE, container)
    seconds_to_end(app.docker.events(container), 37, 128 + 37)


@pytest.mark.parametrize("name", ["HUP", "INT", "QUIT", "USR1"])
def test_docker_kill_ends_the_fetch(app: Application, name: str) -> None:
    number = getattr(signal, f"SIG{name}")
    container = app.start_and_fetch()
    app.docker.output("kill", f"--signal={name}", container)
    assert app.docker.status(container) == 128 + number
    seconds_to_end(app.docker.events(container), number, 128 + number)


def test_a_change_of_the_windows_size_does_not_end_the_fetch(app: Application) -> None:
    """`docker run --tty` sends it at the start and whenever the window changes."""
    container = app.start_and_fetch()
    app.docker.output("kill", "--signal=WINCH", container)
    app.store.faults.clear()
    assert app.docker.status(container) == 0
    assert "DB_PASSWORD=correct horse" in app.docker.logs(container)[0].splitlines()


@pytest.mark.parametrize("init", [(), ("--init",)], ids=["process 1", "below tini"])
@pytest.mark.parametrize(
    ("words", "number"), [(("stop", GRACE), signal.SIGTERM), (("kill", "--signal=HUP"), signal.SIGHUP)], ids=["stop", "kill"]
)  # fmt: skip
def test_then_a_signal_is_for_the_command(
    app: Application, init: tuple[str, ...], words: tuple[str, ...], number: signal.Signals
) -> None:
    container = app.start("/test/probe", "wait", options=init)
    app.docker.wait_for_log(container, "ready")
    app.docker.output(*words, container)
    assert app.docker.status(container) == 42
    assert app.docker.logs(container) == (f"ready\ngot: {signal.strsignal(number)}\n", "")
    seconds_to_end(app.docker.events(container), number, 42)
