"""The services that hand out AWS credentials, on loopback, for tests.

README.md beside this file shows their use.
"""

from .aws_files import write_login_session, write_profiles, write_sso_token
from .container import ContainerCredentials
from .issuing import Issued, make_credentials
from .metadata import InstanceMetadata
from .security_token import SecurityTokenService
from .sso_portal import SsoPortal

__all__ = [
    "ContainerCredentials",
    "InstanceMetadata",
    "Issued",
    "SecurityTokenService",
    "SsoPortal",
    "make_credentials",
    "write_login_session",
    "write_profiles",
    "write_sso_token",
]
