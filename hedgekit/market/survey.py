"""What a chain says: its forwards and carry, what is wrong with its quotes, and their vols."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import numpy as np

from hedgekit import units
from hedgekit.errors import InputError, Status
from hedgekit.market.carry import Forward
from hedgekit.market.chain import Defect, ExpirySpread, defects, spreads
from hedgekit.market.inputs import Given, MarketInputs, resolve
from hedgekit.market.parity import ParitySpot, parity_spot
from hedgekit.market.vols import VolBand, solve
from hedgekit.model import Chain, Flag
from hedgekit.model.types import CALL, PUT
from hedgekit.pricing import Greeks
from hedgekit.results import Result

NEAR_MONEY = 0.05
"""Quotes within this fraction of the forward make the median spread."""


VOL_TICK = 0.001
"""Vols this near are the same: files write four decimals, and clocks differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorVols:
    """The file's own vols beside those solved from its quotes; never used, only compared.

    Parameters
    ----------
    compared : int
        Quotes that have both.
    median_difference : float
        The file's less ours at the mid, decimal a year.
    outside_band : int
        Quotes whose vol in the file is not between ours at the bid and at the ask, a tenth of a point apart.
    without : int
        Quotes with a vol of ours and none in the file.
    """

    compared: int
    median_difference: float
    outside_band: int
    without: int


def compare_vendor_vols(chain: Chain, band: VolBand) -> VendorVols | None:
    """Compare the file's vols with those solved; None when there are none to compare."""
    ours = np.isfinite(band.mid)
    both = ours & np.isfinite(chain.vendor_iv)
    if not both.any():
        return None
    theirs = chain.vendor_iv[both]
    low, high = np.nan_to_num(band.bid[both], nan=0.0), np.nan_to_num(band.ask[both], nan=np.inf)
    return VendorVols(
        compared=int(both.sum()),
        median_difference=float(np.median(theirs - band.mid[both])),
        outside_band=int(((theirs < low - VOL_TICK) | (theirs > high + VOL_TICK)).sum()),
        without=int((ours & ~both).sum()),
    )


@dataclass(frozen=True, kw_only=True)
class ChainResult(Result):
    """A chain, cleaned and solved.

    Attributes
    ----------
    chain : Chain
        The quotes shown.
    expiries : tuple of dict
        One an open expiry of the whole file: forward, implied yield, quotes, median spread, at-the-money vol.
    defects : tuple of Defect
        Of the whole file.
    band : VolBand
        Of the quotes shown.
    parity : ParitySpot or None
        The spot that put-call parity near the money tells, whatever rate and dividends; None when it tells none.
    total : int
        Quotes of the whole file.
    median_spread : float
        Of the quotes near the money of the whole file, dollars a share; NaN without any.
    vendor : VendorVols or None
        How the file's own vols compare with those solved; None when it has none.
    """

    schema_name: ClassVar[str] = "chain"

    chain: Chain
    expiries: tuple[dict[str, Any], ...]
    defects: tuple[Defect, ...]
    band: VolBand
    parity: ParitySpot | None = None
    total: int = 0
    median_spread: float = float("nan")
    vendor: VendorVols | None = None

    def body(self) -> dict[str, Any]:
        """Return the fields of the public contract."""
        return {
            "ticker": self.chain.ticker,
            "spot": self.chain.spot,
            "spot_source": self.chain.spot_source,
            "file_spot": self.chain.file_spot,
            "parity_spot": self.parity,
            "asof": self.chain.asof,
            "total": self.total,
            "median_spread": self.median_spread,
            "vendor_vols": self.vendor,
            "expiries": self.expiries,
            "defects": self.defects,
            "quotes": self.quotes(),
        }

    def records(self) -> list[dict[str, Any]]:
        """Return one row a quote that says its day, underlying and spot too, so that hedgekit reads it back."""
        head = {"asof": self.chain.asof, "ticker": self.chain.ticker, "spot": self.chain.spot}
        return [{**head, **quote} for quote in self.quotes()]

    def quotes(self) -> list[dict[str, Any]]:
        """Return one row a quote."""
        chain, band = self.chain, self.band
        columns: dict[str, list[Any]] = {
            "symbol": chain.symbol.tolist(),
            "kind": ["call" if sign == 1 else "put" for sign in chain.kind.tolist()],
            "strike": chain.strike.tolist(),
            "expiry": chain.expiry.tolist(),
            "bid": chain.bid.tolist(),
            "ask": chain.ask.tolist(),
            "bid_size": chain.bid_size.tolist(),
            "ask_size": chain.ask_size.tolist(),
            "open_interest": chain.open_interest.tolist(),
            "volume": chain.volume.tolist(),
            "last": chain.last.tolist(),
            "last_time": chain.last_time.tolist(),
            "t_years": chain.t_years.tolist(),
            "iv_bid": band.bid.tolist(),
            "iv_mid": band.mid.tolist(),
            "iv_ask": band.ask.tolist(),
            "iv_status": [Status(code).name for code in band.status["mid"].tolist()],
            "vendor_iv": chain.vendor_iv.tolist(),
        }
        for name in ("delta", "gamma", "vega", "theta", "rho"):
            columns[name] = getattr(band.greeks, name).tolist()
        columns["flags"] = [[flag.slug for flag in Flag(bits)] for bits in chain.flags.tolist()]
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def survey(
    chain: Chain,
    *,
    rate: Given = None,
    dividends: Given = None,
    expiry: date | None = None,
    near: int | None = None,
) -> ChainResult:
    """Solve a chain and say what is wrong with it.

    Parameters
    ----------
    chain : Chain
    rate, dividends : float or path, optional
        As in `hedgekit.compare`.
    expiry : datetime.date, optional
        Show this expiry only.
    near : int, optional
        Show this many strikes on each side of the spot only.

    Raises
    ------
    InputError
        The chain does not list that expiry, or `near` is not positive.
    """
    if near is not None and near < 1:
        raise InputError(f"--near {near}: expected 1 strike or more")
    shown = chain if expiry is None else chain.at(expiry)
    open_ = tuple(day for day in chain.expiries if chain.years_to(day) > 0)
    market = resolve(chain, open_, rate=rate, dividends=dividends, with_forwards=True)
    whole = solve(chain, market)
    rows = _rows(chain, shown, near)
    told = {one.expiry: one for one in spreads(chain)}
    parity = parity_spot(chain)
    middle = (np.abs(chain.strike / chain.spot - 1.0) <= NEAR_MONEY) & (chain.bid > 0) & (chain.ask > chain.bid)
    middle &= chain.t_years > 0
    return ChainResult(
        chain=chain.select(rows),
        expiries=tuple(_expiry_row(chain, market, whole, day, told.get(day), parity) for day in open_),
        defects=tuple(defects(chain)),
        band=_part(whole, rows),
        parity=parity,
        total=len(chain),
        median_spread=float(np.median((chain.ask - chain.bid)[middle])) if middle.any() else float("nan"),
        vendor=compare_vendor_vols(chain, whole),
        inputs=_inputs(chain, market),
        warnings=market.warnings,
    )


