"""What sections share: tables, warnings, the foot of assumptions, colours."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any, Final

PALETTE: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a8a8a")
"""Okabe and Ito's colours, told apart by colour-blind readers; every line also has its own dash."""

DASHES: Final = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid")

GREY: Final = "#8a8a8a"


def table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    caption: str = "",
    text: Sequence[int] = (0,),
    chosen: int | None = None,
    name: str = "",
    stack: bool = False,
) -> str:
    """Return a table; every cell is plain text and escaped here.

    Parameters
    ----------
    text : sequence of int
        Columns of words, set left.
    chosen : int, optional
        Row that stands out.
    name : str
        An id for scripts.
    stack : bool
        On a phone each row stands as a block with its headings, for columns of sentences.
    """

    def kind(i: int) -> str:
        return ' class="text"' if i in text else ""

    def heads(i: int) -> str:
        return f' data-head="{html.escape(headings[i])}"' if stack else ""

    head = "".join(f'<th scope="col"{kind(i)}>{html.escape(cell)}</th>' for i, cell in enumerate(headings))
    body = "".join(
        f"<tr{' class=chosen' if at == chosen else ''}>"
        + "".join(
            f'<th scope="row">{html.escape(cell)}</th>'
            if i == 0
            else f"<td{kind(i)}{heads(i)}>{html.escape(cell)}</td>"
            for i, cell in enumerate(row)
        )
        + "</tr>"
        for at, row in enumerate(rows)
    )
    top = f"<thead><tr>{head}</tr></thead>" if any(headings) else ""
    title = f"<caption>{html.escape(caption)}</caption>" if caption else ""
    mark = f' id="{html.escape(name)}"' if name else ""
    mark += ' class="stack"' if stack else ""
    told = html.escape(caption or "table")
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{told}"><table{mark}>{title}{top}'
        f"<tbody>{body}</tbody></table></div>"
    )


def facts(rows: Sequence[tuple[str, str, str]]) -> str:
    """Return the few numbers that matter as cards: (name, value, what it means), plain text."""
    cards = "".join(
        f"<div><dt>{html.escape(name)}</dt><dd>{html.escape(value)}"
        + (f"<small>{html.escape(more)}</small>" if more else "")
        + "</dd></div>"
        for name, value, more in rows
    )
    return f'<dl class="facts">{cards}</dl>'


def paragraph(text: str, *, kind: str = "") -> str:
    """Return a paragraph of plain text."""
    return f"<p{f' class={kind}' if kind else ''}>{html.escape(text)}</p>"


def items(texts: Sequence[str]) -> str:
    """Return a list of plain texts."""
    return f"<ul>{''.join(f'<li>{html.escape(text)}</li>' for text in texts)}</ul>"


def heading(text: str) -> str:
    """Return a heading inside a section."""
    return f"<h3>{html.escape(text)}</h3>"


def warnings(answer: Mapping[str, Any]) -> str:
    """Return an answer's warnings, or nothing."""
    notes = answer.get("warnings") or []
    if not notes:
        return ""
    items = "".join(f"<li>{html.escape(str(note['message']))}</li>" for note in notes)
    return f'<div class="warnings" role="note"><strong>Warnings</strong><ul>{items}</ul></div>'


def foot(answer: Mapping[str, Any]) -> str:
    """Return what an answer rests on: its source in a line, and every input by name."""
    inputs = answer.get("inputs") or {}
    rows = [
        [name.replace("_", " "), plain_text(value)]
        for name, value in inputs.items()
        if value is not None and value not in ([], {})
    ]
    return (
        paragraph(_provenance(inputs), kind="foot")
        + "<details><summary>What these numbers rest on</summary>"
        + table(["input", "value"], rows, text=(0, 1))
        + "</details>"
    )


def _provenance(inputs: Mapping[str, Any]) -> str:
    """Return source, moment, hash and version in one line."""
    parts = [str(inputs[name]) for name in ("source", "book") if isinstance(inputs.get(name), str)]
    if inputs.get("asof"):
        parts.append(f"as of {moment(inputs['asof'])}")
    if isinstance(inputs.get("source_sha256"), str):
        parts.append(f"sha256 {inputs['source_sha256'][:8]}")
    parts.append(f"hedgekit {inputs['version']}" if inputs.get("version") else "hedgekit")
    return ", ".join(parts) + "; software, not advice"


def moment(text: Any) -> str:
    """Return a moment of ISO 8601 as people write it.

    Examples
    --------
    >>> moment("2026-06-17T16:32:30-04:00"), moment("2026-05-01")
    ('2026-06-17 16:32 New York', '2026-05-01')
    """
    day, _, clock = str(text).partition("T")
    return f"{day} {clock[:5]} New York" if clock else day


def plain_text(value: Any) -> str:
    """Return any JSON value as words.

    Examples
    --------
    >>> plain_text({"floor": 0.9, "legs": [1, 2]}), plain_text(None)
    ('floor 0.9, legs 1 2', '-')
    """
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {plain_text(item)}" for name, item in value.items() if item is not None)
    if isinstance(value, list):
        return " ".join(map(plain_text, value))
    return str(value)


def line(
    name: str, x: Sequence[Any], y: Sequence[Any], at: int = 0, *, hover: str = "", width: float = 2.0, **extra: Any
) -> dict[str, Any]:
    """Return a trace of a line with the colour and dash of its place."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": html.escape(name),
        "x": list(x),
        "y": list(y),
        "line": {"color": PALETTE[at % len(PALETTE)], "dash": DASHES[at % len(DASHES)], "width": width},
        "hovertemplate": hover or "%{x}: %{y}<extra>%{fullData.name}</extra>",
        **extra,
    }


def level(
    text: str, *, x: float | None = None, y: float | None = None, low: bool = False, side: str = "center"
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a dotted line across a picture and its words: a shape and an annotation.

    Parameters
    ----------
    low : bool
        Words at the foot, not at the head.
    side : {"center", "left", "right"}
        Where the line stands of words at a place: left sets them to its right.
    """
    stroke = {"color": GREY, "width": 1, "dash": "dot"}
    words = html.escape(text)
    if x is not None:
        return (
            {"type": "line", "xref": "x", "yref": "paper", "x0": x, "x1": x, "y0": 0, "y1": 1, "line": stroke},
            {
                "x": x,
                "y": 0 if low else 1,
                "xref": "x",
                "yref": "paper",
                "text": words,
                "showarrow": False,
                "xanchor": side,
                "yanchor": "bottom",
            },
        )
    return (
        {"type": "line", "xref": "paper", "yref": "y", "x0": 0, "x1": 1, "y0": y, "y1": y, "line": stroke},
        {
            "x": 1,
            "y": y,
            "xref": "paper",
            "yref": "y",
            "text": words,
            "showarrow": False,
            "xanchor": "right",
            "yanchor": "bottom",
        },
    )
