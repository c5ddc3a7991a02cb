"""No short call is worth exercising for the next dividend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit import units
from hedgekit.risk.rule import Context, Outcome, Param, Rule, Unknown, usd
from hedgekit.scenarios.holding import exercise_of


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Compare each short call's time value with the dividends ahead of its expiry."""
    value, found, looked = 0.0, [], 0
    horizon = units.years(params["days_ahead"])
    for line in context.lines():
        option = line.option
        if option is None or option.kind != "call" or line.position.quantity > 0 or exercise_of(option) == "european":
            continue
        if option.strike >= line.spot:  # out of the money: exercising for a dividend buys at a loss
            continue
        looked += 1
        market = context.valued.underlyings[line.ticker]
        if not market.cash and market.dividends_source != "dividends: yield 0 as given":
            raise Unknown(
                f"{line.name} is short and in the money, and no ex-date is known ({market.dividends_source}): give "
                "--dividends FILE with dates and amounts"
            )
        extrinsic = line.mid - (line.spot - option.strike)
        for t, amount in market.cash:
            if t <= min(horizon, line.t_years) and amount > extrinsic:
                value += amount * abs(line.position.units)
                found.append(
                    f"{line.name}: dividend {amount:g} in {units.days(t):.0f} days > time value {extrinsic:.2f}"
                )
                break
    limit = params["limit_usd"]
    return Outcome(
        passed=value <= limit,
        value=value,
        limit=limit,
        message=f"{usd(value)} of dividends to owe on likely exercise, limit {usd(limit)}"
        + (f": {'; '.join(found[:3])}" if found else ""),
        calculation=f"{looked} short in-the-money calls; dividend x 100 x contracts where a cash dividend within "
        f"{params['days_ahead']} days and before expiry exceeds the call's time value (mid less exercise value)",
    )


RULE = Rule(
    id="ex-dividend",
    title="Exercise before an ex-date",
    explain=(
        "A short call in the money whose time value is less than a coming dividend is exercised the evening before the "
        "ex-date, and its seller owes the dividend. Needs dates and amounts; a yield tells no date: the rule is then "
        "breached for any short call in the money."
    ),
    params={
        "days_ahead": Param(kind="count", default=14, help="days looked ahead", low=0, high=3650),
        "limit_usd": Param(kind="number", default=0.0, help="dividends owed, dollars", low=0),
    },
    evaluate=evaluate,
)
