"""Pictures: the text that an image of a request shows, read on this machine. What is no text in it is not seen."""

from __future__ import annotations

import base64
import binascii
import logging
import re
from collections.abc import Iterator
from typing import Any

from banjia.errors import ConfigError
from banjia.text import Text

LARGEST = 20 << 20  # bytes of one image
KINDS = frozenset({"image_url", "input_image"})
PICTURE = "\0picture"  # the step into what an image shows
_DATA = re.compile(r"data:image/[a-z0-9.+-]+;base64,([A-Za-z0-9+/=\s]+)$", re.IGNORECASE)
Path = tuple[str | int, ...]


def pictures(body: Any) -> list[tuple[Path, str]]:
    """The images of a body with their addresses: of data that comes along, or of another server."""
    return list(_walk(body, ()))


class Reader:
    """Reads images with the models that come with rapidocr; nothing is fetched and nothing leaves."""

    def __init__(self) -> None:
        self._engine: Any = None

    def __call__(self, address: str) -> str | None:
        """The text of an image that comes along; None for one that cannot be read, or lies on another server."""
        found = _DATA.match(address)
        if found is None or len(found[1]) > LARGEST * 4 // 3:
            return None
        try:
            image = base64.b64decode(found[1], validate=False)
            said = self._load()(image)
        except ConfigError:
            raise
        except (binascii.Error, ValueError, OSError, RuntimeError) as error:
            logging.getLogger("banjia.privacy").warning("an image could not be read: %s", type(error).__name__)
            return None
        return "\n".join(said.txts or ())

    def _load(self) -> Any:
        if self._engine is None:
            try:
                from rapidocr import RapidOCR  # noqa: PLC0415 - an extra
            except ImportError as error:
                raise ConfigError(
                    Text("读图片需要附加组件", "reading images needs an extra"),
                    where="privacy.images",
                    remedy="pip install 'banjia[ocr]'",
                ) from error
            # one thread: more would take the processor from the callers who wait
            threads = {f"EngineConfig.onnxruntime.{way}_op_num_threads": 1 for way in ("intra", "inter")}
            self._engine = RapidOCR(params={"Global.log_level": "error", **threads})
        return self._engine


def _walk(node: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(node, dict):
        if node.get("type") in KINDS:
            given = node.get("image_url")
            yield path, str(given.get("url", "") if isinstance(given, dict) else given or "")
            return
        for key, child in node.items():
            yield from _walk(child, (*path, key))
    elif isinstance(node, list):
        for i, child in enumerate(node):
            yield from _walk(child, (*path, i))
