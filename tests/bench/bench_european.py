"""European price, greeks and implied vol of a million options against what can be installed, on one thread."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

import numpy as np
from harness import Row, interleaved

from hedgekit.core import _european as european

SIZE = 1_000_000
RIVAL_SIZE = 100_000  # enough for the compiled rivals, whose cost is linear


class Book:
    """Random equity options: a week to two years, strikes within about two deviations of 20% around the spot."""

    def __init__(self, n: int) -> None:
        random = np.random.default_rng(20260617)
        self.n = n
        self.sign = random.choice(np.array([-1, 1], dtype=np.int8), n)
        self.spot = random.uniform(50, 400, n)
        self.strike = self.spot * np.exp(random.normal(0, 0.2, n))
        self.t_years = random.uniform(7 / 365, 2, n)
        self.rate = random.uniform(0, 0.06, n)
        self.div_yield = random.uniform(0, 0.03, n)
        self.vol = random.uniform(0.08, 0.8, n)
        self.out = np.empty((9, n))
        self.status = np.empty(n, dtype=np.int8)
        self.price()
        self.premium = self.out[0].copy()
        self.implied = np.empty(n)

    @property
    def terms(self) -> tuple[np.ndarray, ...]:
        return self.sign, self.spot, self.strike, self.t_years, self.rate, self.div_yield

    def price(self) -> None:
        european.price_into(*self.terms, self.vol, self.out[0], self.status)

    def greeks(self) -> None:
        european.greeks_into(*self.terms, self.vol, *self.out, self.status)

    def implied_vol(self) -> None:
        european.implied_vol_into(self.premium, *self.terms, self.implied, self.status)

    def numpy_price(self) -> np.ndarray:
        from scipy.special import ndtr

        sign, spot, strike, t, rate, div_yield = self.terms
        s = self.vol * np.sqrt(t)
        d1 = (np.log(spot / strike) + (rate - div_yield) * t) / s + 0.5 * s
        spot_leg, strike_leg = spot * np.exp(-div_yield * t), strike * np.exp(-rate * t)
        return sign * (spot_leg * ndtr(sign * d1) - strike_leg * ndtr(sign * (d1 - s)))

    def numpy_greeks(self) -> tuple[np.ndarray, ...]:
        from scipy.special import ndtr

        sign, spot, strike, t, rate, div_yield = self.terms
        root_t = np.sqrt(t)
        s = self.vol * root_t
        d1 = (np.log(spot / strike) + (rate - div_yield) * t) / s + 0.5 * s
        discount_q, strike_leg = np.exp(-div_yield * t), strike * np.exp(-rate * t)
        delta = sign * discount_q * ndtr(sign * d1)
        held = sign * strike_leg * ndtr(sign * (d1 - s))
        density = discount_q * np.exp(-0.5 * d1 * d1) * 0.3989422804014327
        vega = spot * density * root_t
        theta = -0.5 * vega * self.vol / t + div_yield * spot * delta - rate * held
        return spot * delta - held, delta, density / (spot * s), vega, theta, t * held

    def error(self) -> str:
        """The largest price difference from the textbook formula, to the larger of spot and strike."""
        self.price()
        worst = np.max(np.abs(self.out[0] - self.numpy_price()) / np.maximum(self.spot, self.strike))
        return f"{worst:.0e} of max(S, K) from the rival"

    def round_trip(self) -> str:
        """The largest vol error where an ulp of the price cannot move the vol by 1e-13."""
        self.greeks()
        self.implied_vol()
        firm = self.out[3] * self.vol > 1e-2 * np.maximum(self.spot, self.strike)
        return f"{np.nanmax(np.abs(self.implied / self.vol - 1)[firm]):.0e} round trip"


def optional(name: str) -> ModuleType | None:
    try:
        return import_module(name)
    except ImportError:
        print(f"skipped: {name} is not installed")
        return None


def rows() -> list[Row]:
    """Time each work against its rivals; absent ones are named and left out."""
    book, small = Book(SIZE), Book(RIVAL_SIZE)
    table: list[Row] = []

    def add(work: str, rival: str, ours: object, theirs: object, theirs_size: int, error: str) -> None:
        ours_ns, rival_ns = interleaved(ours, theirs, ours_size=SIZE, rival_size=theirs_size)  # type: ignore[arg-type]
        table.append(Row(work=work, rival=rival, ours_ns=ours_ns, rival_ns=rival_ns, error=error))

    if optional("scipy"):
        add("European price", "numpy + scipy", book.price, book.numpy_price, SIZE, book.error())
        work = "European price and 8 greeks"
        add(work, "numpy + scipy, price and 5", book.greeks, book.numpy_greeks, SIZE, book.error())
    forward = small.spot * np.exp((small.rate - small.div_yield) * small.t_years)
    undiscounted = small.premium * np.exp(small.rate * small.t_years)
    if engine := optional("iv_engine"):
        calls = small.sign > 0
        columns = [c[calls] for c in (undiscounted, forward, small.strike, small.t_years)]

        def iv_engine() -> object:
            return engine.implied_volatilities(*columns, True, False)

        add("European implied vol", "iv-engine", book.implied_vol, iv_engine, int(calls.sum()), book.round_trip())
    if vollib := optional("py_vollib.black.implied_volatility"):
        few = 2000
        out = np.flatnonzero((small.sign > 0) == (small.strike > forward))[:few]  # in the money it may raise
        flags = np.where(small.sign > 0, "c", "p")
        quotes = [(undiscounted[i], forward[i], small.strike[i], small.t_years[i], flags[i]) for i in out]

        def py_vollib() -> None:
            for premium, f, k, t, flag in quotes:
                vollib.implied_volatility_of_discounted_option_price(premium, f, k, 0.0, t, flag)

        add("European implied vol", "py_vollib", book.implied_vol, py_vollib, few, book.round_trip())
    return table


if __name__ == "__main__":
    for row in rows():
        print(f"{row.work:30}{row.rival:30}{row.ours_ns:8.1f}{row.rival_ns:10.1f}{row.ratio:8.3f}  {row.error}")
