"""The record as a page: one section a chapter, and how promised probabilities came out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.record.chapter import Column
from hedgekit.report.page.document import Section
from hedgekit.report.page.parts import foot, heading, paragraph, table, warnings
from hedgekit.report.record_table import shown


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return one section a chapter."""
    made = []
    for at, chapter in enumerate(answer["chapters"]):
        body = ""
        for one in chapter["tables"]:
            if not one["rows"]:
                continue
            heads = [Column(**column) for column in one["columns"]]
            cells = [[shown(row[head.name], head) for head in heads] for row in one["rows"]]
            text = tuple(i for i, head in enumerate(heads) if head.kind == "text")
            body += heading(one["title"]) + table([head.heading for head in heads], cells, text=text)
        body += "".join(paragraph(limit) for limit in chapter["limits"])
        if at == len(answer["chapters"]) - 1:
            body += warnings(answer) + foot(answer)
        made.append(Section(title=chapter["title"], lead=chapter["answer"], body=body))
    return made
