"""A sized pair for a terminal."""

from __future__ import annotations

import math
import textwrap

from rich.text import Text

from hedgekit import units
from hedgekit.pairs.budgets import BUDGET_WORDS
from hedgekit.pairs.size import PairSizeResult
from hedgekit.report.console import ACCENT, columns, console, dollars, drawn, number, percent, warning_lines


def table(result: PairSizeResult, *, terminal: bool = False) -> str:
    """Return the sizes as text of at most 80 columns."""
    out = console(terminal=terminal)
    counts = result.counts
    out.print(
        f"{result.long} {result.long_price:.2f} against {result.short} {result.short_price:.2f}   "
        f"{dollars(result.budget)} {BUDGET_WORDS[result.budget_kind]}"
    )
    out.print()
    text = (
        f"Buy {counts.long_shares:,} {result.long} and sell short {counts.short_shares:,} {result.short}: "
        f"{dollars(counts.gross_usd)} gross, leftover beta {dollars(counts.beta_usd, cents=True, sign=True)}, leftover "
        f"dollars {dollars(counts.dollars_usd, sign=True)}."
    )
    if any(note.slug == "no_hedge" for note in result.warnings):
        text = f"{result.short} is not seen to hedge {result.long}: see the warning. {text}"
    for line in textwrap.wrap(text, 76):
        out.print(Text(f"  {line}", style=ACCENT))
    out.print()
    grid = columns("", result.long, result.short, "gross", "leftover beta", "dollars", "budget used")
    ways = [("best", counts), *(("next", other) for other in result.runners_up), ("each rounded", result.naive)]
    for i, (way, c) in enumerate(ways):
        over = " over" if c.used > result.budget * (1 + 1e-9) else ""
        grid.add_row(
            way,
            f"{c.long_shares:,}",
            f"{-c.short_shares:,}",
            dollars(c.gross_usd),
            dollars(c.beta_usd, cents=True, sign=True),
            dollars(c.dollars_usd, sign=True),
            f"{percent(units.percent(c.used / result.budget))}{over}",
            style="bold" if i == 0 else "",
        )
    out.print(grid)
    out.print()
    for name, value in lines(result):
        wrapped = textwrap.wrap(value, 65)
        for i, line in enumerate(wrapped):
            out.print(f"  {name if i == 0 else '':<11}{line}")
    out.print()
    for text in [*footer(result), *warning_lines(result.warnings)]:
        for line in textwrap.wrap(text, 78, subsequent_indent="  "):
            out.print(Text(f"  {line}", style="dim"))
    return drawn(out)


def _closes(result: PairSizeResult) -> str:
    """Return the day of the closes that are sized with; nothing when both prices were given."""
    given = (result.inputs.get("long_close"), result.inputs.get("short_close"))
    return f"closes of {result.inputs['asof']}; " if given == (result.long_price, result.short_price) else ""


def lines(result: PairSizeResult) -> list[tuple[str, str]]:
    """Return what the ratio leaves open, margin, carry, risk and waiting time."""
    margin, held, risk = result.margin, result.carry, result.risk
    found = []
    if text := known(result):
        found.append(("ratio", text))
    found.append(
        (
            "margin",
            f"Reg T deposit {dollars(margin.deposit_usd)} (requirement {dollars(margin.initial_usd)} with the short's "
            f"proceeds), maintenance {dollars(margin.maintenance_usd)}",
        )
    )
    if math.isfinite(held.net_usd):
        parts = (
            ("dividends", held.dividends_received_usd),
            ("owed", held.dividends_paid_usd),
            ("borrow", held.borrow_usd),
            ("debit", held.financing_usd),
            ("rebate", held.rebate_usd),
        )
        listed = ", ".join(f"{name} {dollars(value, sign=True)}" for name, value in parts)
        fills = f"four fills {dollars(held.round_trip_usd, cents=True)}"
        found.append(("carry", f"{dollars(held.net_usd, sign=True)} a year: {listed}; {fills}"))
    if risk is not None:
        found.append(
            (
                "risk",
                f"sd {dollars(risk.vol_usd)} a year, one-day 99% VaR {dollars(risk.var_usd)}, worst 21 days of the "
                f"past {dollars(-risk.worst_usd)}",
            )
        )
    found.append(("waiting", waiting(result)))
    return found


