"""Beta-weighted delta dollars lie within their limits, over the whole interval of the betas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.risk.rule import Context, Outcome, Param, Rule, usd
from hedgekit.risk.rules.bounds import ONE_OF, PARAMS, bounds, refuses


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Weigh each ticker's delta dollars by its beta; take the worse end of the interval."""
    lines = context.lines()
    betas = {ticker: context.beta(ticker) for ticker in context.valued.book.tickers}
    row = context.valued.beta_weighted(lines)
    value = row["beta_delta_usd"]
    ends = (row["beta_delta_low_usd"], row["beta_delta_high_usd"]) if params["use_interval"] else (value, value)
    low, high = bounds(context, params)
    passed = (low is None or ends[0] >= low) and (high is None or ends[1] <= high)
    limits = f"{'-inf' if low is None else usd(low)} to {'inf' if high is None else usd(high)}"
    return Outcome(
        passed=passed,
        value=value,
        limit=[low, high],
        message=f"{usd(value)} of {context.benchmark} ({usd(ends[0])} to {usd(ends[1])} over the betas' intervals), "
        f"limits {limits}",
        calculation="; ".join(
            f"{ticker}: delta {usd(sum(line.delta_usd for line in context.lines(ticker)))} x beta {beta.value:.3f} "
            f"[{beta.low:.3f}, {beta.high:.3f}] ({beta.basis})"
            for ticker, beta in betas.items()
        ),
    )


RULE = Rule(
    id="beta-dollars",
    title="Beta-weighted delta dollars",
    explain=(
        "Delta dollars of each ticker (shares and options) times its beta to the benchmark, added up. With "
        "use_interval the limits must hold at both ends of the betas' 95% intervals."
    ),
    params={
        **PARAMS,
        "use_interval": Param(kind="flag", default=True, help="hold the limits over the betas' intervals"),
    },
    evaluate=evaluate,
    one_of=ONE_OF,
    refuses=refuses,
)
