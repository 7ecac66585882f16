"""Citations resolve: to provisions, to paragraphs within them, to several articles, to the instrument."""

from datetime import date

import pytest

from banjia.errors import LawError
from banjia.law.corpus import load

ON = date(2026, 11, 23)


def library():
    return load().library


def test_a_citation_gives_title_dates_confidence_and_source():
    cite = library().cite("cbdf art. 8", ON)
    assert cite.in_force[0] == date(2024, 3, 22)
    assert cite.confidence in {"text", "secondary", "memory"}
    assert cite.source
    assert "Cross-Border" in cite.title.en


def test_several_articles_resolve_to_each():
    assert library().expand("pipl arts. 36, 37") == ("pipl art. 36", "pipl art. 37")


def test_a_range_takes_in_what_the_pack_holds():
    found = library().expand("pipl arts. 38-40")
    assert found == ("pipl art. 38", "pipl art. 39", "pipl art. 40")


def test_a_paragraph_is_found_or_falls_back_to_its_article():
    assert library().cite("cbdf art. 5(1)(4)", ON).text.en
    assert library().cite("cbdf art. 8(7)", ON).text == library().cite("cbdf art. 8", ON).text


def test_an_instrument_alone_is_a_citation():
    assert library().cite("gb-45438-2025", ON).title.en


def test_an_unknown_instrument_names_the_nearest():
    with pytest.raises(LawError, match="cbdf"):
        library().cite("cbdff art. 8", ON)


def test_around_a_paragraph_stands_its_article():
    assert library().around("cbdf art. 5(1)(4)") == "cbdf art. 5"
    assert library().around("cbdf art. 5") == ""
    assert library().around("llama-community territory") == "llama-community"


def test_every_citation_of_every_rule_resolves():
    corpus = load()
    for built in corpus.packs:
        for rule in built.base.rules:
            for cite in rule.cites:
                assert corpus.library.cite(cite, ON).title.zh, rule.id


def test_the_hash_does_not_depend_on_the_order_of_packs():
    from banjia.law.library import packs_hash

    packs = load().library.packs
    assert packs_hash(packs) == packs_hash(tuple(reversed(packs)))
