"""Runs a program that refuses to be root (PostgreSQL does), without making an account and without changing any permission.

As root there are two ways. In a user namespace of its own the program believes to be an ordinary account, while its files stay root's:
this also works for a clone under a private home. Where the kernel forbids such namespaces, the program really becomes that account, and
every folder above its files must let others pass.

Also a script: `python -I -S unprivileged.py namespace|account UID PROGRAM ARGUMENT…` turns itself into the program. Standard library only.
"""

import ctypes
import os
import pwd
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

CLONE_NEWUSER = 0x10000000
_ACCOUNTS = ("daemon", "nobody")  # they own no files and exist everywhere; PostgreSQL's initdb wants a name behind its number


class CannotLowerRights(RuntimeError):
    """We are root, and neither way of being somebody else is open here."""


def server_account() -> int:
    """The number of an existing account that is not root."""
    known = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid != 0}
    for name in _ACCOUNTS:
        if name in known:
            return known[name]
    return min(known.values(), default=65534)


def lowered(command: Sequence[str], needs: Sequence[Path]) -> list[str]:
    """The command as it must be started here: as it is, or through this file when we are root or nobody in particular.

    `needs` are the folders it must reach. Raises CannotLowerRights with what a person can do about it.
    """
    if os.geteuid() != 0 and (_has_a_name() or _way() != "namespace"):
        return list(command)
    way = _way()
    if way == "account":
        _must_be_reachable(needs)
    return [sys.executable, "-I", "-S", __file__, way, str(server_account()), *command]


def gives_files_away() -> bool:
    """Whether files and folders must belong to `server_account()` before the program starts."""
    return os.geteuid() == 0 and _way() == "account"


def _has_a_name() -> bool:
    """A container may run under a number that no account has: initdb refuses, unless a namespace shows it one that has a name."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        return False
    return True


@cache
def _way() -> str:
    """`namespace` where the kernel lets us make one, else `account`."""
    trial = [sys.executable, "-I", "-S", __file__, "namespace", str(server_account()), "/bin/sh", "-c", "exit 0"]
    return "namespace" if subprocess.run(trial, check=False, capture_output=True).returncode == 0 else "account"


def _must_be_reachable(needs: Sequence[Path]) -> None:
    for path in needs:
        for folder in (path, *path.parents):
            if folder.exists() and not folder.stat().st_mode & 0o001 and folder.stat().st_uid != server_account():
                raise CannotLowerRights(
                    f"PostgreSQL does not run as root, and this machine forbids user namespaces. Another account could run it, but cannot "
                    f"enter {folder}. Do one of these: run this as an ordinary user; move the clone to a folder that everybody may enter; "
                    f"or set DATABASE_URL to a PostgreSQL server that you have."
                )


def _become(way: str, account: int) -> None:
    if way == "account":
        os.setgroups([])
        os.setgid(account)
        os.setuid(account)
        return
    outside_user, outside_group = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{account} {outside_user} 1")
    Path("/proc/self/gid_map").write_text(f"{account} {outside_group} 1")


def main(way: str, account: str, *command: str) -> None:
    _become(way, int(account))
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
