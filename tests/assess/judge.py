"""Whether an assessment is what a worked case expects; an expectation that is absent is not judged."""

from banjia.assess.assessment import ORDER


def faults(answer, expect):
    """What differs, as readable lines."""
    found = []
    cited = {c.id for c in answer.cites} | {c for axis in answer.axes.values() for c in axis.cites}

    def same(what, got, want):
        if got != want:
            found.append(f"{what}: {got} instead of {want}")

    def within(what, got, want):
        if not set(want) <= set(got):
            found.append(f"{what}: {sorted(set(want) - set(got))} not among {sorted(got)}")

    for id_, wants in expect.get("axes", {}).items():
        axis = answer.axes.get(id_)
        if axis is None:
            found.append(f"{id_} does not speak")
            continue
        for what, want in wants.items():
            match what:
                case "outcome":
                    same(f"{id_} outcome", axis.outcome, want)
                case "verdict":
                    same(f"{id_} verdict", axis.verdict, want)
                case "reachable":
                    same(f"{id_} reachable", set(axis.reachable), set(want))
                case "reachable_includes":
                    within(f"{id_} reachable", axis.reachable, want)
                case _:
                    raise AssertionError(what)
    for what, want in expect.items():
        match what:
            case "axes":
                continue
            case "verdict":
                same("verdict", answer.verdict, want)
            case "verdict_at_most":
                if any(ORDER.index(v) > ORDER.index(want) for v in answer.reachable):
                    found.append(f"reachable {answer.reachable} goes beyond {want}")
            case "verdict_at_least":
                if any(ORDER.index(v) < ORDER.index(want) for v in answer.reachable):
                    found.append(f"reachable {answer.reachable} stays below {want}")
            case "certain":
                within("certain duties", {d.id for d in answer.duties.certain}, want)
            case "excluded":
                within("excluded duties", {d.id for d in answer.duties.excluded}, want)
            case "missing":
                within("missing", {m.fact for m in answer.missing}, want)
            case "cites":
                if not cited & set(want):
                    found.append(f"cites none of {want}: {sorted(cited)}")
            case "not_cited":
                if cited & set(want):
                    found.append(f"cites {sorted(cited & set(want))}")
            case "deadline":
                same("deadline", {str(d.by) for d in answer.duties.certain if d.by} & {want}, {want})
            case _:
                raise AssertionError(what)
    return found
