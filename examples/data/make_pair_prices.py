"""Make pair.csv: prices of two tickers that do not exist, the same on every machine.

LARGE walks with clustered volatility; the log of SMALL is 1.15 times its log plus a spread that forgets 4% of itself a
day. Both pay dividends each quarter, so close and adjusted close differ.

Run: ``python examples/data/make_pair_prices.py``.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from pathlib import Path

from hedgekit.market.calendar import is_session

HERE = Path(__file__).parent
LAST, DAYS = date(2026, 6, 17), 1000
MODULUS, MULTIPLIER = 2147483647, 48271
YIELDS = {"SMALL": 0.012, "LARGE": 0.011}
QUARTER = 63


def normals(seed: int = 20260617):
    """Yield numbers that are near enough to normal, from a generator anyone can rebuild."""
    state = seed
    while True:
        total = 0.0
        for _ in range(12):
            state = state * MULTIPLIER % MODULUS
            total += state / MODULUS
        yield total - 6.0


def sessions() -> list[date]:
    """Return the last sessions up to LAST."""
    day, found = LAST, []
    while len(found) < DAYS:
        if is_session(day):
            found.append(day)
        day -= timedelta(days=1)
    return found[::-1]


def adjusted(closes: list[float], paid: list[float]) -> list[float]:
    """Return closes adjusted for dividends paid on their ex-dates."""
    out, factor = [], 1.0
    for i in range(len(closes) - 1, -1, -1):
        out.append(closes[i] * factor)
        if paid[i] and i:
            factor *= 1.0 - paid[i] / closes[i - 1]
    return out[::-1]


def main() -> None:
    """Write the file."""
    dice = normals()
    log_large, spread, log_vol = math.log(420.0), 0.0, math.log(0.009)
    rows: dict[str, list[float]] = {"SMALL": [], "LARGE": []}
    for _ in range(DAYS):
        log_vol += 0.03 * (math.log(0.009) - log_vol) + 0.12 * next(dice)
        vol = math.exp(log_vol)
        log_large += 0.0004 + vol * next(dice)
        spread += -0.04 * spread + 0.55 * vol * next(dice)
        rows["LARGE"].append(round(math.exp(log_large), 2))
        rows["SMALL"].append(round(math.exp(-1.6 + 1.15 * log_large + spread), 2))
    paid = {
        name: [round(p * YIELDS[name] / 4, 3) if i % QUARTER == 40 else 0.0 for i, p in enumerate(prices)]
        for name, prices in rows.items()
    }
    totals = {name: adjusted(rows[name], paid[name]) for name in rows}
    lines = ["Date,SMALL_close,SMALL_adj_close,LARGE_close,LARGE_adj_close"]
    for i, day in enumerate(sessions()):
        cells = (f"{rows[name][i]:.2f},{totals[name][i]:.6f}" for name in ("SMALL", "LARGE"))
        lines.append(f"{day},{','.join(cells)}")
    (HERE / "pair.csv").write_text("\n".join(lines) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
