"""Questions, reasons and levers: what to ask first, which facts suffice, and what single change would help."""

from __future__ import annotations

from banjia.assess.assessment import Because, Lever, Missing
from banjia.logic.answer import Answer
from banjia.logic.inquiry import Inquiry


def missing(inquiry: Inquiry) -> tuple[Missing, ...]:
    return ()


def reasons(inquiry: Inquiry, answer: Answer) -> tuple[Because, ...]:
    return ()


def levers(inquiry: Inquiry, answer: Answer) -> tuple[Lever, ...]:
    return ()
