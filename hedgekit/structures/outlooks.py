"""The distributions beside the lognormal one: what the chain implies, and what the past did."""

from __future__ import annotations

import os

from hedgekit.distributions.historical import historical
from hedgekit.distributions.protocol import Distribution
from hedgekit.errors import DataError, InputError
from hedgekit.results import Note
from hedgekit.structures.setting import Setting

BLOCK = 10.0
"""Mean sessions a block of the bootstrap lasts: calm and stormy spells stay together."""

SEED = 20260917
LEAST_DAYS = 250
"""A past shorter than a year of sessions is refused."""


def beside(
    setting: Setting, *, history: str | os.PathLike[str] | None = None
) -> tuple[tuple[Distribution, ...], tuple[Note, ...]]:
    """Return the implied and the historical distribution at the first expiry, and why one is absent.

    Parameters
    ----------
    setting : Setting
        With a chain for the implied one.
    history : path, optional
        Daily prices for the historical one.

    Raises
    ------
    DataError
        A price file that cannot be read, or is too short.
    InputError
        A price file without the underlying.
    """
    found: list[Distribution] = []
    notes: list[Note] = []
    if setting.chain is not None and setting.market is not None:
        try:
            found.append(from_chain(setting))
        except InputError as error:
            notes.append(Note("implied_unknown", f"the chain implies no distribution for {setting.horizon}: {error}"))
    if history is not None:
        past, said = from_history(setting, history)
        found.append(past)
        notes += said
    return tuple(found), tuple(notes)


def from_chain(setting: Setting) -> Distribution:
    """Return the distribution that the chain's own quotes of the first expiry imply, at the setting's terms.

    Parameters
    ----------
    setting : Setting
        With a chain.

    Raises
    ------
    InputError
        When no smile could be fitted there.
    """
    from hedgekit.distributions.implied import implied
    from hedgekit.market.surface import fit

    assert setting.chain is not None
    # one smile is enough: the others would only be fitted to be thrown away
    surface = fit(setting.chain.at(setting.horizon), market=setting.market)
    return implied(surface, setting.horizon)


def from_history(setting: Setting, history: str | os.PathLike[str]) -> tuple[Distribution, list[Note]]:
    """Return the stationary bootstrap of past daily price returns, known by the as-of day.

    Parameters
    ----------
    setting : Setting
    history : path
    """
    from hedgekit.market.prices import load_prices

    prices = load_prices(history)
    if len(prices.tickers) > 1:
        prices = prices.select([setting.ticker])
    day = setting.asof.date()
    # a close of the as-of day itself was not yet known during its session
    prices = prices.until(day)
    days, levels = prices.levels(total=False)
    notes = list(prices.notes)
    adjusted = len(levels) < LEAST_DAYS
    returns = prices.log_returns(total=adjusted)[:, 0]
    if adjusted:
        message = f"{prices.source} holds dividend-adjusted prices alone: the past includes dividends"
        notes.append(Note("history_adjusted", message))
        days, levels = prices.levels(total=True)
    returns = returns[returns == returns]
    if len(returns) < LEAST_DAYS:
        raise DataError(
            f"{prices.source}: {len(returns)} daily returns of {prices.tickers[0]} up to {day}; the historical "
            f"distribution needs {LEAST_DAYS} or more"
        )
    if prices.tickers[0].upper() != setting.ticker:
        message = f"the price history is of {prices.tickers[0]}, the structure on {setting.ticker}"
        notes.append(Note("history_ticker", message))
    age = int((setting.asof.date() - days[-1].astype(object)).days)
    if age > STALE_DAYS:
        notes.append(Note("history_old", f"the price history ends on {days[-1]}, {age} days before the quotes"))
    sessions = max(1, setting.sessions)
    if sessions > len(returns):
        raise InputError(f"{prices.source}: {len(returns)} returns cannot tell {sessions} sessions ahead")
    block = min(BLOCK, float(len(returns)))
    return historical(setting.spot, returns, sessions, seed=SEED, block=block), notes


STALE_DAYS = 10
