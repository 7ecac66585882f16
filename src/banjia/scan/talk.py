"""Talk: what is called for the sake of what is printed or logged: a use there is a use, the printed text is none."""

from __future__ import annotations

from collections.abc import Iterator

from banjia.scan.often import Often
from banjia.scan.syntax.node import Node
from banjia.scan.value import ENV_CALLS

# Calls that only give a text another form: what they are given is printed too.
WORDED = Often(
    r"(?i)(?:^|\.)(?:str|string|repr|unicode|v?s?printf|sprint(?:ln)?|format(?:ted)?|f|concat(?:enate)?|join|implode|"
    r"colou?r(?:ed|ize)?|c?style|stylize|bold|dim|italic|underline|red|green|blue|yellow|cyan|magenta|gr[ae]y|white|"
    r"escape|quote|dedent|indent|wrap|fill|n?gettext|_+|t|tr|trans(?:late)?|text|markdown|panel|link|hyperlink|html|"
    r"stringify|dumps|json_encode|inspect|to_?string|toText|valueOf|\w*(?:error|exception))$"
    r"|(?:^|\.)(?:chalk|colors|kleur|picocolors|pc|colorette|ansi|aurora|color)\.\w+(?:\.\w+)*$"
)

Asked = tuple[Node, tuple[Node, ...]]


def asked(talk: Node) -> Iterator[Asked]:
    """The calls in what a call prints, each with what stands around it below that call, innermost last."""
    for kid in talk.kids[1:]:
        yield from _asked(kid, ())


def _asked(node: Node, around: tuple[Node, ...]) -> Iterator[Asked]:
    if node.kind == "call":
        name = node.kids[0].dotted() or node.kids[0].text
        if not WORDED.search(name):
            if not ENV_CALLS.search(name):
                yield node, around
            return
    elif node.kind in ("function", "class"):
        yield node, around
        return
    below = (*around, node)
    for kid in node.kids:
        if kid.kids and kid.kind not in ("doc", "raise"):
            yield from _asked(kid, below)
