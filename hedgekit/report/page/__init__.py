"""Answers as one self-contained page: pictures, tables, assumptions; no network, opens from disk.

A page is made from answers as JSON, so every number on it is one a script can read. `PAGES` names for each schema
the module whose ``sections(answer) -> list[Section]`` shows it; an answer without one is shown as tables.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from hedgekit.report.page.document import Section, document

PAGES: Final = {
    "hedge": "hedgekit.report.page.hedge",
    "hedge_what_if": "hedgekit.report.page.what_if",
    "scenario": "hedgekit.report.page.scenario",
    "check": "hedgekit.report.page.check",
    "structure": "hedgekit.report.page.structure",
    "frontier": "hedgekit.report.page.frontier",
    "hedge_stop": "hedgekit.report.page.stop",
    "leadership": "hedgekit.report.page.leadership",
    "pair_ratio": "hedgekit.report.page.pair_ratio",
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
    from hedgekit.errors import DataError

    shown: list[Section] = []
    for answer in answers:
        schema = answer.get("schema")
        if not isinstance(schema, str) or not schema.startswith("hedgekit."):
            raise DataError(f"schema {schema!r}: expected an answer of hedgekit, written with --format json")
        name = schema.split(".", 1)[1].rsplit("/", 1)[0]
        module = importlib.import_module(PAGES.get(name, "hedgekit.report.page.anything"))
        try:
            shown += module.sections(answer)
        except (KeyError, TypeError, IndexError, AttributeError) as error:
            raise DataError(f"{schema}: the answer lacks what its page shows ({error!r}): write it again") from None
    return document(shown, answers)
