"""File: a policy as bytes on disk, read back exactly or refused with a reason."""

from __future__ import annotations

from pathlib import Path

import msgspec

from banjia.errors import RouteError, cause
from banjia.policy.policy import Policy
from banjia.store.whole import write_whole
from banjia.text import Text

SCHEMA = 1


def decode(data: bytes, *, where: str) -> Policy:
    """Raises RouteError where the bytes are no policy, or one of another schema."""
    try:
        policy = msgspec.json.decode(data, type=Policy)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise RouteError(
            Text("不是策略文件", "not a policy file"),
            where=where,
            expected=Text("`banjia policy compile -o` 写出的文件", "a file that `banjia policy compile -o` wrote"),
            found=str(error),
        ) from error
    if policy.schema != SCHEMA:
        raise RouteError(
            Text("策略文件的格式版本不对", "the policy file has another schema"),
            where=where,
            expected=str(SCHEMA),
            found=str(policy.schema),
            remedy=Text("用本版本重新编译", "compile it again with this version"),
        )
    return policy


def read(path: Path) -> Policy:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RouteError(
            Text("读不到策略文件", "the policy file cannot be read"),
            where=str(path),
            found=cause(error),
        ) from error
    return decode(data, where=str(path))


def write(policy: Policy, path: Path) -> None:
    """All of it or nothing: a reader never sees half a policy. A pipe or a device is written into, never replaced."""
    try:
        write_whole(path, policy.encode())
    except OSError as error:
        raise RouteError(
            Text("策略文件写不进去", "the policy file cannot be written"),
            where=str(path),
            found=cause(error),
        ) from error
