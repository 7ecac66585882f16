"""Personal: the privacy engine as the gateway uses it: loaded on first need, beside the loop, one call at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from banjia.errors import StoreError
from banjia.gateway.option import Options
from banjia.gateway.readiness import Readiness
from banjia.gateway.refusal import Refusal, bad_request
from banjia.store.vault import Vault
from banjia.text import Text

if TYPE_CHECKING:
    from banjia.privacy.tagger import TaggerName
    from banjia.privacy.treater import Inspection, Treated, Treater
    from banjia.privacy.treatment import Plan

log = logging.getLogger("banjia.gateway")

T = TypeVar("T")
Reading = Literal["current", "strict"]

LARGEST = (
    4_000_000  # bytes of a request that are looked into: more would keep all other callers of these routes waiting
)
KNOWN = frozenset({"detect", "reading", "names", "tagger", "largest"})

TOO_LARGE = Text(
    "这次调用要先检查个人信息，请求体却超过 {most} 字节（privacy: largest）",
    "a call that is first looked into for personal information may have {most} bytes (privacy: largest)",
)
DEEP = Text("请求体嵌套过深", "the request body is nested too deeply")
SAMPLE: dict[str, Any] = {"messages": [{"role": "user", "content": "请联系张伟，他住在北京市。 Ask for John Smith."}]}
LOADING = "detection of personal information is being loaded"
UNLOADED = "detection of personal information cannot be loaded: {why}"
MAP = Text(
    "对话的替换表打不开，未替换的内容不会送出", "the map of this conversation does not open; nothing is sent untreated"
)


@dataclass(frozen=True, slots=True)
class PrivacySettings:
    """`detect` off: the declared class alone decides, and a route that asks for treatment is refused."""

    detect: bool = True
    reading: Reading = "current"
    names: bool = True
    tagger: TaggerName = "lac"
    largest: int = LARGEST


def read_privacy(raw: object, reading: Reading = "current") -> PrivacySettings:
    """`reading` where the settings name none."""
    options = Options(raw, "privacy", KNOWN)
    return PrivacySettings(
        detect=options.flag("detect", default=True),
        reading="strict" if options.word("reading", reading, among=("current", "strict")) == "strict" else "current",
        names=options.flag("names", default=True),
        tagger="small" if options.word("tagger", "lac", among=("lac", "small")) == "small" else "lac",
        largest=options.count("largest") or LARGEST,
    )


class Personal:
    """`vault` keeps the maps of conversations; without it each request has a map of its own."""

    def __init__(
        self,
        settings: PrivacySettings,
        vault: Callable[[], Vault] | None = None,
        readiness: Readiness | None = None,
    ) -> None:
        self.settings = settings
        self._vault = vault
        self._readiness = readiness or Readiness()
        self._loaded: tuple[PrivacySettings, Treater] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="banjia-privacy")

    def replace(self, settings: PrivacySettings) -> None:
        """Settings of a reload; an engine with another reading is loaded anew when it is next needed."""
        self.settings = settings

    def warm(self, on: date, *, starts: bool) -> None:
        """Load all that a call needs, in the engine's own thread, so that no caller waits for it.

        A gateway that `starts` is not ready before; one that serves already stays so.
        """
        if self._loaded is not None and self._loaded[0] == self.settings:
            return
        if starts:
            self._readiness.waits_for = LOADING
        self._thread.submit(self._warm, on)

    def _warm(self, on: date) -> None:
        try:
            self._load().inspect(SAMPLE, on=on)
        except Exception as error:  # whatever it is, calls at home go on, and the operator reads why others cannot
            log.exception("detection of personal information cannot be loaded")
            if self._readiness.waits_for:
                self._readiness.waits_for = UNLOADED.format(why=error)
        else:
            self._readiness.done()

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def inspect(
        self, request: dict[str, Any], on: date, *, images: bool = False, size: int = 0, app: str = ""
    ) -> Inspection:
        """What a request of that many bytes holds. Raises Refusal for one too large, or too deep, to be walked."""
        if size > self.settings.largest:
            raise bad_request("too_large_to_inspect", TOO_LARGE.format(most=self.settings.largest), status=413)
        try:
            found = await self._beside(lambda: self._load().inspect(request, on=on, images=images, app=app))
        except RecursionError as error:
            raise bad_request("too_deep", DEEP) from error
        if self._readiness.waits_for:
            self._readiness.done()
        return found

    async def treat(
        self,
        request: dict[str, Any],
        plan: Plan | None,
        inspection: Inspection,
        *,
        app: str,
        conversation: str,
        corpus: str,
        at: int,
        allow_unreadable: bool,
    ) -> Treated:
        """The request as it may leave; without a plan as it is. Raises Refusal for what cannot be looked into."""
        from banjia.privacy.treater import Unreadable  # noqa: PLC0415 - the engine is loaded on first need

        def work() -> Treated:
            return self._load().request(
                request,
                plan.base if plan is not None else "allow",
                finer=plan.finer if plan is not None else (),
                inspection=inspection,
                app=app,
                conversation=conversation,
                corpus=corpus,
                at=at,
                allow_unreadable=allow_unreadable,
            )

        try:
            return await self._beside(work)
        except Unreadable as error:
            text = error.problem + Text("：", ": ") + error.found
            raise Refusal(403, "policy_refusal", "unreadable_content", text) from error
        except RecursionError as error:
            raise bad_request("too_deep", DEEP) from error
        except StoreError as error:
            log.error("%s", error)  # noqa: TRY400 - a message for the operator, not a stack trace
            raise Refusal(503, "server_error", "surrogates_unavailable", MAP) from error

    async def _beside(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _load(self) -> Treater:
        held = self.settings
        if self._loaded is None or self._loaded[0] != held:
            from banjia.privacy.engine import Engine  # noqa: PLC0415 - large; only calls that may go abroad need it
            from banjia.privacy.treater import Treater  # noqa: PLC0415
            from banjia.privacy.vault import Maps  # noqa: PLC0415

            maps = Maps(self._vault) if self._vault is not None else None
            self._loaded = held, Treater(Engine(held.reading, names=held.names, tagger=held.tagger), maps)
        return self._loaded[1]
