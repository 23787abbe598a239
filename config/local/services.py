"""PostgreSQL and Redis of one folder from the command line: `python -m config.local.services start|stop|env|status`.

The folder is CAIRN_VAR, or `var/` of this clone. `start` and `env` print the two settings as shell exports.
"""

import argparse
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from config.local.paths import runtime_dir, var_dir
from config.local.postgres import Postgres, ServerFailed
from config.local.redis import Redis
from config.local.unprivileged import CannotLowerRights


def start(var: Path, *, lasting: bool = True) -> dict[str, str]:
    """Start both, each in its own process group; the answer is the settings that lead to them. Raises ServerFailed, CannotLowerRights."""
    var.mkdir(parents=True, exist_ok=True)
    servers = (Postgres(var, lasting=lasting), Redis(var, lasting=lasting))
    with ThreadPoolExecutor(2) as pool:
        for started in [pool.submit(server.start) for server in servers]:
            started.result()
    return settings_of(var)


def stop(var: Path) -> None:
    """Stop both and remove the folder of their sockets; whatever is not running is passed over."""
    Postgres(var).stop()
    Redis(var).stop()
    shutil.rmtree(runtime_dir(var), ignore_errors=True)


def settings_of(var: Path) -> dict[str, str]:
    return {"DATABASE_URL": Postgres(var).url, "REDIS_URL": Redis(var).url}


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m config.local.services", description=__doc__)
    arguments.add_argument("what", choices=["start", "stop", "env", "status"])
    what, var = arguments.parse_args().what, var_dir()
    if what == "stop":
        stop(var)
        return 0
    if what == "status":
        states = {"PostgreSQL": Postgres(var).answers(), "Redis": Redis(var).answers()}
        for name, answers in states.items():
            print(f"{name}: {'answers' if answers else 'does not answer'}")
        return 0 if all(states.values()) else 1
    try:
        settings = start(var) if what == "start" else settings_of(var)
    except (ServerFailed, CannotLowerRights) as problem:
        print(problem, file=sys.stderr)
        return 1
    for name, value in settings.items():
        print(f"export {name}='{value}'")
    return 0


if __name__ == "__main__":
    sys.exit(main())
