"""Long puts cover the shares they are meant for, neither too few nor too many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit import units
from hedgekit.risk.rule import Context, Outcome, Param, Rule, Unknown, share, usd
from hedgekit.risk.rules.covers import net_long_puts


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Compare the shares that long puts stand for with the shares held, or in beta dollars with the whole book."""
    ticker = params["ticker"] or context.benchmark
    lines = context.held(ticker)
    puts = sum(count for line, count in net_long_puts(lines) if units.days(line.t_years) >= params["min_days"])
    if params["measure"] == "beta":
        stock = [line for line in context.lines() if line.option is None]
        exposure = sum(line.value_usd * context.beta(line.ticker).value for line in stock)
        covered, words = puts * context.spot(ticker) * context.beta(ticker).value, "beta dollars"
        text = f"{usd(covered)} of puts over {usd(exposure)} of shares, both beta-weighted"
    else:
        exposure, covered, words = sum(x.position.quantity for x in lines if x.option is None), puts, "shares"
        text = f"{covered:,.0f} shares under puts over {exposure:,.0f} held"
    if not exposure > 0.0:
        raise Unknown(f"no long {words} of {ticker if words == 'shares' else 'the book'} to cover")
    value, low, high = covered / exposure, params["low"], params["high"]
    return Outcome(
        passed=low <= value <= high,
        value=value,
        limit=[low, high],
        message=f"{share(value)} of {ticker} covered by puts, band {share(low)}-{share(high)}",
        calculation=f"{text}; long puts with {params['min_days']} days left or more, any strike; "
        "the same put sold counts against them, other short puts not",
    )


RULE = Rule(
    id="hedge-coverage",
    title="Shares covered by puts",
    explain=(
        "Shares that long puts stand for over shares held of the ticker; or, by beta, their spot dollars over the "
        "beta-weighted dollars of all shares in the book. Says nothing about strikes: floor-kept does."
    ),
    params={
        "ticker": Param(kind="text", default=None, help="default: the policy's benchmark"),
        "low": Param(kind="number", default=0.9, help="least coverage", low=0, high=3),
        "high": Param(kind="number", default=1.1, help="most coverage", low=0, high=3),
        "min_days": Param(kind="count", default=1, help="days a put must still run to count", low=0, high=3650),
        "measure": Param(kind="text", default="shares", help="counted in", choices=("shares", "beta")),
    },
    evaluate=evaluate,
)
