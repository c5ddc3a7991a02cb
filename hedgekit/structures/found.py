"""What the finder found: structures with their numbers under the view and under the market."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from hedgekit.distributions.priced import Priced
from hedgekit.errors import InfeasibleError
from hedgekit.model import Holding, Leg, Shares
from hedgekit.results import Result
from hedgekit.structures.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One structure, one contract of it.

    Attributes
    ----------
    name : str
        Of the catalogue.
    holdings : tuple of Leg and Shares
        At the touch.
    net_premium_usd, outlay_usd : float
        Of the options, and of everything with fees; negative when received.
    max_loss_usd : float
        At expiry, over every spot.
    financed_loss_usd : float
        The same with what shares cost financed to the expiry: what is ranked by. Options alone are not financed.
    max_gain_usd : float or None
        None without limit.
    breakevens : tuple of float
    expected_value_usd, value_per_loss, profit_probability : float
        Under the view: today's value of what is expected less what is paid, that per dollar of `financed_loss_usd`, and
        P(profit > 0).
    market_value_usd, market_value_per_loss, market_profit_probability : float
        Under the market's distribution.
    capital_usd : float
        What must be put up: the greatest loss before fees, half the stock with shares, the strike for a put in cash.
    exit_now_usd : float
        What closing at once would lose, markets unchanged: spreads and fees both ways.
    displayed : float or None
        Contracts of the whole structure displayed at the touch; None where the file does not say.
    open_interest : float or None
        The least of its legs.
    within_max_loss : int or None
        Contracts that the loss allowed covers.
    pays : str
        What must happen for this to pay.
    """

    name: str
    holdings: tuple[Holding, ...]
    net_premium_usd: float
    outlay_usd: float
    max_loss_usd: float
    financed_loss_usd: float
    max_gain_usd: float | None
    breakevens: tuple[float, ...]
    expected_value_usd: float
    value_per_loss: float
    profit_probability: float
    market_value_usd: float
    market_value_per_loss: float
    market_profit_probability: float
    capital_usd: float
    exit_now_usd: float
    displayed: float | None
    open_interest: float | None
    within_max_loss: int | None
    pays: str

    @property
    def symbols(self) -> tuple[str, ...]:
        """What tells two of one name apart."""
        return tuple(str(held) for held in self.holdings)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields for JSON."""
        row: dict[str, Any] = {"name": self.name, "legs": [_leg(held) for held in self.holdings]}
        row.update({name: getattr(self, name) for name in self.__slots__ if name not in ("name", "holdings")})
        return row


def _leg(held: Holding) -> dict[str, Any]:
    if isinstance(held, Shares):
        return {"symbol": held.ticker, "contracts": None, "shares": held.shares, "premium": held.price}
    return {"symbol": held.option.compact, "contracts": held.contracts, "shares": None, "premium": held.premium}


@dataclass(frozen=True, kw_only=True)
class FindResult(Result):
    """The best structures for a view.

    Attributes
    ----------
    found : tuple of Found
        Best first.
    view, market : str
        The two distributions in words.
    searched : mapping of str to int
        Combinations looked at, each structure.
    why : str
        One sentence.
    view_distribution, market_distribution : View, Priced
        The distributions themselves, for more questions in a notebook; not part of the JSON.
    """

    schema_name: ClassVar[str] = "structure_find"

    found: tuple[Found, ...]
    view: str
    market: str
    searched: Mapping[str, int]
    why: str
    view_distribution: View
    market_distribution: Priced

    def body(self) -> dict[str, Any]:
        """Return the fields of the public contract."""
        return {
            "found": [one.to_dict() for one in self.found],
            "why": self.why,
            "view": self.view,
            "market": self.market,
            "searched": dict(self.searched),
        }

    def records(self) -> list[dict[str, Any]]:
        """Return one flat row a structure."""
        rows = []
        for rank, one in enumerate(self.found, 1):
            row = one.to_dict()
            row["legs"] = "; ".join(held.written if isinstance(held, Leg) else str(held) for held in one.holdings)
            row["breakevens"] = " ".join(f"{spot:g}" for spot in one.breakevens)
            rows.append({"rank": rank, **row})
        return rows

    def require(self) -> None:
        """Refuse an empty answer.

        Raises
        ------
        InfeasibleError
            Says what stands in the way.
        """
        if not self.found:
            raise InfeasibleError(self.why)

    def __repr__(self) -> str:
        return f"FindResult({len(self.found)} found of {sum(self.searched.values()):,}; {self.view})"
