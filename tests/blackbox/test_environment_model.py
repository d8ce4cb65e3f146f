"""Random combinations of everything that makes up an environment, compared with a small independent model of the rules."""

import json
import random
from pathlib import Path

import pytest
from conftest import Runner
from parameter_store import ParameterStore

NAMES = ["ALPHA", "BETA", "GAMMA", "DELTA", "OMEGA_ONE", "OMEGA_TWO", "AWS_ROLE_SESSION_NAME", "AWS_ROLE_ARN"]
FIXED = {"AWS_REGION", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "HOME", "PATH", "AWS_EC2_METADATA_DISABLED", "ASAN_OPTIONS", "UBSAN_OPTIONS"}
PATTERNS = ["OMEGA_*", "ALPHA", "G*"]


def matches(name: str, patterns: list[str]) -> bool:
    return any(name == pattern or (pattern.endswith("*") and name.startswith(pattern[:-1])) for pattern in patterns)


class World:
    """One random run: what is stored, inherited, written to files and said on the command line."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.random = random.Random(seed)
        self.folder = folder
        self.parameters: dict[str, str] = {}
        self.args: list[str] = []

    def some(self, chance: float = 0.5) -> bool:
        return self.random.random() < chance

    def parameter(self, name: str) -> str:
        self.parameters[name] = f"value of {name} {self.random.randrange(1000)}"
        return self.parameters[name]

    def reference_or_plain(self, where: str, name: str) -> tuple[str, str, bool]:
        """What is written, what it means, and whether it is a reference."""
        if self.some(0.3) and not name.startswith("AWS_"):
            parameter = f"/refs/{where}/{name.lower()}"
            return f"ssm://{parameter}", self.parameter(parameter), True
        return f"{where} {name}", f"{where} {name}", False

    def make(self, store_environment: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """The environment to start with, and the one that COMMAND must get."""
        pristine, drop = self.some(0.3), self.some(0.3)
        kept = self.random.sample(PATTERNS, self.random.randrange(3)) if pristine else []
        unset = self.random.sample(PATTERNS, self.random.randrange(2))
        preserve_all = self.some(0.2)
        preserved = self.random.sample(NAMES, self.random.randrange(3)) if not preserve_all and self.some(0.4) else []

        started: dict[str, str] = dict(store_environment)
        inherited: dict[str, str] = {}
        for name in NAMES + sorted(store_environment):
            if name in store_environment:
                written, value, is_reference = store_environment[name], store_environment[name], False
            elif self.some(0.6):
                written, value, is_reference = self.reference_or_plain("inherited", name)
                started[name] = written
            else:
                continue
            credential = name in ("AWS_ROLE_SESSION_NAME", "AWS_ROLE_ARN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
            gone = (drop and credential) or (pristine and not is_reference and not matches(name, kept)) or matches(name, unset)
            if not gone:
                inherited[name] = value

        result = dict(inherited)
        if drop:
            result["AWS_EC2_METADATA_DISABLED"] = "true"
        for number in range(self.random.randrange(3)):
            path = self.folder / f"{number}.env"
            lines = []
            for name in self.random.sample(NAMES, 3):
                written, value, _ = self.reference_or_plain(f"file{number}", name)
                lines.append(f"{name}='{written}'")
                result[name] = value
            path.write_text("\n".join(lines) + "\n")
            self.args += ["--env-file", str(path)]
        for number in range(self.random.randrange(1, 4)):
            if self.some():
                path = f"/tree/{number}"
                self.args.append(path)
                for name in self.random.sample(NAMES, 3):
                    result[name] = self.parameter(f"{path}/{name.lower()}")
            else:
                name = self.random.choice(NAMES)
                parameter = f"/single/{number}"
                if self.some(0.3):
                    self.parameters[parameter] = json.dumps({"member": f"member {number}"})
                    self.args.append(f"{name}={parameter}#member")
                    result[name] = f"member {number}"
                else:
                    self.args.append(f"{name}={parameter}")
                    result[name] = self.parameter(parameter)
        for name, value in inherited.items():
            if preserve_all or name in preserved:
                result[name] = value
        result = {name: value for name, value in result.items() if not matches(name, unset)}

        self.args += ["--pristine"] * pristine + ["--drop-credentials"] * drop + ["--allow-mixed"]
        self.args += [f"--keep={pattern}" for pattern in kept] + [f"--unset={pattern}" for pattern in unset]
        self.args += ["--preserve-env"] * preserve_all + ([f"--preserve-env={','.join(preserved)}"] if preserved else [])
        return started, result


@pytest.mark.parametrize("first", range(0, 120, 20))
def test_command_gets_what_the_model_says(run: Runner, store: ParameterStore, tmp_path: Path, first: int) -> None:
    for seed in range(first, first + 20):
        folder = tmp_path / str(seed)
        folder.mkdir()
        world = World(seed, folder)
        started, expected = world.make({name: value for name, value in run.environment().items() if name in FIXED})
        store.reset()
        for name, value in world.parameters.items():
            store.put(name, value)
        started["AWS_CONFIG_FILE"] = started["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null"
        result = run(*world.args, "--unset=AWS_CONFIG_FILE", "--unset=AWS_SHARED_CREDENTIALS_FILE", "--", "/usr/bin/env", "-0",
                     env=started)  # fmt: skip
        assert result.variables == expected, (seed, world.args, result.err)
        assert len(result.entries) == len(expected)