def known(result: PairSizeResult) -> str:
    """Say what is known about the ratio, and what it leaves open however the shares are counted."""
    basis = result.basis
    low, high = basis.ci95
    if not math.isfinite(low):
        return ""
    least, most = result.beta_ci95
    text = (
        f"{low:.2f} to {high:.2f} (95%), which leaves a beta of {dollars(least, sign=True)} to "
        f"{dollars(most, sign=True)} open however the shares are counted"
    )
    if math.isfinite(basis.rivals[0]):
        text += f"; estimators that did as well out of sample say {basis.rivals[0]:.2f} to {basis.rivals[1]:.2f}"
    if math.isfinite(basis.moved):
        text += f"; a year later such a ratio was typically {basis.moved:.2f} off"
    return text


def choice(result: PairSizeResult) -> str:
    """Say why the best pair is the best."""
    within = f"of all whole-share pairs that use {units.percent(result.inputs['fill']):g}% to 100% of the budget"
    if result.small_beta_usd and abs(result.counts.beta_usd) <= result.small_beta_usd:
        return (
            f"best: {within} the fullest whose leftover beta is below {dollars(result.small_beta_usd)}, a quarter of "
            "the ratio's own standard error: less is not known to be less"
        )
    return f"best: {within} the one of least leftover beta"


def waiting(result: PairSizeResult) -> str:
    """Say how long the pair can wait against how long its spread takes."""
    even, life = result.break_even, result.half_life
    if even.why or life is None:
        return f"no break-even time: {even.why}"
    last = even.eaten_after_days
    eaten = "never, it earns carry" if math.isinf(last) else f"after {last:,.0f} calendar days"
    half = f"half of it expected in {life.unbiased_days:.0f} trading days (95%: {life.low:.0f} to {life.high:.0f})"
    after = "within a day" if even.pays_after_days < 1.0 else f"after {even.pays_after_days:.1f} calendar days"
    paid = f"fills are paid back {after}"
    worth = f"full reversion is worth {dollars(even.gain_usd, sign=True)}"
    return f"{worth}, {half}; {paid}, fills and carry eat all of it {eaten}"


def footer(result: PairSizeResult) -> list[str]:
    """Return what the numbers rest on."""
    inputs = result.inputs
    found = [
        f"ratio {result.dollar_ratio:.4f} dollars short per dollar long ({result.basis.source}{_removed(result)}); "
        "leftover beta: long dollars x ratio less short dollars",
        f"{choice(result)}; each rounded: the budget split by the ratio, each leg rounded alone",
        f"assumed: borrow {units.percent(inputs['borrow']):.2f}%, debit {units.percent(inputs['rate']):.2f}%, rebate "
        f"{units.percent(inputs['rebate']):.2f}% a year, {inputs['cost_per_share']:g} dollars a share a fill; yields "
        f"{_yield(inputs['long_yield'])} and {_yield(inputs['short_yield'])}",
    ]
    if result.risk is not None:
        found.append(
            f"risk: vols {units.percent(result.risk.vol_long):.1f}% and {units.percent(result.risk.vol_short):.1f}%, "
            f"correlation {number(result.risk.correlation)}, last 252 days; spread: log prices, last "
            f"{min(result.basis.spread_days, inputs['days']):,} days"
        )
    tail = f"{_closes(result)}{inputs['source']} sha256 {inputs['source_sha256'][:8]}; " if "source" in inputs else ""
    return [*found, f"{tail}hedgekit {inputs['version']}"]


def _removed(result: PairSizeResult) -> str:
    share = result.basis.effectiveness
    return f": removed {percent(units.percent(share))} of the variance out of sample" if math.isfinite(share) else ""


def _yield(value: float) -> str:
    return f"{units.percent(value):.2f}%" if math.isfinite(value) else "unknown"
