"""Whatever stands in a program, its tree can be reduced."""

import pytest

from banjia.scan.syntax.grammar import GRAMMARS
from banjia.scan.syntax.parse import parse

ODD = [
    "",
    "x",
    "x = ",
    "new T() {};",
    "class A { void m() { List<B> b = read(t, new TypeReference<List<B>>() {}); } }",
    "class A { Object o = new Object() { int x = f(); void g() {} }; }",
    "f(",
    "{}",
    "[]",
    "()",
    "a.b.c(d)[e].f",
    "@",
    "#[]",
    "import",
    "use;",
    "package a\n\nfunc",
    "var x T",
    "for (;;) {}",
    "<?php $x = new class {}; ?>",
    "def f(*, a: int = ...): ...",
    "val x by lazy { }",
    "`${`${a}`}`",
    "f { }",
    "x = y = z",
    "a ? b : c",
]


@pytest.mark.parametrize("language", sorted(GRAMMARS))
@pytest.mark.parametrize("text", ODD)
def test_any_text_is_reduced(language, text):
    assert "other" == parse(text, language).kind


def test_what_an_anonymous_class_holds_is_read():
    tree = parse('class A { Object o = new B() { int x = f(); void g() { h("here"); } }; }', "java")
    assert "here" in {node.text for node in tree.walk()}
