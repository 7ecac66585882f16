"""English names whose words are months, places and things as well."""

from __future__ import annotations

import pytest

from banjia.privacy.engine import Engine

ENGINE = Engine()


def people(text: str, label: str = "") -> list[str]:
    return [text[s.start : s.end] for s in ENGINE.record(text, label=label).spans if s.type == "PERSON"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Customer Will Rossi called from (212) 555-1234", "Will Rossi"),
        ("Name: Troy Winter\nEmail: a@b.com", "Troy Winter"),
        ("My name is May Summers, SSN 512-45-6789", "May Summers"),
        ("Dear Jordan Marsh,\nyour card was charged twice", "Jordan Marsh"),
        ("Please tell Hugo Park at (212) 555-1234 that it is late", "Hugo Park"),
        ("Mr. Holly Lake signed in", "Holly Lake"),
        ("Ms. Nkechi Lake signed in", "Nkechi Lake"),
        ("charged twice.\nRegards, Soo Field", "Soo Field"),
        ("name,email\nJasper van Dijk,a@b.com\nWei MacDonald,c@d.com", "Jasper van Dijk"),
        ("name,email\nJasper van Dijk,a@b.com\nWei MacDonald,c@d.com", "Wei MacDonald"),
    ],
)
def test_a_name_is_told_by_the_cue_before_it(text: str, name: str) -> None:
    assert name in people(text)


def test_a_key_tells_a_name() -> None:
    assert people("Georgia Ricci", label="name") == ["Georgia Ricci"]


@pytest.mark.parametrize(
    "text",
    [
        "Dear Customer Support,",
        "contact Georgia Power about the bill",
        "tell Virginia Beach visitors",
        "this is May Day weekend",
        "Name: Silver Lake\nType: resort",
        "City name: Virginia Beach",
        "file name: May Report",
        "Dear Hiring Manager,",
        "Mr. President spoke",
    ],
)
def test_a_thing_behind_a_cue_is_nobody(text: str) -> None:
    assert people(text) == []
