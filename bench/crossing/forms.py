"""Forms: every way in which a value could stand in recorded bytes."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus


def forms(value: str) -> set[bytes]:
    """The value in UTF-8, UTF-16, GB 18030, JSON and percent escapes of either case, and base64 at each alignment."""
    raw = value.encode()
    escaped = json.dumps(value)[1:-1]
    found = {raw, value.encode("utf-16-le"), value.encode("gb18030"), escaped.encode(), _upper(escaped).encode()}
    found |= {quote(value, safe="").encode(), quote_plus(value).encode(), quote(value, safe="").lower().encode()}
    found |= {"".join(f"%{b:02X}" for b in raw).encode(), raw.hex().encode(), raw.hex().upper().encode()}
    for shift, skipped in ((0, 0), (1, 2), (2, 3)):
        core = base64.b64encode(b"\0" * shift + raw)[skipped : (shift + len(raw)) * 8 // 6]
        if len(core) > 5:
            found |= {core, core.replace(b"+", b"-").replace(b"/", b"_")}
    return found


def leaked(values: list[str], recorded: bytes) -> list[str]:
    """The values of which some form stands in the bytes."""
    return [v for v in values if any(f in recorded for f in forms(v))]


def _upper(escaped: str) -> str:
    parts = escaped.split("\\u")
    return "\\u".join([parts[0], *(p[:4].upper() + p[4:] for p in parts[1:])])
