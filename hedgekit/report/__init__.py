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
    "leadership": "hedgekit.report.leadership_table",
    "screen": "hedgekit.report.screen_table",
    "rotate": "hedgekit.report.rotate_table",
    "config": "hedgekit.report.config_table",
    "pair_ratio": "hedgekit.report.pair_ratio_table",
    "surface": "hedgekit.report.surface_table",
    "doctor": "hedgekit.report.doctor_table",
}


def render(result: Result, format_: str, *, terminal: bool = False) -> str:
    """Return an answer as text that ends with a newline.

    Parameters
    ----------
    result : Result
    format_ : {"table", "json", "csv"}
    terminal : bool
        Whether the text goes to a terminal: colour is used there unless NO_COLOR is set.
    """
    if format_ == "json":
        return result.to_json() + "\n"
    if format_ == "csv":
        from hedgekit.report.csv_text import csv_text

        return csv_text(result.records())
    text: str = importlib.import_module(TABLES[result.schema_name]).table(result, terminal=terminal)
    return text
