"""Asks Debian's botocore for credentials, once for each line of standard input.

A line is {"env": {...}, "profile": name or null}; the answer is {"key": access key id}, {"key": null} where botocore
finds none, or {"error": text}; and "region", as botocore has it. The environment is all that counts, but for the
endpoints: this botocore does not know AWS_ENDPOINT_URL_STS and _SSO yet, so they are handed to its clients here.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import botocore.credentials
import botocore.loaders
import botocore.session
import botocore.tokens

LOADER = botocore.loaders.create_loader()
ENDPOINTS = {"sts": "AWS_ENDPOINT_URL_STS", "sso": "AWS_ENDPOINT_URL_SSO"}


class Session(botocore.session.Session):
    def create_client(self, service_name: str, *args: Any, **options: Any) -> Any:
        options["endpoint_url"] = os.environ[ENDPOINTS[service_name]]
        return super().create_client(service_name, *args, **options)


def look_for_credentials(profile: str | None) -> dict[str, Any]:
    cache = str(Path(os.environ["HOME"]) / ".aws" / "sso" / "cache")
    botocore.credentials.SSOProvider._SSO_TOKEN_CACHE_DIR = cache
    botocore.tokens.SSOTokenProvider._SSO_TOKEN_CACHE_DIR = cache
    found: dict[str, Any] = {}
    try:
        session = Session(profile=profile)
        session.register_component("data_loader", LOADER)
        found["region"] = session.get_config_variable("region")
        credentials = session.get_credentials()
        found["key"] = credentials.get_frozen_credentials().access_key if credentials else None
    except Exception as error:  # whatever it is, it is botocore's answer
        found["error"] = f"{type(error).__name__}: {error}"
    return found


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        os.environ.clear()
        os.environ.update(asked["env"])
        print(json.dumps(look_for_credentials(asked["profile"])), flush=True)


if __name__ == "__main__":
    main()
