"""A Result in, text out: a table for people, JSON and CSV for programs."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from hedgekit.report.files import write_text as write_text

if TYPE_CHECKING:
    from hedgekit.results import Result

# schema -> module of this package with ``table(result, terminal=...) -> str``
TABLES = {
    "hedge": "hedgekit.report.hedge_table",
    "structure": "hedgekit.report.structure_table",
    "structure_find": "hedgekit.report.find_table",
    "frontier": "hedgekit.report.frontier_table",
    "hedge_stop": "hedgekit.report.stop_table",
    "verify": "hedgekit.report.verify_table",
    "price": "hedgekit.report.price_table",
    "iv": "hedgekit.report.price_table",
    "chain": "hedgekit.report.chain_table",
    "surface": "hedgekit.report.surface_table",
    "leadership": "hedgekit.report.leadership_table",
    "screen": "hedgekit.report.screen_table",
    "rotate": "hedgekit.report.rotate_table",
    "book": "hedgekit.report.book_table",
    "check": "hedgekit.report.check_table",
    "check_books": "hedgekit.report.check_books_table",
    "rule": "hedgekit.report.rule_table",
    "policy": "hedgekit.report.policy_text",
    "scenario": "hedgekit.report.scenario_table",
    "allocate": "hedgekit.report.allocate_table",
    "config": "hedgekit.report.config_table",
    "pair_ratio": "hedgekit.report.pair_ratio_table",
    "pair_options": "hedgekit.report.pair_options_table",
    "pair_size": "hedgekit.report.pair_size_table",
    "pair_test": "hedgekit.report.pair_test_table",
    "pair_scan": "hedgekit.report.pair_scan_table",
    "pair_status": "hedgekit.report.pair_status_table",
    "pair_backtest": "hedgekit.report.pair_backtest_table",
    "record": "hedgekit.report.record_table",
    "history": "hedgekit.report.history_table",
    "doctor": "hedgekit.report.doctor_table",
}

# form that few answers have -> module of this package with ``text(result) -> str``
FORMS = {
    "sarif": "hedgekit.report.check_sarif",
    "junit": "hedgekit.report.check_junit",
}


def render(result: Result, format_: str, *, terminal: bool = False) -> str:
    """Return an answer as text that ends with a newline.

    Parameters
    ----------
    result : Result
    format_ : {"table", "json", "csv"} or one of `FORMS`
    terminal : bool
        Whether the text goes to a terminal: colour is used there unless NO_COLOR is set.
    """
    if format_ == "json":
        return result.to_json() + "\n"
    if format_ == "csv":
        from hedgekit.report.csv_text import csv_text

        return csv_text(result.records())
    if format_ in FORMS:
        form: str = importlib.import_module(FORMS[format_]).text(result)
        return form
    text: str = importlib.import_module(TABLES[result.schema_name]).table(result, terminal=terminal)
    return text
