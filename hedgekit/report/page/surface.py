"""A vol surface: each smile between the vols of its bids and asks, and the prices it implies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hedgekit import units
from hedgekit.report.console import number, percent
from hedgekit.report.page.document import Figure, Section, figure
from hedgekit.report.page.parts import DASHES, PALETTE, foot, heading, level, line, moment, table, warnings

DRAWN = 6
"""Smiles drawn; the table has every expiry."""

QUANTILES = ("p01", "p05", "p25", "p50", "p75", "p95", "p99")

FAN = (("p01", "p99"), ("p05", "p95"), ("p25", "p75"))

SPAN = 0.35
"""Log distance from the forward drawn: beyond it nothing but wide quotes of the shortest expiries."""


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return the smiles, the verdict on arbitrage, and the implied prices."""
    left = answer["arbitrage"]
    fit, quotes = left["fit"], left["quotes"]
    broken = fit["butterflies"] + fit["calendars"]
    inside = answer["inside_pct"]
    lead = "" if inside is None else f"{percent(inside)} of {answer['liquid']:,} liquid quotes hold the fit; "
    lead += "no butterfly or calendar arbitrage in it" if not broken else f"arbitrage at {broken:,} points of it"
    body = "".join(figure(_smile(row, answer["quotes"])) for row in _chosen(answer))
    if len(answer["slices"]) > 1:
        body += figure(_term(answer["slices"]))
    body += warnings(answer) + table(
        ["expiry", "days", "forward", "vol at 90%", "at the forward", "110%", "strikes", "liquid", "inside", "worst"],
        [
            [
                row["expiry"],
                number(row["days"], 0),
                number(row["forward"]),
                *(_vol(row[name]) for name in ("vol_90", "atm_vol", "vol_110")),
                f"{row['lowest_strike']:g} to {row['highest_strike']:g}",
                f"{row['liquid']:,}",
                percent(row["inside_pct"]),
                number(row["worst_points"]),
            ]
            for row in answer["slices"]
        ],
        caption="Inside: liquid quotes whose vols at bid and ask hold the fit; worst: farthest outside, vol points. "
        f"In the quotes: {quotes['butterflies']:,} to blame for butterflies, {quotes['calendars']:,} bid above a "
        "later expiry.",
    )
    if answer["quantiles"]:
        body += heading("Prices implied at expiry") + figure(_fan(answer))
        body += table(
            ["expiry", "mean", *(f"{int(name[1:])}%" for name in QUANTILES)],
            [[row["expiry"], *(number(row[name], 1) for name in ("mean", *QUANTILES))] for row in answer["quantiles"]],
            caption="The pricing measure's, not a forecast: the mean is the forward.",
        )
    title = f"Vol surface of {answer['ticker']} {answer['spot']:.2f}, as of {moment(answer['asof'])}"
    return [Section(title=title, lead=lead, body=body + foot(answer))]


def _chosen(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the slices to draw: spread over the term, those with quotes."""
    quoted = {quote["expiry"] for quote in answer["quotes"] if quote["iv_fit"] is not None}
    rows = [row for row in answer["slices"] if row["expiry"] in quoted]
    if len(rows) <= DRAWN:
        return rows
    return [rows[round(at * (len(rows) - 1) / (DRAWN - 1))] for at in range(DRAWN)]


def _smile(row: Mapping[str, Any], quotes: Sequence[Mapping[str, Any]]) -> Figure:
    """Return one smile: a bar from the vol of the bid to that of the ask at every strike, and the fit through them."""
    mine = [
        quote
        for quote in quotes
        if quote["expiry"] == row["expiry"] and quote["iv_fit"] is not None and abs(quote["log_moneyness"]) <= SPAN
    ]
    mine.sort(key=lambda quote: quote["strike"])
    data: list[dict[str, Any]] = []
    for at, (kind, symbol) in enumerate((("put", "triangle-down"), ("call", "triangle-up"))):
        both = [q for q in mine if q["kind"] == kind and q["iv_bid"] is not None and q["iv_ask"] is not None]
        middle = [units.percent((q["iv_bid"] + q["iv_ask"]) / 2) for q in both]
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": f"{kind}s, bid to ask",
                "x": [q["strike"] for q in both],
                "y": middle,
                "error_y": {
                    "type": "data",
                    "array": [units.percent(q["iv_ask"]) - y for q, y in zip(both, middle, strict=True)],
                    "thickness": 1.5,
                    "width": 3,
                    "color": PALETTE[at],
                },
                "marker": {"symbol": symbol, "size": 5, "color": PALETTE[at]},
                "hovertemplate": "strike %{x:g}: %{y:.2f}% +- %{error_y.array:.2f}<extra></extra>",
            }
        )
    fits = {q["strike"]: units.percent(q["iv_fit"]) for q in mine}
    data.append(line("fit", list(fits), list(fits.values()), 2, hover="strike %{x:g}: %{y:.2f}%<extra>fit</extra>"))
    shape, note = level(f"forward {row['forward']:.2f}", x=row["forward"])
    return Figure(
        name=f"smile-{row['expiry']}",
        data=data,
        layout={
            "title": {"text": f"{row['expiry']}, {row['days']:.0f} days", "font": {"size": 14}},
            "xaxis": {"title": {"text": "strike"}},
            "yaxis": {"title": {"text": "implied vol"}, "ticksuffix": "%"},
            "shapes": [shape],
            "annotations": [note],
            "margin": {"t": 52},
        },
        says=f"Smile of {row['expiry']}: bars from the vol of the bid to the vol of the ask, and the fit.",
        height=340,
    )


def _term(rows: Sequence[Mapping[str, Any]]) -> Figure:
    names = (("vol_90", "strike at 90%"), ("atm_vol", "at the forward"), ("vol_110", "strike at 110%"))
    return Figure(
        name="term",
        data=[
            line(
                name,
                [row["expiry"] for row in rows],
                [None if row[key] is None else units.percent(row[key]) for row in rows],
                at,
                hover="%{x}: %{y:.1f}%<extra>%{fullData.name}</extra>",
            )
            for at, (key, name) in enumerate(names)
        ],
        layout={"xaxis": {"title": {"text": "expiry"}}, "yaxis": {"title": {"text": "vol"}, "ticksuffix": "%"}},
        says="Fitted vol by expiry, at the forward and at strikes of 90% and 110% of it.",
        height=300,
    )


def _fan(answer: Mapping[str, Any]) -> Figure:
    rows = answer["quantiles"]
    days = [row["expiry"] for row in rows]
    data: list[dict[str, Any]] = []
    for at, (low, high) in enumerate(FAN):
        share = f"{int(high[1:]) - int(low[1:])} of 100 between"
        for end, name in ((low, share), (high, share)):
            data.append(
                {
                    **line(name, days, [row[end] for row in rows], at, hover=f"%{{x}}: %{{y:.2f}}<extra>{end}</extra>"),
                    "legendgroup": share,
                    "showlegend": end == high,
                    "line": {"color": PALETTE[at], "dash": DASHES[at], "width": 1.5},
                }
            )
    data.append(line("median", days, [row["p50"] for row in rows], 6, hover="%{x}: %{y:.2f}<extra>median</extra>"))
    return Figure(
        name="fan",
        data=data,
        layout={"xaxis": {"title": {"text": "expiry"}}, "yaxis": {"title": {"text": "spot, dollars a share"}}},
        says="Spots at each expiry that the quotes imply: median, and where 50, 90 and 98 of 100 end.",
        height=340,
    )


def _vol(value: float | None) -> str:
    return "-" if value is None else f"{units.percent(value):.1f}%"
