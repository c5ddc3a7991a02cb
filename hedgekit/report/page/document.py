"""The document around the sections: head, style, scripts, and the answers it was made from."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from hedgekit.errors import MissingExtra

HERE = Path(__file__).parent

MOST_CHARACTERS, MOST_ROWS = 500_000, 400
"""Of an answer that goes into the page whole: a chain's thousands of quotes would make it too large to send."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a page.

    Attributes
    ----------
    title : str
        Plain text.
    lead : str
        The answer in a sentence, plain text.
    body : str
        HTML, escaped already.
    """

    title: str
    lead: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture: traces and layout as plotly's JSON, and words for those who do not see it.

    Attributes
    ----------
    name : str
        Unique in its answer.
    data : list of dict
    layout : dict
    says : str
        What it shows, for screen readers and as the caption.
    height : int
        Pixels.
    """

    name: str
    data: list[dict[str, Any]]
    layout: dict[str, Any] = field(default_factory=dict)
    says: str
    height: int = 380


@dataclass(slots=True, kw_only=True)
class Place:
    """Where on a page an answer stands, whether it has pictures, and those drawn so far."""

    number: int = 0
    pictures: bool = True
    figures: list[Figure] = field(default_factory=list)


_PLACE: ContextVar[Place | None] = ContextVar("place", default=None)


@contextmanager
def place(number: int, *, pictures: bool = True) -> Iterator[Place]:
    """Make the names of what is drawn inside differ from those of every other answer; or draw no pictures."""
    here = Place(number=number, pictures=pictures)
    token = _PLACE.set(here)
    try:
        yield here
    finally:
        _PLACE.reset(token)


def unique(name: str) -> str:
    """Return a name for an id: the same kind of answer may stand on a page twice.

    Examples
    --------
    >>> with place(2):
    ...     unique("payoff")
    'a2-payoff'
    """
    here = _PLACE.get()
    return f"a{here.number if here else 0}-{name}"


def with_pictures() -> bool:
    """Return whether pictures are wanted where the answer stands."""
    here = _PLACE.get()
    return here is None or here.pictures


def figure(shown: Figure) -> str:
    """Return a picture as HTML: drawn by the page's script from the JSON beside it."""
    here = _PLACE.get()
    if here is not None:
        here.figures.append(shown)
        if not here.pictures:
            return ""
    spec = script_json({"data": shown.data, "layout": shown.layout})
    name, says = html.escape(unique(shown.name)), html.escape(shown.says)
    return (
        f'<figure><div class="plot" id="{name}" role="img" aria-label="{says}" style="height:{shown.height}px"></div>'
        f'<script type="application/json" class="plot-spec" data-for="{name}">{spec}</script>'
        f"<figcaption>{says}</figcaption></figure>"
    )


def script_json(value: Any) -> str:
    r"""Return JSON that can stand inside a script element: no character of it ends the element.

    Examples
    --------
    >>> script_json("</script>")
    '"\\u003c/script>"'
    """
    text = json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def lean(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return an answer without its longest lists when it is too large to travel in a page: each says what it held.

    Examples
    --------
    >>> lean({"schema": "hedgekit.chain/1", "spot": 100.0})
    {'schema': 'hedgekit.chain/1', 'spot': 100.0}
    """
    if len(script_json(answer)) <= MOST_CHARACTERS:
        return dict(answer)
    return {name: _shortened(value) for name, value in answer.items()}


def _shortened(value: Any) -> Any:
    if isinstance(value, list) and len(value) > MOST_ROWS:
        return f"{len(value):,} rows left out of the page: ask with --format json"
    return {name: _shortened(item) for name, item in value.items()} if isinstance(value, dict) else value


@lru_cache(maxsize=1)
def plotly_script() -> str:
    """Return plotly's own script, from the installed package.

    Raises
    ------
    MissingExtra
        When it is not installed.
    """
    try:
        import importlib.resources

        return (importlib.resources.files("plotly") / "package_data" / "plotly.min.js").read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError):
        raise MissingExtra("a page needs plotly: pip install 'hedgekit[report]'") from None


def _rank(i: int) -> str:
    """Return the heading's element: the first answer is the page's title."""
    return "h2" if i else "h1"


def document(sections: Sequence[Section], answers: Sequence[Mapping[str, Any]]) -> str:
    """Return the whole page."""
    style = (HERE / "page.css").read_text(encoding="utf-8")
    script = (HERE / "page.js").read_text(encoding="utf-8")
    title = html.escape(sections[0].title if sections else "hedgekit")
    parts = [
        f'<section aria-labelledby="s{i}"><{_rank(i)} id="s{i}">{html.escape(section.title)}</{_rank(i)}>'
        + (f'<p class="lead">{html.escape(section.lead)}</p>' if section.lead else "")
        + section.body
        + "</section>"
        for i, section in enumerate(sections)
    ]
    contents = "".join(
        f'<li><a href="#s{i}">{html.escape(section.title)}</a></li>' for i, section in enumerate(sections)
    )
    drawn = any('class="plot"' in section.body for section in sections)
    library = f"<script>{plotly_script()}</script>" if drawn else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<link rel="icon" href="data:,">'
        f"<title>{title}</title><style>{style}</style></head><body>"
        '<a class="skip" href="#content">Skip to the answer</a>'
        '<header><span class="brand">hedgekit</span>'
        '<button type="button" id="theme" aria-label="Switch between light and dark">light / dark</button></header>'
        f'<nav aria-label="Contents"><ul>{contents}</ul></nav>'
        f'<main id="content">{"".join(parts)}</main>'
        f'<script type="application/json" id="answers">{script_json([lean(answer) for answer in answers])}</script>'
        f"{library}<script>{script}</script></body></html>\n"
    )
