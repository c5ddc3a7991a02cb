"""Any answer as tables: for those that have no page of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.report.page.document import Section
from hedgekit.report.page.parts import foot, heading, plain_text, table, warnings


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return one section: single values first, then every list of rows as a table."""
    name = str(answer["schema"]).split(".", 1)[1].split("/")[0].replace("_", " ")
    rest = {key: value for key, value in answer.items() if key not in ("schema", "inputs", "warnings")}
    lists = {key: value for key, value in rest.items() if _rows(value)}
    single = [[key.replace("_", " "), plain_text(value)] for key, value in rest.items() if key not in lists]
    body = table(["", "value"], single, text=(0, 1)) if single else ""
    for key, rows in lists.items():
        names = list(dict.fromkeys(column for row in rows for column in row))
        cells = [[plain_text(row.get(column)) for column in names] for row in rows]
        body += heading(key.replace("_", " ")) + table([column.replace("_", " ") for column in names], cells)
    return [Section(title=name, body=warnings(answer) + body + foot(answer))]


def _rows(value: Any) -> bool:
    """Whether a value is a list of rows."""
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)
