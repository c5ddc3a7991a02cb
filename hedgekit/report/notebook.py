"""An answer in a notebook: the tables of its page with their assumptions and warnings, without pictures or scripts."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final

from hedgekit.errors import DataError

if TYPE_CHECKING:
    from hedgekit.results import Result

STYLE: Final = (
    "<style>.hedgekit table{font-variant-numeric:tabular-nums}.hedgekit th,.hedgekit td{text-align:right;"
    "white-space:nowrap}.hedgekit td.text{white-space:normal}.hedgekit th:first-child,.hedgekit .text{text-align:left}"
    ".hedgekit tr.chosen{font-weight:600}.hedgekit .wide{overflow-x:auto}.hedgekit dl{display:flex;flex-wrap:wrap;"
    "gap:.3rem 1.5rem}.hedgekit dd{margin:0}.hedgekit dd small{display:block;opacity:.75}</style>"
)


def notebook(result: Result) -> str:
    """Return an answer as HTML that stands inside a notebook's own page.

    Parameters
    ----------
    result : Result

    Returns
    -------
    str
        Text is escaped; an answer whose page cannot be made is shown as its rows.
    """
    from hedgekit.report.page import sections_of
    from hedgekit.report.page.document import place

    try:
        with place(0, pictures=False):
            shown = sections_of(result.to_dict())
    except DataError:
        return rows(result)
    parts = [
        f"<h3>{html.escape(section.title)}</h3>"
        + (f"<p>{html.escape(section.lead)}</p>" if section.lead else "")
        + section.body
        for section in shown
    ]
    return f'{STYLE}<div class="hedgekit">{"".join(parts)}</div>'


def rows(result: Result) -> str:
    """Return the rows of an answer as a table of plain text."""
    from hedgekit.report.page.parts import plain_text, table
    from hedgekit.results import plain

    records = result.records()
    if not records:
        return f"<p>{html.escape(result.schema_name)}: nothing to show</p>"
    names = list(records[0])
    return table(names, [[plain_text(plain(row[name])) for name in names] for row in records])
