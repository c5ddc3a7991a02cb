"""Shares and options of a ticker keep a floor at expiry, at every spot from zero up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from hedgekit.fees import DEFAULT_FEE
from hedgekit.model import Leg
from hedgekit.payoff import carried_exact, expiry_wealth, total_cost
from hedgekit.risk.line import Line
from hedgekit.risk.rule import Context, Outcome, Param, Rule, Unknown, days_between, share, usd


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Take the least wealth at the horizon over every spot, exactly."""
    ticker = params["ticker"] or context.benchmark
    lines = context.lines(ticker)
    number = sum(line.position.quantity for line in lines if line.option is None)
    if number <= 0 or number != int(number):
        if number <= 0:
            raise Unknown(f"no long shares of {ticker} to keep a floor under")
        number = int(number)  # part of a share is left out: it can only add
    horizon = _horizon(context, lines, params["min_days"], ticker)
    legs = []
    for line in lines:
        option = line.option
        if option is None:
            continue
        contracts = int(line.position.quantity)
        if option.expiry < horizon:
            if contracts < 0:
                raise Unknown(f"{line.name} is short and expires before {horizon}: the floor there is not known")
            continue
        if contracts < 0 and option.expiry > horizon:
            raise Unknown(f"{line.name} is short and outlives {horizon}: its value there depends on its vol")
        flat = type(option)(root=option.root, expiry=horizon, kind=option.kind, strike=option.strike)
        legs.append(Leg(contracts=contracts, option=flat, premium=0.0))
    wealth = expiry_wealth(int(number), legs)
    low = wealth.minimum()
    value_usd = number * context.spot(ticker)
    if low is None:
        raise Unknown(f"{ticker}: the loss has no limit as the spot rises")
    kept = float(low.value) / value_usd
    floor = params["floor"]
    anew = _bought_anew(context, lines, ticker, horizon)
    bought = ""
    if anew is not None:
        bought = (
            f"; {share((float(low.value) - anew) / value_usd)} if the options had to be bought now, as hedge counts"
        )
    return Outcome(
        passed=kept >= floor,
        value=kept,
        limit=floor,
        message=f"{ticker}: least wealth on {horizon} is {share(kept)} of {usd(value_usd)}, at {float(low.spot):g}; "
        f"floor {share(floor)}{bought}",
        calculation=(
            f"min over S >= 0 of {number:,.0f} S + options at their exercise value = {usd(float(low.value))}, exact at "
            "the kinks; long options that run longer count at their exercise value; premiums are already paid"
            + ("" if anew is None else f": hedge would also take off {usd(anew)}, the touch and ${DEFAULT_FEE:g} a ")
            + ("" if anew is None else "contract financed to that day")
        ),
    )


def _bought_anew(context: Context, lines: tuple[Line, ...], ticker: str, horizon: date) -> float | None:
    """Return what options that all expire at the horizon would cost if bought now, carried to it; else None."""
    held = [line for line in lines if line.option is not None]
    market = context.valued.underlyings.get(ticker)
    if market is None or any(line.quote is None or line.option.expiry != horizon for line in held if line.option):
        return None
    legs = [
        Leg(
            contracts=int(line.position.quantity),
            option=line.option,
            premium=line.quote.ask if line.position.quantity > 0 else line.quote.bid,
        )
        for line in held
        if line.option is not None and line.quote is not None
    ]
    cost = total_cost(legs, DEFAULT_FEE)
    return float(carried_exact(cost, market.rates[horizon], market.years_to(horizon)))


def _horizon(context: Context, lines: tuple[Line, ...], least: int, ticker: str) -> date:
    today = context.valued.asof.date()
    puts = {x.option.expiry for x in lines if x.option and x.option.kind == "put" and x.position.quantity > 0}
    far = sorted(day for day in puts if days_between(today, day) >= least)
    if not far:
        raise Unknown(f"no long put on {ticker} has {least} days or more left: nothing holds a floor")
    return far[0]


RULE = Rule(
    id="floor-kept",
    title="Floor at expiry, at every spot",
    explain=(
        "The least wealth of a ticker's shares and options at the nearest expiry of a long put with min_days left, "
        "over every spot from zero up, as a fraction of the shares' value today. Exact: the payoff bends only at "
        "strikes. Premiums are spent and not taken off; hedge, which has still to pay them, prints that much less, and "
        "the message says both. A short option that expires on another day leaves it unknown, and so breached."
    ),
    params={
        "ticker": Param(kind="text", default=None, help="default: the policy's benchmark"),
        "floor": Param(kind="number", default=0.85, help="fraction of today's value to keep", low=0, high=1.5),
        "min_days": Param(kind="count", default=1, help="days the protection must still run", low=0, high=3650),
    },
    evaluate=evaluate,
)