def _rows(chain: Chain, shown: Chain, near: int | None) -> Any:
    """Rows of the chain that are shown."""
    keep = np.isin(chain.expiry, np.unique(shown.expiry))
    if near is not None:
        for day in np.unique(shown.expiry):
            at = chain.expiry == day
            strikes = np.unique(chain.strike[at])
            middle = int(np.searchsorted(strikes, chain.spot))
            wanted = strikes[max(0, middle - near) : middle + near]
            keep &= ~at | np.isin(chain.strike, wanted)
    return np.flatnonzero(keep)


def _part(band: VolBand, rows: Any) -> VolBand:
    return VolBand(
        bid=band.bid[rows],
        mid=band.mid[rows],
        ask=band.ask[rows],
        status={side: column[rows] for side, column in band.status.items()},
        greeks=Greeks(*(getattr(band.greeks, name)[rows] for name in Greeks.__slots__)),
    )


def _expiry_row(
    chain: Chain, market: MarketInputs, band: VolBand, day: date, spread: ExpirySpread | None, parity: ParitySpot | None
) -> dict[str, Any]:
    """Summarise one expiry."""
    at = np.flatnonzero(chain.expiry == np.datetime64(day))
    forward = market.forwards.get(day)
    t_years = chain.years_to(day)
    two_sided = at[(chain.bid[at] > 0) & (chain.ask[at] > chain.bid[at])]
    level = chain.spot if forward is None else forward.forward
    money = two_sided[np.abs(chain.strike[two_sided] / level - 1.0) <= NEAR_MONEY]
    return {
        "expiry": day,
        "t_years": t_years,
        "days": units.days(t_years),
        "forward": None if forward is None else forward.forward,
        "forward_low": None if forward is None else forward.forward_low,
        "forward_high": None if forward is None else forward.forward_high,
        "rate": market.rates[day],
        "div_yield": market.div_yields[day],
        "yield_doubt": _yield_doubt(chain, forward, parity),
        "quotes": len(at),
        "two_sided": len(two_sided),
        "residual_yield": None if forward is None else forward.residual_yield,
        "median_spread": float(np.median(chain.ask[money] - chain.bid[money])) if len(money) else None,
        "spread_of_straddle": None if spread is None else spread.of_straddle,
        "wide": spread is not None and spread.wide,
        "atm_vol": _vol_at(chain, band, at, level),
    }


def _vol_at(chain: Chain, band: VolBand, at: Any, level: float) -> float | None:
    """Return the mid vol at the forward: between the nearest put below and call above it, or of the one there is."""
    out = at[(chain.kind[at] * (chain.strike[at] - level) >= 0) & np.isfinite(band.mid[at])]
    puts, calls = (out[chain.kind[out] == kind] for kind in (PUT, CALL))
    around = [side[np.argmin(np.abs(chain.strike[side] - level))] for side in (puts, calls) if len(side)]
    return float(np.interp(level, chain.strike[around], band.mid[around])) if around else None


def _yield_doubt(chain: Chain, forward: Forward | None, parity: ParitySpot | None) -> float:
    """Return how far an expiry's yield may be off for the intervals of spot and forward, decimal a year."""
    if forward is None or not forward.forward > 0.0:
        return float("nan")
    spot = 0.0 if parity is None or chain.spot_source == "given" else 0.5 * (parity.high - parity.low) / chain.spot
    return (0.5 * (forward.forward_high - forward.forward_low) / forward.forward + spot) / forward.t_years


def _inputs(chain: Chain, market: MarketInputs) -> dict[str, Any]:
    from hedgekit import __version__

    return {
        "ticker": chain.ticker,
        "spot": chain.spot,
        "spot_source": chain.spot_source,
        "file_spot": chain.file_spot,
        "rate_source": market.rate_source,
        "dividends": market.cash,
        "dividends_source": market.dividends_source,
        "asof": chain.asof,
        "source": chain.source,
        "source_sha256": chain.source_sha256,
        "exercise": chain.exercise,
        "day_count": "ACT/365 to the exercise cut-off in New York",
        "version": __version__,
    }
