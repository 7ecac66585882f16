"""The shipped packs are sound: every case of a statute file holds, every rule is reached, nothing collides."""

from datetime import date

import pytest

from banjia.assess.audit import audit
from banjia.law.corpus import load as load_law
from banjia.routes.catalogue import load as load_routes

PACKS = [built.pack.id for built in load_law().packs]


@pytest.mark.parametrize("pack", PACKS)
def test_a_shipped_pack_has_no_finding_without_a_reason(pack):
    found = audit(load_law(), load_routes(), today=date(2026, 11, 24), only=[pack])
    assert [f"{flaw.where} {flaw.id}: {flaw.text.en}" for flaw in found if not flaw.reason] == []
