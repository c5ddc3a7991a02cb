"""What must happen for a structure to pay, in one sentence."""

from __future__ import annotations

from fractions import Fraction

from hedgekit.structures.outcome import Outcome
from hedgekit.structures.setting import Setting
from hedgekit.units import percent


def what_must_happen(outcome: Outcome, setting: Setting) -> str:
    """Return the sentence: the spots at the first expiry that pay, and how far away they are today.

    Parameters
    ----------
    outcome : Outcome
    setting : Setting
    """
    when = f"at the {setting.settles} of {setting.horizon:%a %d %b %Y}"
    if not outcome.gains:
        best = "" if outcome.high is None else ", at best it breaks even" if outcome.high == 0 else ""
        return f"Nothing pays: there is no spot {when} with a profit{best}."
    if (
        outcome.low is not None
        and outcome.low >= 0
        and len(outcome.gains) == 1
        and outcome.gains[0] == (Fraction(0), None)
    ):
        return f"It pays wherever {setting.ticker} is {when}: check the prices, such a trade is rarely real."
    about = "" if outcome.is_exact else "about "
    places = " or ".join(_place(low, high, setting, about) for low, high in outcome.gains)
    return f"Pays if {setting.ticker} is {places} {when} (now {setting.spot:.2f})."


def _place(low: Fraction, high: Fraction | None, setting: Setting, about: str) -> str:
    if low == 0 and high is None:
        return "anywhere"
    if high is None:
        return f"above {about}{_level(low, setting)}"
    if low == 0:
        return f"below {about}{_level(high, setting)}"
    return f"between {about}{_level(low, setting)} and {_level(high, setting)}"


def _level(spot: Fraction, setting: Setting) -> str:
    return f"{float(spot):.2f} ({percent(float(spot) / setting.spot - 1.0):+.1f}%)"
