"""A chain: what it is worth as data, its expiries, and the vols of its quotes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hedgekit import units
from hedgekit.report.console import number
from hedgekit.report.page.document import Figure, Section, figure
from hedgekit.report.page.parts import PALETTE, foot, heading, level, line, moment, table, warnings

DRAWN = 3
"""Expiries whose quotes are drawn."""

NEAR = 0.25
"""Strikes drawn and tabled: within this fraction of the spot."""


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return expiries, defects, and the quotes of the first expiries."""
    spot, told = answer["spot"], answer["parity_spot"]
    lead = (
        f"{answer['total']:,} quotes in {len(answer['expiries'])} expiries; spot {spot:.2f} ({answer['spot_source']})"
    )
    if told:
        lead += f", parity says {told['low']:.2f} to {told['high']:.2f}"
    shown = _chosen(answer)
    body = "".join(figure(_quotes(row, answer)) for row in shown)
    if len(answer["expiries"]) > 1:
        body += figure(_term(answer["expiries"]))
    body += warnings(answer)
    body += table(
        ["expiry", "days", "forward", "rate", "yield", "quotes", "two-sided", "spread", "vol at the money"],
        [
            [
                row["expiry"],
                number(row["days"], 0),
                number(row["forward"]),
                _pct(row["rate"], 2),
                _pct(row["div_yield"], 2),
                f"{row['quotes']:,}",
                f"{row['two_sided']:,}",
                number(row["median_spread"]),
                _pct(row["atm_vol"]),
            ]
            for row in answer["expiries"]
        ],
        caption="Spread: the median one, dollars a share.",
    )
    body += heading("Defects")
    if answer["defects"]:
        rows = [
            [row["slug"].replace("_", " "), f"{row['count']:,}", row["message"], ", ".join(row["examples"])]
            for row in answer["defects"]
        ]
        body += table(["", "quotes", "what", "for example"], rows, text=(0, 2, 3), stack=True)
    else:
        body += "<p>None found.</p>"
    for row in shown[:1]:
        body += heading(f"Quotes of {row['expiry']} near the spot") + _table(_near(row["expiry"], answer))
    title = f"Chain of {answer['ticker']} {spot:.2f}, as of {moment(answer['asof'])}"
    return [Section(title=title, lead=lead, body=body + foot(answer))]


def _near(expiry: str, answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    spot = answer["spot"]
    found = [q for q in answer["quotes"] if q["expiry"] == expiry and abs(q["strike"] / spot - 1.0) <= NEAR]
    return sorted(found, key=lambda q: (q["strike"], q["kind"]))


def _chosen(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the expiries to draw: spread over the term, those with solved quotes."""
    solved = {quote["expiry"] for quote in answer["quotes"] if quote["iv_mid"] is not None}
    rows = [row for row in answer["expiries"] if row["expiry"] in solved]
    if len(rows) <= DRAWN:
        return rows
    return [rows[round((at + 1) * (len(rows) - 1) / DRAWN)] for at in range(DRAWN)]


def _quotes(row: Mapping[str, Any], answer: Mapping[str, Any]) -> Figure:
    near = _near(row["expiry"], answer)
    data = []
    for at, kind in enumerate(("put", "call")):
        # Out of the money: there the premium is vol and little else.
        below = kind == "put"
        side = [
            q
            for q in near
            if q["kind"] == kind and q["iv_mid"] is not None and (q["strike"] <= row["forward"]) == below
        ]
        mid = [units.percent(q["iv_mid"]) for q in side]
        up = [units.percent(q["iv_ask"]) - y if q["iv_ask"] else 0.0 for q, y in zip(side, mid, strict=True)]
        down = [y - units.percent(q["iv_bid"]) if q["iv_bid"] else 0.0 for q, y in zip(side, mid, strict=True)]
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": f"{kind}s out of the money, bid to ask",
                "x": [q["strike"] for q in side],
                "y": mid,
                "error_y": {"type": "data", "symmetric": False, "array": up, "arrayminus": down, "width": 3},
                "marker": {"symbol": "circle" if below else "diamond", "size": 6, "color": PALETTE[at]},
                "hovertemplate": "strike %{x:g}: %{y:.2f}%<extra>mid</extra>",
            }
        )
    shape, note = level(f"forward {row['forward']:.2f}", x=row["forward"])
    return Figure(
        name=f"vols-{row['expiry']}",
        data=data,
        layout={
            "title": {"text": f"{row['expiry']}, {row['days']:.0f} days", "font": {"size": 14}},
            "xaxis": {"title": {"text": "strike"}},
            "yaxis": {"title": {"text": "implied vol"}, "ticksuffix": "%"},
            "shapes": [shape],
            "annotations": [note],
            "margin": {"t": 52},
        },
        says=f"Vols of {row['expiry']}: the mid, with bars to the vols of bid and ask.",
        height=320,
    )


def _term(rows: Sequence[Mapping[str, Any]]) -> Figure:
    vols = [None if row["atm_vol"] is None else units.percent(row["atm_vol"]) for row in rows]
    return Figure(
        name="term",
        data=[
            line("vol at the money", [row["expiry"] for row in rows], vols, 0, hover="%{x}: %{y:.1f}%<extra></extra>")
        ],
        layout={
            "xaxis": {"title": {"text": "expiry"}},
            "yaxis": {"title": {"text": "vol at the money"}, "ticksuffix": "%"},
            "showlegend": False,
        },
        says="Vol at the money by expiry.",
        height=280,
    )


def _table(quotes: Sequence[Mapping[str, Any]]) -> str:
    return table(
        ["", "bid", "ask", "vol at bid", "mid", "ask", "delta", "open interest", "flags"],
        [
            [
                f"{q['strike']:g} {q['kind']}",
                number(q["bid"]),
                number(q["ask"]),
                *(_pct(q[name]) for name in ("iv_bid", "iv_mid", "iv_ask")),
                number(q["delta"]),
                number(q["open_interest"], 0),
                ", ".join(flag.replace("_", " ") for flag in q["flags"]),
            ]
            for q in quotes
        ],
        text=(0, 8),
    )


def _pct(value: float | None, places: int = 1) -> str:
    return "-" if value is None else f"{round(units.percent(value), places) + 0.0:.{places}f}%"  # no -0.00%
