"""pytest fixtures: the services run for the whole run and are as new for each test.

A test module takes them over with "from credential_services.fixtures import *", beside those of
parameter_store.fixtures, which they need: the store accepts what they issue.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from parameter_store import ParameterStore

from .container import ContainerCredentials
from .metadata import InstanceMetadata
from .security_token import SecurityTokenService
from .sso_portal import SsoPortal

__all__ = [
    "container",
    "metadata",
    "running_container",
    "running_metadata",
    "running_sso_portal",
    "running_sts",
    "sso_portal",
    "sts",
]


@pytest.fixture(scope="session")
def running_sts(
    certificates_directory: Path, running_store: ParameterStore
) -> Iterator[SecurityTokenService]:
    with SecurityTokenService(
        certificates_directory=certificates_directory, accepted_by=(running_store,)
    ) as service:
        yield service


@pytest.fixture(scope="session")
def running_metadata(
    running_store: ParameterStore, running_sts: SecurityTokenService
) -> Iterator[InstanceMetadata]:
    with InstanceMetadata(accepted_by=(running_store, running_sts)) as service:
        yield service


@pytest.fixture(scope="session")
def running_container(
    running_store: ParameterStore, running_sts: SecurityTokenService
) -> Iterator[ContainerCredentials]:
    with ContainerCredentials(accepted_by=(running_store, running_sts)) as service:
        yield service


@pytest.fixture(scope="session")
def running_sso_portal(
    certificates_directory: Path, running_store: ParameterStore, running_sts: SecurityTokenService
) -> Iterator[SsoPortal]:
    with SsoPortal(
        certificates_directory=certificates_directory, accepted_by=(running_store, running_sts)
    ) as service:
        yield service


@pytest.fixture
def sts(running_sts: SecurityTokenService, store: ParameterStore) -> Iterator[SecurityTokenService]:
    """Knows the default credentials and no role."""
    running_sts.reset()
    yield running_sts
    running_sts.reset()


@pytest.fixture
def metadata(
    running_metadata: InstanceMetadata, sts: SecurityTokenService
) -> Iterator[InstanceMetadata]:
    running_metadata.reset()
    yield running_metadata
    running_metadata.reset()


@pytest.fixture
def container(
    running_container: ContainerCredentials, sts: SecurityTokenService
) -> Iterator[ContainerCredentials]:
    """Over HTTP."""
    running_container.reset()
    yield running_container
    running_container.reset()


@pytest.fixture
def sso_portal(running_sso_portal: SsoPortal, sts: SecurityTokenService) -> Iterator[SsoPortal]:
    """Knows no token."""
    running_sso_portal.reset()
    yield running_sso_portal
    running_sso_portal.reset()
