"""imports(node, language) -> what an import statement brings: (module, ((local name, name there), ...)).

A name there of "*" is the module itself; a local name of "*" means every name of it.
"""

from __future__ import annotations

from collections.abc import Callable

from ast_grep_py import SgNode

Imported = list[tuple[str, tuple[tuple[str, str], ...]]]


def imports(node: SgNode, language: str) -> Imported:
    reader = READERS.get(language, _javascript)
    return reader(node)


def _named(node: SgNode) -> list[SgNode]:
    return [kid for kid in node.children() if kid.is_named()]


def _aliased(node: SgNode) -> tuple[str, str]:
    """(local, name) of `name` or `name as local`."""
    if node.kind() == "aliased_import":
        parts = _named(node)
        return parts[-1].text(), parts[0].text()
    return node.text(), node.text()


def _python(node: SgNode) -> Imported:
    if node.kind() == "import_statement":
        found: Imported = []
        for kid in _named(node):
            local, module = _aliased(kid)
            found.append((module, ((local, "*"),)))
        return found
    origin = node.field("module_name")
    names = _named(node)[1:]
    bind = tuple(
        ("*", "*") if name.kind() == "wildcard_import" else _aliased(name)
        for name in names
        if "comment" not in name.kind()
    )
    return [(origin.text() if origin else "", bind)]


def _javascript(node: SgNode) -> Imported:
    source = node.field("source")
    if source is None:
        return []
    module = source.text().strip("\"'`")
    bind: list[tuple[str, str]] = []
    for clause in _named(node):
        if clause.kind() not in ("import_clause", "export_clause"):
            continue
        for part in _named(clause):
            if part.kind() == "identifier":
                bind.append((part.text(), "default"))
            elif part.kind() == "namespace_import":
                bind.append((_named(part)[-1].text(), "*"))
            elif part.kind() in ("named_imports", "export_specifier"):
                for spec in _named(part):
                    names = [name.text() for name in _named(spec)] or [spec.text()]
                    bind.append((names[-1], names[0]))
    return [(module, tuple(bind))]


def _dotted(node: SgNode) -> Imported:
    """Java and Kotlin."""
    words = node.text().removeprefix("import").strip().rstrip(";").strip().removeprefix("static ").strip()
    path, _, alias = words.partition(" as ")
    path = path.strip()
    if path.endswith("*"):
        return [(path.rstrip(".*"), (("*", "*"),))]
    module, _, name = path.rpartition(".")
    return [(module, ((alias.strip() or name, name),))]


def _go(node: SgNode) -> Imported:
    parts = _named(node)
    path = parts[-1].text().strip('"`')
    if len(parts) > 1:
        local = "*" if parts[0].kind() == "dot" else parts[0].text()
    else:
        local = "?"
    return [(path, ((local, "*"),))]


def _csharp(node: SgNode) -> Imported:
    words = (
        node.text().removeprefix("global ").removeprefix("using").strip().rstrip(";").removeprefix("static ").strip()
    )
    if words.startswith("("):
        return []
    local, equals, path = words.partition("=")
    if equals:
        module, _, name = path.strip().rpartition(".")
        return [(module, ((local.strip(), name),))]
    return [(words, (("*", "*"),))]


def _php(node: SgNode) -> Imported:
    found: Imported = []
    words = node.text().removeprefix("use").strip().rstrip(";")
    prefix, brace, group = words.partition("{")
    for item in (group.rstrip("}") if brace else words).split(","):
        path, _, alias = item.strip().partition(" as ")
        whole = ((prefix if brace else "") + path).strip().strip("\\").removeprefix("function ").replace("\\", ".")
        module, _, name = whole.rpartition(".")
        if name:
            found.append((module or name, ((alias.strip() or name, name if module else "*"),)))
    return found


def _rust(node: SgNode) -> Imported:
    argument = node.field("argument")
    found: Imported = []
    if argument is not None:
        _rust_tree(argument, "", found)
    return found


def _rust_tree(node: SgNode, prefix: str, found: Imported) -> None:
    kind = node.kind()
    if kind == "scoped_use_list":
        path = node.field("path")
        inner = node.field("list")
        base = f"{prefix}{path.text().replace('::', '.')}." if path else prefix
        for kid in _named(inner) if inner else []:
            _rust_tree(kid, base, found)
        return
    if kind == "use_list":
        for kid in _named(node):
            _rust_tree(kid, prefix, found)
        return
    words, _, alias = node.text().replace("::", ".").partition(" as ")
    if words.endswith("*"):
        found.append((prefix + words.rstrip(".*"), (("*", "*"),)))
        return
    module, _, name = (prefix + words).rpartition(".")
    if name == "self":
        module, _, name = module.rpartition(".")
    found.append((module or name, ((alias.strip() or name, name if module else "*"),)))


READERS: dict[str, Callable[[SgNode], Imported]] = {
    "python": _python,
    "java": _dotted,
    "kotlin": _dotted,
    "go": _go,
    "csharp": _csharp,
    "php": _php,
    "rust": _rust,
    "ruby": lambda _node: [],
}
