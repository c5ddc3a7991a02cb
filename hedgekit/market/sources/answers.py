"""What web interfaces answer: one document, or several that somebody collected in a list (one an expiry, mostly)."""

from __future__ import annotations

from typing import Any

from hedgekit.market.files import shown
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.rows import Rows


def answers(document: Any, key: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the documents that have a key at their top, each with what its paths begin with; none for other files.

    Examples
    --------
    >>> answers([{"options": 1}, {"options": 2}], "options")
    [('[0].', {'options': 1}), ('[1].', {'options': 2})]
    """
    if isinstance(document, dict):
        return [("", document)] if key in document else []
    if not isinstance(document, list) or not document:
        return []
    if not all(isinstance(one, dict) and key in one for one in document):
        return []
    return [(f"[{place}].", one) for place, one in enumerate(document)]


def listed(content: Content, path: str, value: object) -> list[Any]:
    """Return a list of an answer; some interfaces leave the brackets away around one element, or write null for none.

    Raises
    ------
    DataError
        When it is neither a list nor an object.
    """
    if value is None:
        return []
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, list):
        raise content.error(f"{path} is {shown(value)}, expected a list")
    return value


def part(content: Content, path: str, value: object) -> dict[str, Any]:
    """Return an object of an answer, empty where there is none.

    Raises
    ------
    DataError
        When it is something else.
    """
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise content.error(f"{path} is {shown(value)}, expected an object")
    return value


def records_in(content: Content, key: str) -> list[tuple[str, dict[str, Any]]]:
    """Return what is listed under a key, with paths.

    Raises
    ------
    DataError
        When it is no list.
    """
    return [
        (f"{begin}{key}[{place}]", record)
        for begin, answer in answers(content.document, key)
        for place, record in enumerate(listed(content, f"{begin}{key}", answer[key]))
    ]


def first_of(document: Any, key: str) -> dict[str, Any]:
    """Return the first object that is listed under a key, to tell a layout by; an empty one when there is none."""
    wrapped = answers(document, key)
    inside = wrapped[0][1][key] if wrapped else None
    return inside[0] if isinstance(inside, list) and inside and isinstance(inside[0], dict) else {}


def rows_of(content: Content, records: list[tuple[str, dict[str, Any]]], place: str) -> Rows:
    """Return the rows of records gathered from several places, each with its path.

    Raises
    ------
    DataError
        When there are none.
    """
    return Rows.of_records(content, place, [record for _, record in records], paths=[path for path, _ in records])
