"""Write examples/data/iwm.json: a MADE chain of IWM options in the layout of Cboe's delayed quotes.

Nothing in it was ever quoted. Run ``python examples/data/make_iwm_chain.py``; the same seed makes the same file.

What the prices agree with
    American exercise; 3.6% a year, continuously compounded, paid until settlement (one session after the trade or the
    expiry); the cash dividends below, by which the spot falls on the ex-date; a vol by strike and expiry from an SSVI
    surface (Gatheral and Jacquier 2014, "Arbitrage-free SVI volatility surfaces", power law with
    eta (1 + |rho|) <= 2, free of static arbitrage). Every value lies between its bid and its ask.
How they are found
    Explicit trinomial steps in the log of the spot, cell-averaged payoff, cubic interpolation at ex-dates; within a
    cent of QuantLib's finite differences. It shares no code with hedgekit's engines.
"""

from __future__ import annotations

import json
import math
import random
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np

from hedgekit.market import calendar
from hedgekit.model import NEW_YORK, Option

SEED = 20261014
ASOF = datetime(2026, 10, 14, 15, 58, 12, tzinfo=NEW_YORK)
SPOT = 248.12
RATE = 0.036
DIVIDENDS = {
    date(2026, 12, 15): 0.74,
    date(2027, 3, 16): 0.51,
    date(2027, 6, 15): 0.63,
    date(2027, 9, 14): 0.66,
    date(2027, 12, 14): 0.77,
    date(2028, 3, 14): 0.53,
    date(2028, 6, 13): 0.65,
    date(2028, 9, 12): 0.68,
}
RHO, ETA = -0.6, 0.75
NOTE = "MADE by examples/data/make_iwm_chain.py for hedgekit's examples: not market data, nothing here was ever quoted"
TARGET = Path(__file__).with_name("iwm.json")


def third_friday(year: int, month: int) -> date:
    """Return the monthly expiry: the third Friday, or the session before when that is a holiday."""
    first = date(year, month, 1)
    friday = first + timedelta(days=(4 - first.weekday()) % 7 + 14)
    return friday if calendar.is_session(friday) else calendar.previous_session(friday)


