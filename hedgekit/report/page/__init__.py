"""Answers as one self-contained page: pictures, tables, assumptions; no network, opens from disk.

A page is made from answers as JSON, so every number on it is one a script can read. `PAGES` names for each schema
the module whose ``sections(answer) -> list[Section]`` shows it; an answer without one is shown as tables.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from hedgekit.report.page.document import Figure, Section, document, place

PAGES: Final = {
    "hedge": "hedgekit.report.page.hedge",
    "hedge_what_if": "hedgekit.report.page.what_if",
    "scenario": "hedgekit.report.page.scenario",
    "check": "hedgekit.report.page.check",
    "structure": "hedgekit.report.page.structure",
    "structure_what_if": "hedgekit.report.page.what_if",
    "frontier": "hedgekit.report.page.frontier",
    "hedge_stop": "hedgekit.report.page.stop",
    "leadership": "hedgekit.report.page.leadership",
    "chain": "hedgekit.report.page.chain",
    "surface": "hedgekit.report.page.surface",
    "price": "hedgekit.report.page.price",
    "iv": "hedgekit.report.page.price",
    "structure_find": "hedgekit.report.page.structure_find",
    "pair_ratio": "hedgekit.report.page.pair_ratio",
    "record": "hedgekit.report.page.record",
    "pair_test": "hedgekit.report.page.pair_test",
    "pair_scan": "hedgekit.report.page.pair_scan",
    "pair_size": "hedgekit.report.page.pair_size",
    "pair_status": "hedgekit.report.page.pair_status",
    "pair_backtest": "hedgekit.report.page.pair_backtest",
    "allocate": "hedgekit.report.page.allocate",
    "rotate": "hedgekit.report.page.rotate",
    "screen": "hedgekit.report.page.screen",
}


def page(answers: Sequence[Mapping[str, Any]]) -> str:
    """Return one HTML page of one or more answers.

    Parameters
    ----------
    answers : sequence of mapping
        Each as `Result.to_dict` gives it, or as read back from its JSON.

    Returns
    -------
    str
        A whole document. Text that came from files is escaped.

    Raises
    ------
    DataError
        For an answer that is none of hedgekit's.
    MissingExtra
        When plotly is absent.
    """
    shown: list[Section] = []
    taken, unfolded = False, _unfolded(answers)
    for number, answer in enumerate(unfolded):
        if taken:
            taken = False
            continue
        following = unfolded[number + 1] if number + 1 < len(unfolded) else None
        taken = following is not None and _belongs(answer, following)
        with place(number):
            shown += sections_of(answer, what_if=following if taken else None)
    return document(shown, answers)


def _unfolded(answers: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the answers with the what-if that a hedge carries after it, unless a fuller one stands there already."""
    shown: list[Mapping[str, Any]] = []
    for at, answer in enumerate(answers):
        shown.append(answer)
        after = answers[at + 1].get("schema") if at + 1 < len(answers) else None
        carried = answer.get("what_if")
        if isinstance(carried, Mapping) and after != "hedgekit.hedge_what_if/1":
            shown.append(
                {"schema": "hedgekit.hedge_what_if/1", **carried, "inputs": answer.get("inputs"), "warnings": []}
            )
    return shown


def _belongs(answer: Mapping[str, Any], following: Mapping[str, Any]) -> bool:
    """Return whether the second is the what-if of the structure before it, and shown inside it."""
    return (
        answer.get("schema") == "hedgekit.structure/1"
        and following.get("schema") == "hedgekit.structure_what_if/1"
        and following.get("structure") == answer.get("legs")
    )


def sections_of(answer: Mapping[str, Any], *, what_if: Mapping[str, Any] | None = None) -> list[Section]:
    """Return the sections of one answer, with the what-if that belongs inside it.

    Raises
    ------
    DataError
        For an answer that is none of hedgekit's, or that lacks what its page shows.
    """
    from hedgekit.errors import DataError

    schema = answer.get("schema")
    if not isinstance(schema, str) or not schema.startswith("hedgekit."):
        raise DataError(f"schema {schema!r}: expected an answer of hedgekit, written with --format json")
    name = schema.split(".", 1)[1].rsplit("/", 1)[0]
    module = importlib.import_module(PAGES.get(name, "hedgekit.report.page.anything"))
    try:
        shown: list[Section] = module.sections(answer, **({"what_if": what_if} if what_if else {}))
    except (KeyError, TypeError, IndexError, AttributeError, ValueError) as error:
        raise DataError(f"{schema}: the answer lacks what its page shows ({error!r}): write it again") from None
    return shown


def figures(answer: Mapping[str, Any]) -> list[Figure]:
    """Return the pictures of one answer, in the order of its page.

    Raises
    ------
    DataError
        As `sections_of`.
    """
    with place(0) as here:
        sections_of(answer)
    return here.figures
