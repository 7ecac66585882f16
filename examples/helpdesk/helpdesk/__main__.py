"""`python -m helpdesk ask|stream|triage|search TEXT`."""

import sys

from openai import APIError

from helpdesk import answer, search, triage
from helpdesk.settings import HOME, client


def main(verb: str, text: str) -> int:
    ai = client()
    try:
        if verb == "ask":
            name, _ = search.best(ai, text, HOME / "articles")
            print(answer.answer(ai, text, (HOME / "articles" / name).read_text(encoding="utf-8")))
        elif verb == "stream":
            for piece in answer.stream(ai, text):
                print(piece, end="", flush=True)
            print()
        elif verb == "triage":
            print(triage.triage(ai, text))
        elif verb == "search":
            name, score = search.best(ai, text, HOME / "articles")
            print(f"{name} ({score:.3f})")
        else:
            print(__doc__, file=sys.stderr)
            return 2
    except APIError as error:
        print(f"HTTP {getattr(error, 'status_code', 'none')}: {error.message}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]) if len(sys.argv) == 3 else main("help", ""))
