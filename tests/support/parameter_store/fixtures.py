"""pytest fixtures: one store for the whole run, as new for each test, and a botocore client for it.

A test module takes them over with "from parameter_store.fixtures import *".
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.config
import botocore.session
import pytest

from .credentials import Credentials
from .store import ParameterStore

__all__ = ["certificates_directory", "clean_aws_environment", "client", "running_store", "store"]


@pytest.fixture(scope="session")
def certificates_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="session")
def running_store(certificates_directory: Path) -> Iterator[ParameterStore]:
    with ParameterStore(certificates_directory=certificates_directory) as store:
        yield store


@pytest.fixture
def store(running_store: ParameterStore) -> Iterator[ParameterStore]:
    """A store that knows of no earlier test."""
    running_store.reset()
    yield running_store
    running_store.reset()


@pytest.fixture
def clean_aws_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine reaches a client here or in a child process."""
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def client(clean_aws_environment: None, store: ParameterStore) -> Any:
    """botocore's client with the default credentials."""
    return botocore_client(store)


def botocore_client(
    store: ParameterStore, credentials: Credentials | None = None, **overrides: Any
) -> Any:
    """A client that tries everything once. overrides go to create_client."""
    credentials = credentials or store.default_credentials
    settings: dict[str, Any] = {
        "region_name": store.region,
        "endpoint_url": store.endpoint_url,
        "verify": str(store.ca_file) if store.tls else None,
        "aws_access_key_id": credentials.access_key_id,
        "aws_secret_access_key": credentials.secret_access_key,
        "aws_session_token": credentials.session_token,
        "config": botocore.config.Config(retries={"total_max_attempts": 1}),
    }
    return _session().create_client("ssm", **{**settings, **overrides})


@functools.cache
def _session() -> botocore.session.Session:
    """One for all clients: it keeps the API's description, which takes long to load."""
    return botocore.session.Session()
