"""A structure for a terminal: what must happen, what it costs, what it can lose and gain; then the evidence."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from fractions import Fraction

from rich.table import Table
from rich.text import Text

from hedgekit import units
from hedgekit.fees import DEFAULT_FEE
from hedgekit.margin.assignment import AssignmentLine
from hedgekit.model import Leg, Option, Shares
from hedgekit.report.console import (
    ACCENT,
    columns,
    console,
    dollars,
    drawn,
    number,
    percent,
    short_number,
    warning_lines,
)
from hedgekit.structures.analysis import MEASURES, StructureResult
from hedgekit.structures.outcome import Outcome, where
from hedgekit.structures.outlook import KELLY_CAVEAT

WIDE = 78
MOST_PLACES = 2  # where an extreme is reached


def table(result: StructureResult, *, terminal: bool = False) -> str:
    """Return the analysis as text of at most 80 columns."""
    out = console(terminal=terminal)
    setting = result.setting
    days = units.days(setting.t_horizon)
    out.print(f"{result.name}   {setting.ticker} {setting.spot:.2f}   {setting.horizon:%a %d %b %Y}, {days:.0f} days")
    out.print()
    for line in textwrap.wrap(" ".join(headline(result)), WIDE - 2):
        out.print(Text(f"  {line}", style=ACCENT))
    out.print()
    out.print(legs(result))
    out.print()
    out.print(measures(result))
    if (touched := strikes(result)) is not None:
        out.print()
        out.print(touched)
    if result.by_date is not None:
        out.print()
        out.print(by_date(result))
    out.print()
    for line in textwrap.wrap(today(result), WIDE, subsequent_indent="  "):
        out.print(line)
    for text in [*broker(result)]:
        for line in textwrap.wrap(text, WIDE, subsequent_indent="    "):
            out.print(line)
    out.print()
    for text in [*footer(result), *warning_lines(result.warnings)]:
        for line in textwrap.wrap(text, WIDE, subsequent_indent="  "):
            out.print(Text(f"  {line}", style="dim"))
    return drawn(out)


def headline(result: StructureResult) -> Iterator[str]:
    """Return the answer in a few sentences."""
    yield result.pays
    cost = result.outlay_usd
    what = "Costs" if cost > 0 else "Brings in" if cost < 0 else "Costs nothing"
    yield f"{what} {dollars(abs(cost), cents=True)}." if cost else f"{what}."
    yield f"{_loss(result)} {_gain(result)}"
    spots = ", ".join(f"{float(spot):.2f}" for spot in result.outcome.breakevens)
    yield f"Break-even{'' if len(result.outcome.breakevens) == 1 else 's'}: {spots or 'none'}."
    if result.outcome.low is not None and not result.defined_risk:
        yield f"AFTER {result.setting.horizon:%d %b %Y} the calls still sold are uncovered: the loss then has NO LIMIT."


def _loss(result: StructureResult) -> str:
    loss = result.max_loss_usd
    if loss is None:
        return "The loss has NO LIMIT."
    if loss < 0:
        return f"The worst case still gains {dollars(-loss, cents=True)}."
    at = _where(result, result.outcome.low, result.outcome.low_spot)
    return f"Max loss {_about(result)}{dollars(loss, cents=True)}{at};"


def _gain(result: StructureResult) -> str:
    gain = result.max_gain_usd
    if gain is None:
        return "the gain has no limit."
    at = _where(result, result.outcome.high, result.outcome.high_spot)
    return f"max gain {_about(result)}{dollars(gain, cents=True)}{at}."


def _where(result: StructureResult, level: Fraction | None, spot: Fraction | None) -> str:
    """Say at which spots an extreme is reached."""
    if level is None or spot is None:
        return " far above"
    if not result.outcome.is_exact:
        return _about_where(result.outcome, level)
    places = []
    for low, high in where(result.outcome.profit, level):
        if high is None:
            places.append(f"from {float(low):.10g} up")
        elif low == high:
            places.append(f"at {float(low):.10g}")
        elif low == 0:
            places.append(f"at {float(high):.10g} and below")
        else:
            places.append(f"from {float(low):.10g} to {float(high):.10g}")
    return f" {' or '.join(places)}" if len(places) <= MOST_PLACES else ""


def _about_where(outcome: Outcome, level: Fraction) -> str:
    """Say where a curve joined from valued spots is as low or high as it gets, to its stated error."""
    error = Fraction(outcome.error_usd)
    near = [abs(value - level) <= error for value in outcome.profit.values]
    knots, last = outcome.profit.knots, len(near) - 1
    places = []
    start = 0
    for i, inside in enumerate(near):
        if inside and not (i and near[i - 1]):
            start = i
        if not inside or (i < last and near[i + 1]):
            continue
        if start == 0 and i == last:
            return ""
        if start == 0:
            places.append(f"at {float(knots[i]):.2f} and below")
        elif i == last:
            places.append(f"from {float(knots[start]):.2f} up")
        else:
            places.append(f"at {float(knots[(start + i) // 2]):.2f}")
    return f" {' or '.join(places)}" if len(places) <= MOST_PLACES else ""


def _about(result: StructureResult) -> str:
    return "" if result.outcome.is_exact else "about "


def legs(result: StructureResult) -> Table:
    """Return the legs with price, vol and displayed size."""
    grid = columns("legs", "price", "paid", "vol", "shown", left=(0,))
    for held in result.holdings:
        if isinstance(held, Shares):
            paid = held.shares * held.price
            grid.add_row(
                f"{held.shares:+,d} {held.ticker} shares", f"{held.price:.2f}", dollars(paid, cents=True), "-", "-"
            )
            continue
        grid.add_row(*_option_cells(result, held))
    return grid


def _option_cells(result: StructureResult, leg: Leg) -> list[str]:
    vol = result.setting.vols.get(leg.option, float("nan"))
    shown = result.displayed.get(leg.option.compact)
    return [
        f"{leg.contracts:+,d} {leg.option}",
        f"{leg.premium:.10g}" if leg.premium != round(leg.premium, 2) else f"{leg.premium:.2f}",
        dollars(leg.contracts * leg.option.multiplier * leg.premium, cents=True),
        "-" if vol != vol else percent(units.percent(vol)),
        number(shown, 0),
    ]


def measures(result: StructureResult) -> Table:
    """Return probability and value under each measure that is known, side by side."""
    names = _known(result)
    grid = columns("at the first expiry", *names)
    found = [result.outlooks.get(name) for name in names]
    grid.add_row(
        "probability of profit",
        *("-" if one is None else percent(units.percent(one.profit_probability)) for one in found),
    )
    grid.add_row(
        "expected value",
        *("-" if one is None else dollars(one.expected_value_usd, cents=True, sign=True) for one in found),
    )
    grid.add_row(
        "Kelly fraction",
        *("-" if one is None or one.kelly_fraction is None else number(one.kelly_fraction, 3) for one in found),
    )
    return grid


def _known(result: StructureResult) -> list[str]:
    """Return the measures with a column: the first always, the others where the chain or a history tells them."""
    return [MEASURES[0], *(name for name in MEASURES[1:] if result.outlooks.get(name) is not None)]


def strikes(result: StructureResult) -> Table | None:
    """Return, for each strike, the chance to end in the money and to be touched."""
    own = result.outlooks.get("lognormal")
    if own is None:
        return None
    names = _known(result)
    others = [result.outlooks.get(name) for name in names[1:]]
    past = result.outlooks.get("historical")
    by_close = ["past closes"] if past is not None and past.touch else []
    grid = columns("in the money", *names, "touched", "at a close", *by_close)
    grid.padding = (0, 1, 0, 0) if by_close else grid.padding
    shown = set()
    for held in result.holdings:
        if not isinstance(held, Leg) or held.option in shown:
            continue
        shown.add(held.option)
        symbol = held.option.compact
        ends = [own, *others]
        inside = [None if one is None else one.in_the_money.get(symbol) for one in ends]
        reach = own.touch.get(symbol, {})
        grid.add_row(
            f"{held.option.strike:g} {held.option.kind}",
            *(_share(value) for value in inside),
            _share(reach.get("continuous")),
            _share(reach.get("daily_close")),
            *([_share(past.touch.get(symbol, {}).get("daily_close"))] if past is not None and by_close else []),
        )
    return grid


def _share(value: float | None) -> str:
    return "-" if value is None else percent(units.percent(value))


def by_date(result: StructureResult) -> Table:
    """Return profit and loss by spot and date."""
    found = result.by_date
    assert found is not None
    spot = result.setting.spot
    headings = [f"{day:%d %b}" for day in found.dates]
    headings[0] = "now"
    grid = columns("spot", "move", *headings)
    ends = {float(at) for at in result.outcome.breakevens}
    options = {held.option.strike for held in result.holdings if isinstance(held, Leg)}
    for at, row in zip(found.spots, found.profit_usd, strict=True):
        mark = "now" if at == spot else "strike" if at in options else "even" if at in ends else ""
        style = "bold" if at == spot else ""
        grid.add_row(
            f"{at:.2f} {mark:<6}", percent(units.percent(at / spot - 1.0), sign=True),
            *(dollars(value, sign=True) for value in row), style=style,
        )  # fmt: skip
    return grid


def today(result: StructureResult) -> str:
    """Say the greeks, and what leaving at once would lose."""
    greeks = result.greeks
    if greeks["delta_shares"] is None:
        return "today: no vol is known, so no greeks and no value before expiry; give --vol"
    text = (
        f"today: delta {short_number(greeks['delta_shares'], 1)} shares ({dollars(greeks['delta_usd'])}), gamma "
        f"{number(greeks['gamma_shares'], 2)}, vega {dollars(greeks['vega_usd_per_point'], cents=True)} a point, theta "
        f"{dollars(greeks['theta_usd_per_day'], cents=True)} a day, rho "
        f"{dollars(greeks['rho_usd_per_point'], cents=True)} a point"
    )
    if result.exit_now_usd is not None:
        text += f"; opening and closing at once loses {dollars(result.exit_now_usd, cents=True)}"
    return text


def broker(result: StructureResult) -> Iterator[str]:
    """Say margin and assignment."""
    asked = result.broker.margin
    cash = result.broker.cash_usd
    account = "not allowed in a cash account" if cash is None else f"cash account {dollars(cash, cents=True)}"
    yield (
        f"margin (Reg T): initial {dollars(asked.initial_usd, cents=True)}, to deposit "
        f"{dollars(asked.deposit_usd, cents=True)}; maintenance {dollars(asked.maintenance_usd, cents=True)}; {account}"
    )
    yield from (f"  {line}" for line in asked.derivation)
    if result.broker.portfolio is not None:
        yield from (f"  portfolio margin (scan): {line}" for line in result.broker.portfolio.derivation)
    ledger = result.broker.assignment
    if ledger:
        yield "assignment:"
        for line in ledger:
            yield f"  {Option.parse(line.symbol)} (early risk {line.early_risk}): {line.why}"
            yield f"    {assigned(line)}"


def assigned(line: AssignmentLine) -> str:
    """Say what assignment of one leg would do, until when, and where it cannot be foreseen."""
    cash = f"{'receives' if line.cash_usd >= 0 else 'pays'} {dollars(abs(line.cash_usd))}"
    if line.style == "european":
        text = f"at today's spot the account {cash} at expiry"
    else:
        side = "takes" if line.shares_delta < 0 else "brings"
        text = (
            f"if assigned: {side} {abs(line.shares_delta):,} shares and {cash}; the account then holds "
            f"{line.shares_after:,}"
        )
    for usd, what in ((line.dividend_owed_usd, "owes"), (line.dividend_lost_usd, "misses")):
        if usd:
            text += f", {what} {dollars(usd, cents=True)} of dividends"
    text += f". Cut-off {line.cutoff:%a %d %b %Y %H:%M}, settled {line.delivery:%d %b}"
    if line.pin_low is not None and line.style != "european":
        text += f"; pin risk {line.pin_low:.2f} to {line.pin_high:.2f} {'NOW' if line.pin_now else 'in the last days'}"
    return text


def footer(result: StructureResult) -> list[str]:
    """Return what the numbers rest on."""
    inputs, setting = result.inputs, result.setting
    exact = (
        "profit at expiry: payoff less what was paid (not financed); extremes over every spot from 0 up and "
        "break-evens are exact"
        if result.outcome.is_exact
        else f"profit at the first expiry: later legs at their own vol, unchanged; extremes by a bounded search over "
        f"every spot, to ${result.outcome.error_usd:.2f}"
    )
    fee = (
        f"; ${inputs['fee']:g} a contract counted" if inputs["fee"] else f"; no fees (--fee {DEFAULT_FEE:g} adds them)"
    )
    lines = [exact + fee]
    lines += [one.statement for one in result.outlooks.values() if one is not None]
    if any(when <= setting.t_horizon for when, _ in setting.cash):
        lines.append("cash dividends before the first expiry count through the forward: shown there as a yield")
    lines.append(
        "expected value: discounted, less the cost, with dividends on shares and the right to exercise early "
        f"({dollars(result.early_exercise_usd, cents=True, sign=True)}); probabilities do not depend on quantity"
    )
    if any(one is not None and one.kelly_fraction is not None for one in result.outlooks.values()):
        lines.append(KELLY_CAVEAT)
    lines.append(
        f"rate {units.percent(inputs['rate']):.2f}% ({inputs['rate_source']}); {inputs['dividends_source']}; vols: "
        f"{inputs['leg_vol_source']}; {inputs['engine']}"
    )
    if any(one is not None and one.touch for one in result.outlooks.values()):
        past = result.outlooks.get("historical")
        beside = "; past closes: by a daily close of the history's draws" if past is not None and past.touch else ""
        lines.append(f"touched: lognormal, at any moment / at a daily close, by the first expiry{beside}")
    source = f"{inputs['source']} sha256 {inputs['source_sha256'][:8]}, " if "source" in inputs else ""
    lines.append(f"{source}as of {setting.asof:%Y-%m-%d %H:%M %Z}; {inputs['day_count']}; hedgekit {inputs['version']}")
    return lines
