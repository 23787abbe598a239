"""Landlock: which files a child may open at all, whatever the mounts and the owners say."""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterable

from grading.sandbox import syscalls

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE, MAKE_CHAR, MAKE_DIR, MAKE_REG = 1 << 4, 1 << 5, 1 << 6, 1 << 7, 1 << 8
MAKE_SOCK, MAKE_FIFO, MAKE_BLOCK, MAKE_SYM, REFER, TRUNCATE, IOCTL_DEV = (1 << bit for bit in range(9, 16))

READ = READ_FILE | READ_DIR
OWN = READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER | TRUNCATE
_ONLY_FOR_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
_NETWORK = 0b11  # bind and connect of TCP
_SCOPES = 0b11  # abstract unix sockets, signals


def handled_rights(version: int) -> int:
    """All rights on files that this ABI can take away."""
    count = {1: 13, 2: 14, 3: 15, 4: 15}.get(version, 16)
    return (1 << count) - 1


def _ruleset(version: int) -> int:
    rights = handled_rights(version)
    if version >= 6:
        return syscalls.landlock_create_ruleset(struct.pack("=QQQ", rights, _NETWORK, _SCOPES))
    if version >= 4:
        return syscalls.landlock_create_ruleset(struct.pack("=QQ", rights, _NETWORK))
    return syscalls.landlock_create_ruleset(struct.pack("=Q", rights))


def restrict(rules: Iterable[tuple[str, int]]) -> int:
    """Leave this process only `rules` (path, rights; a path that is not there is left out). Returns the ABI in force."""
    version = syscalls.landlock_version()
    ruleset = _ruleset(version)
    try:
        for path, rights in rules:
            _allow(ruleset, path, rights & handled_rights(version))
        syscalls.landlock_restrict_self(ruleset)
    finally:
        os.close(ruleset)
    return version


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        there = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        return
    try:
        is_folder = stat.S_ISDIR(os.fstat(there).st_mode)
        syscalls.landlock_allow_beneath(ruleset, rights if is_folder else rights & _ONLY_FOR_FILES, there)
    finally:
        os.close(there)
