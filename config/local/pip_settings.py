"""How this machine reaches its packages is the person's own business, told to pip; here it is told to uv in uv's words.

uv reads neither PIP_* nor pip.conf. Standard library only.
"""

import ast
import os
import subprocess
from collections.abc import Mapping, Sequence

_SWITCHED_ON = {"1", "true", "yes", "on"}


def read(pip: Sequence[str], environment: Mapping[str, str]) -> dict[str, str]:
    """pip's settings by their long names (`find-links`, `index-url`, …); the environment wins over files, as in pip."""
    listed = subprocess.run([*pip, "config", "list"], env=dict(environment), capture_output=True, text=True, check=False) if pip else None
    return parse(listed.stdout if listed else "", environment)


def parse(listing: str, environment: Mapping[str, str]) -> dict[str, str]:
    """`listing` is the output of `pip config list`: lines like `global.find-links='/wheels'`."""
    found: dict[str, str] = {}
    for section in ("global.", "install."):
        for line in listing.splitlines():
            name, _, value = line.partition("=")
            if name.startswith(section):
                found[name.removeprefix(section)] = str(ast.literal_eval(value)) if value[:1] in "'\"" else value
    for name, value in environment.items():
        if name.startswith("PIP_") and value:
            found[name.removeprefix("PIP_").lower().replace("_", "-")] = value
    return found


def for_uv(settings: Mapping[str, str]) -> dict[str, str]:
    """The same as environment variables of uv, as far as it knows them."""
    told: dict[str, str] = {}
    if links := settings.get("find-links", "").split():
        told["UV_FIND_LINKS"] = ",".join(links)
    if index := settings.get("index-url"):
        told["UV_INDEX_URL"] = index
    if extra := settings.get("extra-index-url", "").split():
        told["UV_EXTRA_INDEX_URL"] = " ".join(extra)
        told["UV_INDEX_STRATEGY"] = "unsafe-best-match"  # pip looks everywhere; the lock's hashes decide what is taken
    if settings.get("no-index", "").lower() in _SWITCHED_ON:
        told["UV_NO_INDEX"] = "1"
    if trusted := settings.get("trusted-host", "").split():
        told["UV_INSECURE_HOST"] = " ".join(trusted)
    if certificates := settings.get("cert"):
        told["SSL_CERT_FILE"] = certificates
    if proxy := settings.get("proxy"):
        told |= {"HTTP_PROXY": proxy, "HTTPS_PROXY": proxy}
    if timeout := settings.get("default-timeout") or settings.get("timeout"):
        told["UV_HTTP_TIMEOUT"] = str(int(float(timeout)))
    return told


def environment_for_uv(pip: Sequence[str]) -> dict[str, str]:
    """Our own environment with pip's settings added; what the person has set for uv stays as it is."""
    own = dict(os.environ)
    return for_uv(read(pip, own)) | own