def last_session(year: int, month: int) -> date:
    """Return the last session of a month."""
    return calendar.previous_session(date(year + month // 12, month % 12 + 1, 1))


def expiries() -> list[date]:
    """Return what IWM lists: every session for two weeks, Fridays to six, month ends, monthlies, LEAPS."""
    today, listed = ASOF.date(), set()
    day = today
    for _ in range(10):
        day = calendar.next_session(day)
        listed.add(day)
    for week in range(1, 7):
        friday = today + timedelta(days=(4 - today.weekday()) % 7 + 7 * week)
        listed.add(friday if calendar.is_session(friday) else calendar.previous_session(friday))
    listed |= {last_session(2026, month) for month in (10, 11, 12)} | {last_session(2027, month) for month in (3, 6)}
    listed |= {third_friday(2026, month) for month in (11, 12)}
    listed |= {third_friday(2027, month) for month in (1, 2, 3, 6, 9, 12)}
    listed |= {third_friday(2028, month) for month in (1, 6, 9)}
    return sorted(listed)


def strikes(t_years: float) -> list[float]:
    """Return the strikes listed: whole dollars near the money, fives further out, wider for longer lives."""
    reach = 0.09 + 0.40 * math.sqrt(t_years)
    dense = 14 if t_years < 0.5 else 8
    centre = round(SPOT)
    near = set(range(centre - dense, centre + dense + 1))
    low, high = SPOT * math.exp(-1.7 * reach), SPOT * math.exp(1.1 * reach)
    step = 5 if t_years < 0.7 else 10
    wings = {strike for strike in range(50, 500, step) if low <= strike <= high}
    return [float(strike) for strike in sorted(near | wings)]


def surface_vol(log_moneyness: np.ndarray, t_years: float) -> np.ndarray:
    """Return the SSVI vol at ln(strike / forward)."""
    at_the_money = 0.232 - 0.035 * math.exp(-3.0 * t_years)
    theta = at_the_money**2 * t_years
    phi = ETA / math.sqrt(theta * (1.0 + theta))
    k = phi * log_moneyness
    return np.sqrt(0.5 * theta * (1.0 + RHO * k + np.sqrt((k + RHO) ** 2 + 1.0 - RHO**2)) / t_years)


def american(
    sign: int, strike: np.ndarray, vol: np.ndarray, t_years: float, rate: float, cash: list[tuple[float, float]]
) -> tuple[np.ndarray, np.ndarray]:
    """Return values and deltas of American options of one side and expiry, each with its own vol."""
    steps = int(80 + 240 * math.sqrt(t_years))
    longest = t_years / steps
    dx = vol * math.sqrt(3.0 * longest)
    half = math.ceil(6.0 * math.sqrt(steps / 3.0))
    x = np.arange(-half, half + 1)[:, None] * dx + math.log(SPOT)
    spot = np.exp(x)
    exercise = np.maximum(sign * (spot - strike), 0.0)
    value = _averaged_payoff(sign, x, dx, strike)
    until = t_years
    for when, amount in [*sorted(cash, reverse=True), (0.0, 0.0)]:
        count = math.ceil((until - when) / longest)
        dt = (until - when) / max(count, 1)
        drift, spread = (rate - 0.5 * vol**2) * dt / dx, vol**2 * dt / dx**2
        discount = math.exp(-rate * dt)
        up, down = 0.5 * discount * (spread + drift**2 + drift), 0.5 * discount * (spread + drift**2 - drift)
        stay = discount * (1.0 - spread - drift**2)
        for _ in range(count):
            inner = up * value[2:] + stay * value[1:-1] + down * value[:-2]
            value[1:-1] = np.maximum(inner, exercise[1:-1])
            value[0] = np.maximum(2.0 * value[1] - value[2], exercise[0])
            value[-1] = np.maximum(2.0 * value[-2] - value[-3], exercise[-1])
        if amount:
            value = np.maximum(_at(value, (np.log(spot - amount) - x[0]) / dx), exercise)
        until = when
    delta = (value[half + 1] - value[half - 1]) / (spot[half + 1] - spot[half - 1])
    return value[half], delta


def _averaged_payoff(sign: int, x: np.ndarray, dx: np.ndarray, strike: np.ndarray) -> np.ndarray:
    """Return the payoff averaged over each node's cell: a kink between nodes would cost a step of accuracy."""
    low, high, kink = x - 0.5 * dx, x + 0.5 * dx, np.log(strike)
    low, high = (np.clip(low, kink, None), np.clip(high, kink, None)) if sign > 0 else (
        np.clip(low, None, kink), np.clip(high, None, kink)
    )  # fmt: skip
    return sign * ((np.exp(high) - np.exp(low)) - strike * (high - low)) / dx


def _at(value: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Interpolate each column at fractional node numbers, cubic."""
    base = np.clip(np.floor(place).astype(int), 1, len(value) - 3)
    u = place - base
    before, here, after, beyond = (np.take_along_axis(value, base + shift, axis=0) for shift in (-1, 0, 1, 2))
    return (
        before * -u * (u - 1.0) * (u - 2.0) / 6.0
        + here * (u + 1.0) * (u - 1.0) * (u - 2.0) / 2.0
        - after * (u + 1.0) * u * (u - 2.0) / 2.0
        + beyond * (u + 1.0) * u * (u - 1.0) / 6.0
    )


def cash_to(expiry: date) -> list[tuple[float, float]]:
    """Return (t_years, amount) of the dividends whose ex-date comes before the cut-off of an expiry."""
    cutoff = calendar.exercise_cutoff(expiry)
    opens = {calendar.session_open(day): amount for day, amount in DIVIDENDS.items()}
    return [(calendar.years_between(ASOF, when), amount) for when, amount in opens.items() if ASOF < when < cutoff]


def financed_rate(expiry: date) -> float:
    """Return the rate to the cut-off that costs as much as RATE does until settlement."""
    days = calendar.settlement_day(calendar.exercise_cutoff(expiry).date()) - calendar.settlement_day(ASOF.date())
    return RATE * (days.days / 365.0) / calendar.t_years(ASOF, expiry)


def rows_of(expiry: date, dice: random.Random) -> list[dict[str, object]]:
    """Return Cboe's rows of one expiry: call and put of each strike, in turn."""
    t_years, rate, cash = calendar.t_years(ASOF, expiry), financed_rate(expiry), cash_to(expiry)
    listed = np.array(strikes(t_years))
    forward = (SPOT - sum(amount * math.exp(-rate * t) for t, amount in cash)) * math.exp(rate * t_years)
    vol = surface_vol(np.log(listed / forward), t_years)
    sides = {sign: american(sign, listed, vol, t_years, rate, cash) for sign in (1, -1)}
    rows = []
    for place, strike in enumerate(listed.tolist()):
        for kind, sign in (("call", 1), ("put", -1)):
            option = Option(root="IWM", expiry=expiry, kind=kind, strike=strike)
            value, delta = float(sides[sign][0][place]), float(sides[sign][1][place])
            rows.append(quote(option, max(value, sign * (SPOT - strike), 0.0), delta, float(vol[place]), t_years, dice))
    return rows


def quote(
    option: Option, value: float, delta: float, vol: float, t_years: float, dice: random.Random
) -> dict[str, object]:
    """Return a row that is quoted around its value, further apart the dearer and the longer."""
    away = abs(math.log(option.strike / SPOT)) / math.sqrt(t_years + 0.02)
    half = (0.008 + 0.0016 * value + 0.022 * math.sqrt(t_years) * (1.0 + away)) * dice.uniform(0.8, 1.3)
    middle = value + half * dice.uniform(-0.35, 0.35)
    bid = max(math.floor(100.0 * (middle - half)), 0) / 100.0
    ask = max(math.ceil(100.0 * (middle + half)), 1) / 100.0
    popular = math.exp(-0.5 * (away / 0.35) ** 2) * (4.0 if option.strike % 5 == 0 else 1.0)
    interest = int(popular * dice.lognormvariate(6.5, 1.0)) if t_years > 0.02 else int(popular * dice.uniform(0, 400))
    volume = int(interest * dice.uniform(0.0, 0.3))
    traded = ASOF - timedelta(seconds=dice.randint(30, 23000))
    if not volume:
        back = datetime.combine(calendar.previous_session(ASOF.date()), time(15), NEW_YORK)
        traded = back - timedelta(seconds=dice.randint(0, 19000))
    price = round(dice.uniform(max(bid, 0.01), ask), 2) if interest else 0.0
    extrinsic = value - max(option.sign * (SPOT - option.strike), 0.0)
    return {
        "option": option.compact,
        "bid": bid,
        "bid_size": dice.randint(1, 180) if bid else 0,
        "ask": ask,
        "ask_size": dice.randint(1, 180),
        "iv": round(vol, 4) if extrinsic > 0.005 else 0.0,
        "open_interest": interest,
        "volume": volume,
        "delta": round(delta, 4) + 0.0,
        "theo": round(value, 3),
        "last_trade_price": price,
        "last_trade_time": traded.strftime("%Y-%m-%dT%H:%M:%S") if interest else None,
    }


def document() -> dict[str, object]:
    """Return the whole file."""
    dice = random.Random(SEED)
    rows = [row for expiry in expiries() for row in rows_of(expiry, dice)]
    return {
        "made": True,
        "note": NOTE,
        "timestamp": ASOF.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        "data": {"symbol": "IWM", "current_price": SPOT, "bid": SPOT - 0.01, "ask": SPOT + 0.01, "options": rows},
    }


def text(made: dict[str, object]) -> str:
    """Return the file's text, one option a line."""
    return json.dumps(made, separators=(",", ":")).replace('{"option"', '\n{"option"') + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(document()), encoding="ascii")
