"""Nothing in the tree looks like a token of a real service: scanners of whoever has a copy would report it, and a push would be refused."""

import re
import subprocess

import pytest
from test_sources import ROOT

SHAPES = re.compile(
    rb"""\b(?:
      gh[pousr]_[0-9A-Za-z]{36} | github_pat_[0-9A-Za-z_]{22,} | glpat-[\w-]{20}      # GitHub, GitLab
    | (?:AKIA|ASIA|ABIA|ACCA)(?!IOSFODNN7EXAMPLE)[0-9A-Z]{16}\b                       # AWS, but for the example of its own documentation
    | [sr]k_(?:live|test|prod)_[0-9A-Za-z]{10,} | whsec_[0-9A-Za-z+/]{24,}            # Stripe
    | xox[abeoprs]-[0-9A-Za-z-]{10,} | xapp-\d-[0-9A-Z]+-\d+-[0-9a-f]+                # Slack
    | AIza[\w-]{35} | ya29\.[\w-]{20,} | GOCSPX-[\w-]{28}                             # Google
    | SG\.[\w-]{16,}\.[\w-]{16,} | npm_[0-9A-Za-z]{36} | pypi-AgE[\w-]{20,}           # SendGrid, npm, PyPI
    | hvs\.[\w-]{20,} | dop_v1_[0-9a-f]{64} | shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}      # Vault, DigitalOcean, Shopify
    | sk-(?:proj-|ant-)?[\w-]{40,} | hf_[A-Za-z]{34} | SK[0-9a-f]{32}\b               # OpenAI, Anthropic, Hugging Face, Twilio
    | eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}                                        # any JSON web token
    ) | -----BEGIN[ ](?:[A-Z]+[ ])*PRIVATE[ ]KEY-----[\s\\n"]*[A-Za-z0-9+/=\\n]{64,}""",
    re.VERBOSE,
)


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is not a checkout of git")
def test_nothing_in_the_tree_looks_like_a_token_of_a_service() -> None:
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], check=True, capture_output=True).stdout
    paths = [ROOT / name.decode() for name in listed.split(b"\0") if name]
    found = [(str(path.relative_to(ROOT)), match[0][:12]) for path in paths if path.is_file() for match in SHAPES.finditer(path.read_bytes())]
    assert found == []
