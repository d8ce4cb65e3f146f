"""packaging/examples/docker and compose, built and run as they are. Nothing is fetched from a registry: the images that they
begin with are stand-ins of the same names, made of Debian's packages."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from conftest import ROOT
from docker_daemon import PATH, Docker
from parameter_store import ParameterStore

pytestmark = pytest.mark.docker

EXAMPLES = ROOT / "packaging" / "examples"
STAND_IN = "debian:stand-in"
NAMES = ("node:22-slim", "python:3.13-slim", "golang:1.24")
"""Of images with a distribution in them. Here one has all that they have."""
PACKAGES = "nodejs,npm,python3,python3-pip,golang-go"
DISTROLESS = f"""\
FROM {STAND_IN}
RUN mkdir --parents /nodejs/bin && ln --symbolic /usr/bin/node /nodejs/bin/ && rm /bin/sh /bin/bash /bin/dash
USER 65532:65532
ENTRYPOINT ["/nodejs/bin/node"]
"""
"""No shell, and the user and the entry point of the image that it stands for."""

SERVERS = {
    "server.js": r"""
const report = () => `pid=${process.pid} uid=${process.getuid()} DB_PASSWORD=${process.env.DB_PASSWORD}\n`;
const server = require("net").createServer((connection) => connection.end(report()));
server.listen(process.env.PORT, "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
process.on("SIGTERM", () => process.exit(0));
""",
    "api/__main__.py": r"""
import os, signal, socketserver, sys

class Report(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(f"pid={os.getpid()} uid={os.getuid()} DB_PASSWORD={os.environ['DB_PASSWORD']}\n".encode())

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
with socketserver.TCPServer(("127.0.0.1", int(os.environ["PORT"])), Report) as server:
    print("listening on", server.server_address[1], flush=True)
    server.serve_forever()
""",
    "cmd/server/main.go": r"""
package main

import (
    "fmt"
    "net"
    "os"
    "os/signal"
    "syscall"
)

func main() {
    listener, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
    if err != nil {
        panic(err)
    }
    fmt.Println("listening on", listener.Addr().(*net.TCPAddr).Port)
    ending := make(chan os.Signal, 1)
    signal.Notify(ending, syscall.SIGTERM)
    go func() { <-ending; os.Exit(0) }()
    for {
        connection, err := listener.Accept()
        if err != nil {
            panic(err)
        }
        fmt.Fprintf(connection, "pid=%d uid=%d DB_PASSWORD=%s\n", os.Getpid(), os.Getuid(), os.Getenv("DB_PASSWORD"))
        connection.Close()
    }
}
""",
}
"""The same server in each language."""
OTHERS = {
    "package.json": '{"name": "api", "version": "1.0.0"}',
    "package-lock.json": '{"name": "api", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "api", "version": "1.0.0"}}}',
    "requirements.txt": "",
    "go.mod": "module example.com/api\n\ngo 1.19\n",
    ".env.example": "PORT=\nDB_PASSWORD=\n",
}
USERS = {"node": 1000, "python": 65534, "distroless": 65532, "scratch": 65534}


@pytest.fixture(scope="session")
def running_store(certificates_directory: Path) -> Iterator[ParameterStore]:
    """In the region that the examples name."""
    with ParameterStore(certificates_directory=certificates_directory, region="eu-west-1") as store:
        yield store


@pytest.fixture(scope="session")
def bases(docker: Docker, image: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The images that the examples begin with, by the names that they have there."""
    docker.output("tag", image, "registry.example.com/ssm-exec:1.0.0")
    user = 'echo node:x:1000:1000::/home/node:/bin/sh >>"$1/etc/passwd" && mkdir --parents "$1/home/node"'
    pip = 'rm "$1"/usr/lib/python3*/EXTERNALLY-MANAGED'
    without = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("doc", "man", "locale")]
    command = ["mmdebstrap", "--quiet", "--variant=essential", f"--include={PACKAGES}", *without]
    hooks = [f"--customize-hook={user}", f"--customize-hook={pip}"]
    with subprocess.Popen([*command, *hooks, "trixie", "-"], stdout=subprocess.PIPE) as made:
        taken = ["docker", "import", "-", STAND_IN]
        subprocess.run(taken, env=docker.environment, stdin=made.stdout, check=True, capture_output=True)
    assert made.returncode == 0
    for name in NAMES:
        docker.output("tag", STAND_IN, name)
    context = tmp_path_factory.mktemp("distroless")
    (context / "Dockerfile").write_text(DISTROLESS)
    docker.build("gcr.io/distroless/nodejs22-debian12:nonroot", context)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service in a folder, with the files that the examples expect there."""
    folder = tmp_path_factory.mktemp("project")
    for name, text in {**SERVERS, **OTHERS}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    for name in (".env", ".env.production"):
        (folder / name).write_text("DB_PASSWORD=left-on-a-disk\n")
    for path in (*EXAMPLES.glob("docker/*.Dockerfile"), EXAMPLES / "docker" / ".dockerignore", EXAMPLES / "compose" / "compose.yaml"):
        shutil.copy(path, folder)
    return folder


@pytest.fixture(scope="session")
def authority(running_store: ParameterStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate that the store is verified with, readable for every user."""
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    shutil.copy(running_store.ca_file, path)
    path.chmod(0o644)
    return path


def wait_for_port(docker: Docker, container: str) -> int:
    return int(docker.wait_for_log(container, r"listening on (\d+)")[1])


def ask(port: int) -> str:
    """What the server answers."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection, connection.makefile() as answer:
        return answer.read()


def paths_of_image(docker: Docker, name: str) -> list[str]:
    container = docker.output("create", name)
    command = f"docker export {container} | tar --list"
    listed = subprocess.run(["sh", "-c", command], env=docker.environment, capture_output=True, text=True, check=True).stdout
    docker.output("rm", container)
    return listed.splitlines()


@pytest.mark.parametrize("name", USERS)
def test_a_dockerfile_is_built_and_its_server_answers(
    docker: Docker, bases: None, project: Path, authority: Path, store: ParameterStore, name: str
) -> None:
    """As process 1, on a read-only root, without capabilities; `docker stop` reaches it."""
    store.put("/prod/api/port", "0")
    store.put("/prod/api/db/password", "hush", "SecureString")
    docker.build(name, project, f"--file={project}/{name}.Dockerfile")
    assert not [path for path in paths_of_image(docker, name) if re.search(r"(^|/)\.(git|env|env\.(?!example$).*)$", path)]
    variables = {**store.environment(), "AWS_CA_BUNDLE": "/ca.pem", "SSM_EXEC_SOURCES": "/prod/api"}
    words = [
        "--network=host", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges",
        f"--volume={authority}:/ca.pem:ro", *(f"--env={name}={value}" for name, value in variables.items()), name,
    ]  # fmt: skip
    container = docker.output("run", "--detach", *words)
    assert ask(wait_for_port(docker, container)) == f"pid=1 uid={USERS[name]} DB_PASSWORD=hush\n"
    docker.output("stop", "--time=600", container)
    assert docker.status(container) == 0
    store.delete("/prod/api/db/password")
    store.delete("/prod/api/port")
    done = docker.run("run", "--rm", *words)
    assert (done.returncode, done.stdout) == (125, "")
    assert "ssm-exec: error: " in done.stderr


class Project:
    """docker-compose(1) with compose.yaml, but for `ports`: a container has the network of the machine, since the store is
    on loopback."""

    def __init__(self, docker: Docker, folder: Path) -> None:
        self._docker, self._folder = docker, folder
        self.services = yaml.safe_load((folder / "compose.yaml").read_text())["services"]
        for service in self.services.values():
            assert service.pop("ports")
            service["network_mode"] = "host"

    def output(self, *words: str) -> str:
        file = self._folder / "with-network.yaml"
        file.write_text(yaml.safe_dump({"services": self.services}))
        command = ["docker-compose", f"--file={file}", *words]
        environment = {**self._docker.environment, "HOME": str(self._folder / "home")}
        done = subprocess.run(command, env=environment, cwd=self._folder, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, f"docker-compose {words[0]}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def expect_server(self, service: str, user: int = USERS["node"]) -> None:
        """It is built and started as the file says, answers, and is stopped."""
        self.output("up", "--detach", service)
        container = self.output("ps", "--quiet", service)
        assert ask(wait_for_port(self._docker, container)) == f"pid=1 uid={user} DB_PASSWORD=hush\n"
        self.output("stop", "--timeout=600", service)
        assert self._docker.status(container) == 0


@pytest.fixture
def composed(docker: Docker, bases: None, project: Path) -> Iterator[Project]:
    if shutil.which("docker-compose", path=PATH) is None:
        pytest.skip("docker-compose is not installed: packaging/test --docker installs it")
    found = Project(docker, project)
    yield found
    found.output("down")


@pytest.fixture
def profile(project: Path, authority: Path, store: ParameterStore) -> Iterator[Path]:
    """~/.aws with the profile of the example. Returns its file of credentials."""
    store.put("/dev/api/port", "0")
    store.put("/dev/api/db/password", "hush", "SecureString")
    folder, caller = project / "home" / ".aws", store.default_credentials
    folder.mkdir(parents=True)
    shutil.copy(authority, folder)
    (folder / "config").write_text(
        f"[profile dev]\nendpoint_url = {store.endpoint_url}\nca_bundle = /home/node/.aws/ca.pem\n"
    )
    keys = folder / "credentials"
    keys.write_text(f"[dev]\naws_access_key_id = {caller.access_key_id}\naws_secret_access_key = {caller.secret_access_key}\n")
    keys.chmod(0o600)
    yield keys
    shutil.rmtree(folder)


def test_compose_starts_the_server_with_a_profile(composed: Project, profile: Path) -> None:
    os.chown(profile, USERS["node"], USERS["node"])
    composed.expect_server("api")


def test_compose_needs_a_profile_that_the_user_of_the_image_may_read(composed: Project, profile: Path, docker: Docker) -> None:
    """Otherwise the service gets the user who may, as the file says."""
    os.chown(profile, 4242, 4242)
    composed.output("up", "--detach", "api")
    container = composed.output("ps", "--all", "--quiet", "api")
    assert docker.status(container) == 125
    message = docker.logs(container)[1]
    assert "/home/node/.aws/credentials" in message and "Permission denied" in message
    composed.services["api"]["user"] = "4242"
    composed.services["api"]["environment"]["HOME"] = "/home/node"
    composed.expect_server("api", user=4242)


def test_compose_starts_the_server_with_a_file(composed: Project, project: Path) -> None:
    (project / ".env").write_text("PORT=0\nDB_PASSWORD=hush\n")
    composed.expect_server("api-offline")
