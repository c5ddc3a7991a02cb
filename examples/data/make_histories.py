"""Make IWM.csv, SPY.csv, members.csv, sectors.csv and flows.csv: none of it ever traded.

A market factor walks with calm and stormy spells; the two funds and forty members of eight sectors follow it. Days have
overnight gaps, highs and lows. The last close of IWM is the spot of the made chain, 248.12, on 2026-10-14; every number
comes from integer arithmetic and the standard library's exact functions, so that all machines write the same files.

Run: ``python examples/data/make_histories.py``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from hedgekit.market.calendar import is_session

HERE = Path(__file__).parent
LAST = date(2026, 10, 14)
DAYS = 1260
MEMBER_DAYS = 300
FLOW_DAYS = 90
ENDS = {"IWM": 248.12, "SPY": 684.30}
BETAS = {"IWM": 1.15, "SPY": 0.95}
OWN = {"IWM": 0.0040, "SPY": 0.0018}
YIELDS = {"IWM": 0.011, "SPY": 0.012}
QUARTER = 63
SECTORS = (
    "Health Care", "Financials", "Industrials", "Technology", "Consumer", "Energy", "Real Estate", "Utilities",
)  # fmt: skip
MEMBERS = 40
MODULUS, MULTIPLIER = 2147483647, 48271


def normals(seed: int) -> Iterator[float]:
    """Yield numbers that are near enough to normal, from a generator anyone can rebuild."""
    state = seed
    while True:
        total = 0.0
        for _ in range(12):
            state = state * MULTIPLIER % MODULUS
            total += state / MODULUS
        yield total - 6.0


def sessions(count: int) -> list[date]:
    """Return the last sessions up to `LAST`, oldest first."""
    found: list[date] = []
    day = LAST
    while len(found) < count:
        if is_session(day):
            found.append(day)
        day -= timedelta(days=1)
    return found[::-1]


def market(draw: Iterator[float]) -> list[tuple[float, float]]:
    """Return (overnight, intraday) log moves of the factor: vol follows its own past, now and then a gap."""
    moves, variance = [], 0.010**2
    for _ in range(DAYS):
        shock = next(draw)
        jump = -0.028 if next(draw) < -2.45 else 0.0
        night = 0.00025 + 0.45 * math.sqrt(variance) * next(draw) + jump
        day = 0.89 * math.sqrt(variance) * shock
        moves.append((night, day))
        variance = 0.000004 + 0.09 * (night + day) ** 2 + 0.87 * variance
    return moves


def fund(ticker: str, factor: list[tuple[float, float]], days: list[date], draw: Iterator[float]) -> None:
    """Write one fund's opens, highs, lows, closes, adjusted closes and volumes."""
    rows, log_close = [], 0.0
    for night, day in factor:
        beta, own = BETAS[ticker], OWN[ticker]
        log_open = log_close + beta * night + 0.4 * own * next(draw)
        log_close = log_open + beta * day + own * next(draw)
        reach = 0.35 * abs(beta * day) + 0.003
        high = max(log_open, log_close) + reach * abs(next(draw))
        low = min(log_open, log_close) - reach * abs(next(draw))
        rows.append((log_open, high, low, log_close, 30e6 * math.exp(0.3 * next(draw) + 12 * abs(night + day))))
    scale = ENDS[ticker] / math.exp(rows[-1][3])
    lines = ["Date,Open,High,Low,Close,Adj Close,Volume"]
    adjustment, adjusted = 1.0, []
    for at in range(DAYS - 1, -1, -1):
        adjusted.append(adjustment)
        if at % QUARTER == 40:  # the ex-date of a quarterly dividend: prices before it are adjusted down
            adjustment *= 1.0 - YIELDS[ticker] / 4.0
    for at, (day, row) in enumerate(zip(days, rows, strict=True)):
        prices = [round(scale * math.exp(x), 2) for x in row[:4]]
        adj = prices[3] * adjusted[DAYS - 1 - at]
        lines.append(f"{day},{','.join(f'{p:.2f}' for p in prices)},{adj:.6f},{row[4]:.0f}")
    write(f"{ticker}.csv", lines)


def members(factor: list[tuple[float, float]], days: list[date], draw: Iterator[float]) -> None:
    """Write forty members' closes side by side, and their sectors."""
    names = [f"MADE{i:02d}" for i in range(1, MEMBERS + 1)]
    drifts = [0.0006 * next(draw) for _ in names]
    logs = [3.0 + 0.6 * next(draw) for _ in names]
    lines = [",".join(["Date", *names])]
    for day, (night, move) in zip(days[-MEMBER_DAYS:], factor[-MEMBER_DAYS:], strict=True):
        logs = [x + 1.1 * (night + move) + drift + 0.014 * next(draw) for x, drift in zip(logs, drifts, strict=True)]
        lines.append(f"{day}," + ",".join(f"{math.exp(x):.2f}" for x in logs))
    write("members.csv", lines)
    write("sectors.csv", ["ticker,sector", *(f"{name},{SECTORS[i % len(SECTORS)]}" for i, name in enumerate(names))])


def flows(days: list[date], draw: Iterator[float]) -> None:
    """Write the fund's flows; two days are blank, as real files have them."""
    lines = ["date,ticker,flow_usd"]
    for at, day in enumerate(days[-FLOW_DAYS:]):
        flow = "" if at in (31, 60) else f"{round(4e8 * next(draw), -5):.0f}"
        lines.append(f"{day},IWM,{flow}")
    write("flows.csv", lines)


def write(name: str, lines: list[str]) -> None:
    """Write one file."""
    (HERE / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Write the files."""
    draw = normals(20261014)
    days = sessions(DAYS)
    factor = market(draw)
    for ticker in ENDS:
        fund(ticker, factor, days, draw)
    members(factor, days, draw)
    flows(days, draw)


if __name__ == "__main__":
    main()
