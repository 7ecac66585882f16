"""banjia law: the rules as of a day, their timeline and changes; checks of packs."""

from __future__ import annotations

import argparse

from banjia.text import Lang, Text


def arguments(parser: argparse.ArgumentParser, lang: Lang) -> None:
    parser.add_argument("action", choices=("check",), help=Text("动作", "action").say(lang))
    parser.add_argument("--pack", action="append", default=[], metavar="DIR")


def run(args: argparse.Namespace) -> int:
    from banjia.desk.law import read_faults

    faults = read_faults(args.pack)
    for fault in faults:
        print(fault.say(args.lang))
    return 1 if faults else 0
