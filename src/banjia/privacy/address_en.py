"""Addresses of the US, the UK, Hong Kong, Singapore and India that reach a house, a box or a unit."""

from __future__ import annotations

import re

from banjia.privacy.gazetteer import alternatives

_UNITS = ("Studio", "Flat", "Apartment", "Apt", "Unit", "Suite", "Room")
Place = tuple[int, int, float]

_STATE = alternatives("states_en")
_SUFFIX = alternatives("streets_en")
_UNIT = r"(?:,? (?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Fl|Room|Rm|Studio|#|No)\.? ?#?[A-Za-z0-9-]{1,6})"
_CITY = r"[A-Z][A-Za-z.'’-]+(?: [A-Z][A-Za-z.'’-]+){0,3}"
_ZIP = r"[0-9]{5}(?:-[0-9]{4})?"
_POSTCODE = r"[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}"
_REST = (
    rf"(?:{_UNIT})?(?:,\n? ?{_CITY}|\n{_CITY}(?=,? (?:{_STATE}\b|{_POSTCODE}|{_ZIP}))){{0,2}}"
    rf"(?:,? {_STATE}\b\.?(?:,? {_ZIP})?|,? {_POSTCODE}|"
    rf",? {_ZIP})?(?:,? (?:USA|United States|UK|United Kingdom|England))?"
)
_US = re.compile(
    rf"(?<![A-Za-z0-9.#-])(?:(?:Flat|Apt|"
    rf"Unit) [0-9A-Za-z]{{1,5}},? )?[0-9]{{1,6}}[A-Za-z]?(?:-[0-9]{{1,4}})? (?:(?:N|S|E|W|NE|NW|SE|SW|North|"
    rf"South|East|West)\.? )?(?:(?:[A-Z][A-Za-z'’-]+|[0-9]{{1,3}}(?:st|nd|rd|"
    rf"th)) ){{0,4}}{_SUFFIX}\b\.?(?: (?:N|S|E|W|NE|NW|SE|SW)\b)?{_REST}"
)
_BOX = re.compile(
    rf"(?<![A-Za-z0-9])(?:P\.? ?O\.? Box [0-9]{{1,6}}|PSC [0-9]{{1,5}},? Box [0-9]{{1,6}}|"
    rf"Unit [0-9]{{1,5}},? Box [0-9]{{1,6}}|(?:USNS|USNV|USS|USCGC) [A-Z][A-Za-z]+)(?:[,\n]{{1,2}} ?(?:{_CITY}|"
    rf"[FAD]PO),? ?(?:{_STATE}\b)?(?:,? ?{_ZIP})?|[,\n]{{1,2}} ?(?:[FAD]PO) (?:AA|AE|AP) {_ZIP})?"
)


_UK = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:Studio|Flat|Apartment|Apt|Unit|Suite|Room) [0-9]{1,4}[A-Za-z]?[,\n]? ?)?"
    rf"(?:[0-9]{{1,4}}[A-Za-z]?,? )?(?:[A-Z][A-Za-z'’-]+[,\n]? ?){{2,7}}{_POSTCODE}\b"
)
# Hong Kong: a unit and its floor; the building, the street and the district follow
_WORDS = r"(?!HKID|ID\b|Tel\b|Mobile|Phone|Attn)[A-Z0-9][A-Za-z0-9.'’-]*(?: [A-Z0-9][A-Za-z0-9.'’-]*){0,5}"
_HK = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:Flat|Rm|Room|Unit|Suite|Shop)\.? ?[0-9A-Z]{1,5}(?:-[0-9A-Z]{1,4})?,? ?)?"
    r"(?:[0-9]{1,2}/F|G/F)"
    rf"(?:,? ?{_WORDS}){{1,6}}(?:, ?(?:N\.T\.|Hong Kong|Kowloon|H\.?K\.?))?"
)
# Singapore: a block, a street, a unit or a postal code
_SG = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:Blk|Block|BLK)\.? ?)?[0-9]{1,4}[A-Z]?,? (?:[A-Z0-9][A-Za-z0-9.'’]*,? ){1,6}"
    r"(?:#[0-9]{2}-[0-9]{2,4}[A-Z]?(?:,? ?(?:(?:Singapore|S) ?\(?[0-9]{6}\)?))?|(?:Singapore|S) ?\(?[0-9]{6}\)?)"
)
# India: a numbered house or plot, parts parted by commas, a postal code of six digits
_IN = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:Plot|Flat|House|Door|H|D|Shop|Survey)\.? ?(?:No\.? ?)?|No\.? ?|#)[0-9][0-9A-Z/-]{0,9}"
    r"(?:,? [A-Z0-9(][A-Za-z0-9.'’()/-]*){1,16}[ –-]{1,3}[1-9][0-9]{2} ?[0-9]{3}(?![0-9])"
)
# The United Kingdom: a house with a name and no number
_UK_NAMED = re.compile(
    r"(?<![A-Za-z0-9])[A-ZÀ-Þ][A-Za-zÀ-ž'’ŷŵ-]*(?: [A-Za-zÀ-žŷŵ'’-]+){0,3}"
    rf"(?:,[ \n][A-ZÀ-Þ][A-Za-zÀ-žŷŵ'’-]*(?: [A-Za-zÀ-žŷŵ'’-]+){{0,3}}){{1,3}},?[ \n]{_POSTCODE}\b"
)
_SIX = re.compile(r"[1-9][0-9]{2} ?[0-9]{3}(?![0-9])")


def addresses(text: str) -> list[Place]:
    """A house number, a named street and what follows it; a street without a number is no address."""
    found: list[Place] = [(m.start(), m.end(), 0.92) for m in _US.finditer(text) if _named(m.group())]
    found += [(m.start(), m.end(), 0.92) for m in _BOX.finditer(text)]
    if re.search(_POSTCODE, text):
        found += [
            (m.start(), m.end(), 0.9)
            for m in _UK.finditer(text)
            if m.group()[0].isdigit() or m.group().startswith(_UNITS)
        ]
        found += [(m.start(), m.end(), 0.85) for m in _UK_NAMED.finditer(text)]
    if "/F" in text:
        found += [(m.start(), m.end(), 0.9) for m in _HK.finditer(text)]
    if _SIX.search(text) or "#" in text:
        found += [(m.start(), m.end(), 0.9) for m in (*_SG.finditer(text), *_IN.finditer(text))]
    return found


def _named(address: str) -> bool:
    """More than a count of things: "221 Baker Street", not "12 Points" or "3 Keys"."""
    head = re.split(r"[,\n]", address)[0].split()
    return (
        len(head) >= 3
        or "," in address
        or head[-1] in ("Street", "St", "Road", "Rd", "Avenue", "Ave", "Broadway", "Lane", "Drive")
    )
