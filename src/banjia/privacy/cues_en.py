"""English cues: what stands before, after and around a name."""

from __future__ import annotations

import re

from banjia.privacy.gazetteer import alternatives, words

_UP, _LOW = "A-ZÀ-ÞĀ-Ž", "a-zß-ÿā-ž"
WORD = (
    rf"(?:[{_UP}][{_LOW}]+(?:['’\-][{_UP}]?[{_LOW}]+){{0,3}}|[A-Z]['’][A-Z][{_LOW}]+|Mc[A-Z][a-z]+|Mac[A-Z][a-z]+|"
    rf"De[A-Z][a-z]+|(?:al|el|as|ad|ash)-[A-Z][a-z]+|[A-Z]{{2,20}})"
)
_PARTICLE = "(?:van|von|der|den|de|da|dos|del|la|di|bin|ibn|bint|al|el)"
RUN = re.compile(
    rf"(?<![A-Za-z0-9_@./#$-]){WORD}(?:(?: |, )(?:[A-Z]\.? )?(?:{_PARTICLE} ){{0,2}}{WORD}|"
    rf"[ ][A-Z]\.){{0,40}}(?![A-Za-z0-9_@])"
)
INITIALS = re.compile(rf"(?<![A-Za-z0-9.&])(?P<n>(?:[A-Z]\. ?){{1,3}}(?P<l>{WORD}))(?![A-Za-z0-9@_])")
SURNAME_FIRST = re.compile(
    rf"(?<![A-Za-z0-9,] )(?<![A-Za-z])(?P<n>(?P<l>{WORD}), (?P<f>{WORD})(?: [A-Z]\.)?)(?=[\"'\n;]|$| [<(\[])"
)
SAYS = re.compile(
    rf"(?<![A-Za-z] )(?<![A-Za-z0-9.@/#-])(?P<n>{WORD}),? (?:also |then |later |has |had )?{alternatives('says_en')}\b"
)
SAID_BY = re.compile(
    rf"(?:[,”\"'] ?)(?:said|says|added|told|asked|replied|wrote|explained) (?P<n>{WORD}(?: {WORD}){{0,2}})"
)
TITLED = re.compile(rf"\b{alternatives('titles_en')}\.? (?P<n>{WORD}(?: (?:[A-Z]\. )?{WORD}){{0,2}})")
_OF_A_THING = "(?!file|product|model|company|brand|host|event|project|class|field|table|column|user|tool|app|server)"
LABELLED = re.compile(
    rf"(?i:\b(?:{_OF_A_THING}[a-z]+_)?{alternatives('labels_en')}\b),?[\"']?(?:\s*[:=\-–—|#]\s*|"
    rf"\s+)[\"'*_]{{0,3}}(?P<n>(?!(?:NAME|Name)\b){WORD}(?:[ ](?:[A-Z]\.? )?{WORD}){{0,3}})"
)
RELATED = re.compile(rf"(?i:\b(?:my|his|her|our|their|the) {alternatives('relations_en')}),? (?P<n>{WORD}(?: {WORD})?)")
# Where one word, known or not, can only be somebody: greeted, asked or told something, or signing.
SPOKEN_TO = re.compile(
    rf"(?im:^[\s>*\"'“]*(?:hi|hello|hey|dear|thanks|thank you|sorry|congrats|congratulations|"
    rf"welcome|bye|good (?:morning|afternoon|evening)) )(?P<n>{WORD}(?: {WORD})?)(?=[,!:\n])"
    rf"|(?i:\b(?:ask|tell|remind|notify|inform|invite|ping|text) )(?P<m>{WORD}(?: {WORD})?)"
    r"(?= (?:to|that|whether|if|about|for|when|why|how|what|where|i|I|we|he|she|they|you)\b)"
    r"|(?im:^[\s>]*(?:thanks|thank you|regards|kind regards|best|best regards|cheers|sincerely|yours truly|love)"
    r"[,.!]?\s*\n\s*)"
    rf"(?P<s>{WORD}(?: (?:[A-Z]\. )?{WORD}){{0,2}})[ \t]*(?=\n|$)"
    # a line of a chat: the hour, who speaks, a colon
    rf"|(?m:^[\[(]?[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?[\])]?\s+)(?P<c>{WORD} {WORD})(?=:)"
)
BOXED = re.compile(rf"(?P<n>{WORD}(?:,? (?:[A-Z]\.,? ?)?{WORD}){{1,2}})[\"']? ?[<(\[][A-Za-z0-9._%+-]{{1,64}}@")
AND_NAME = re.compile(rf" (?:and|&) (?P<n>{WORD} {WORD})(?![A-Za-z])")
INFORMAL = re.compile(
    r"(?i:\b(?:my name is|i am|i'm|this is|name)\b)\s*[:=]?\s*(?P<n>[a-z]{2,14} [a-z]{2,14})(?![A-Za-z])"
)
BEFORE_ONE = re.compile(rf"(?i:\b{alternatives('before_name_en')}),?[\s,:]+$")
AFTER_ONE = re.compile(rf"^(?:['’]s\b|,? {alternatives('name_acts_en')}(?![A-Za-z])|[,:] )")
ADDRESSED = re.compile(
    r"(?i)(?:tell|ask|dear|hi|hello|hey|cc|ping|remind|told|thank|thanks|colleague|boss|friend|named)[\s,]+$"
)
PERSON_BEFORE = re.compile(rf"(?i:(?<![A-Za-z]){alternatives('person_before_en')}\.?)[\s,:：(]{{1,3}}$")
PERSON_AFTER = re.compile(
    rf"^(?:['’]s {alternatives('owned_en')}|,? {alternatives('person_after_en')}\b|, ?\+?\(?[0-9]{{3}}"
    r"| ?\((?:\+?[0-9(]|aged? |[0-9]{2}\)|he/|she/|they/)|, (?:aged? )?[0-9]{2}\b"
    r"|,? (?:SSN|DOB|MRN|passport|phone|mobile|email|born)\b| 发来| 会在| 说)"
)
COMPANY = re.compile(rf"^,? {alternatives('company_en')}(?![A-Za-z])")
THING = re.compile(rf"^ (?:[A-Z][a-z]+ )?{alternatives('things_en')}\b")
AMBIGUOUS = words("ambiguous_en")  # names that are words, months or places as well
