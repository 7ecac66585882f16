"""Images are refused abroad, unless they are read and show nobody."""

from __future__ import annotations

import base64
import sys
import types
from datetime import date

import pytest

from banjia.errors import ConfigError
from banjia.privacy.engine import Engine
from banjia.privacy.picture import Reader, pictures
from banjia.privacy.treater import Treater, Unreadable

ENGINE = Engine()
DAY = date(2026, 11, 24)
DATA = "data:image/png;base64," + base64.b64encode(b"png").decode()


def asking(*images, chat=True):
    parts = [
        {"type": "image_url", "image_url": {"url": i}} if chat else {"type": "input_image", "image_url": i}
        for i in images
    ]
    return {"model": "m", "messages": [{"role": "user", "content": [{"type": "text", "text": "what is it"}, *parts]}]}


def treated(read, *images, chat=True, **more):
    treater = Treater(ENGINE, read=read)
    body = asking(*images, chat=chat)
    seen = treater.inspect(body, on=DAY, **more)
    return seen, lambda: treater.request(body, inspection=seen)


@pytest.mark.parametrize("chat", [True, False])
def test_an_image_without_anybody_passes_where_images_are_read(chat):
    seen, request = treated(lambda _: "a red bicycle in front of a wall", DATA, chat=chat, images=True)
    assert ((), ()) == (seen.unreadable, seen.persons)
    assert asking(DATA, chat=chat)["messages"][0]["content"][1] in request().body["messages"][-1]["content"]


@pytest.mark.parametrize("said", ["客户贺雨桐，电话13812345678", "the patient was diagnosed with cancer", None])
def test_an_image_that_shows_somebody_or_cannot_be_read_does_not(said):
    seen, request = treated(lambda _: said, DATA, images=True)
    assert ("image_url",) == seen.unreadable
    with pytest.raises(Unreadable):
        request()


def test_one_image_that_shows_somebody_keeps_all_of_them():
    seen, _ = treated(lambda a: "电话13812345678" if a.endswith("AA") else "nobody", DATA, DATA + "AA", images=True)
    assert ("image_url",) == seen.unreadable
    assert "ordinary" == seen.data_class
    assert [("PHONE", "13812345678")] == [k for p in seen.persons for k in p.strong]


def test_without_the_choice_no_image_is_read():
    def read(_):
        raise AssertionError

    seen, request = treated(read, DATA)
    assert ("image_url",) == seen.unreadable
    with pytest.raises(Unreadable):
        request()


def test_an_image_on_another_server_is_not_fetched():
    assert [(("messages", 0, "content", 1), "https://example.com/a.png")] == pictures(
        asking("https://example.com/a.png")
    )
    assert Reader()("https://example.com/a.png") is None


def test_what_is_no_image_cannot_be_read(monkeypatch):
    module = types.ModuleType("rapidocr")

    class RapidOCR:
        def __init__(self, params):
            pass

        def __call__(self, image):
            if image == b"png":
                return types.SimpleNamespace(txts=("one", "two"))
            raise OSError

    module.RapidOCR = RapidOCR
    monkeypatch.setitem(sys.modules, "rapidocr", module)
    read = Reader()
    assert "one\ntwo" == read(DATA)
    assert read(DATA.replace("cG5n", "AAAA")) is None


def test_without_the_extra_the_remedy_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    with pytest.raises(ConfigError, match="ocr"):
        Reader()(DATA)
