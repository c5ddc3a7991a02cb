"""The lognormal spot of Black and Scholes: at the forward of rate and dividend yield, or with a drift of one's own."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hedgekit import units
from hedgekit.distributions.priced import Priced, probabilities
from hedgekit.distributions.protocol import FloatArray
from hedgekit.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Lognormal(Priced):
    """``ln S ~ N(ln mean - deviation^2 / 2, deviation^2)``.

    Attributes
    ----------
    deviation : float
        Standard deviation of the log of the spot: ``vol sqrt(t_years)``.
    """

    deviation: float

    def calls(self, strikes: npt.ArrayLike) -> FloatArray:
        """Return ``E[max(S - K, 0)]``, Black's formula without discounting (Black 1976, equation 16)."""
        from scipy.special import ndtr

        strike = np.asarray(strikes, dtype=np.float64)
        upper = self._d2(strike) + self.deviation
        finite = np.isfinite(strike)
        paid = np.where(finite, strike, 0.0) * ndtr(upper - self.deviation)
        return np.where(finite, self.mean * ndtr(upper) - paid, 0.0)

    def cdf(self, spots: npt.ArrayLike) -> FloatArray:
        """Return ``P(S <= s)`` at each spot."""
        from scipy.special import ndtr

        return np.asarray(ndtr(-self._d2(np.asarray(spots, dtype=np.float64))))

    def quantile(self, p: npt.ArrayLike) -> FloatArray:
        """Return the spot that is not passed with probability `p`; 0 for 0 and infinity for 1."""
        from scipy.special import ndtri

        share = probabilities(p)
        return np.asarray(self.mean * np.exp(self.deviation * (ndtri(share) - 0.5 * self.deviation)))

    def _d2(self, spot: FloatArray) -> FloatArray:
        """Deviations from a spot up to the median."""
        with np.errstate(divide="ignore"):
            distance = np.log(self.mean) - np.log(np.maximum(spot, 0.0))
        return np.asarray(distance / self.deviation - 0.5 * self.deviation)


def lognormal(
    spot: float, t_years: float, rate: float, div_yield: float, vol: float, drift: float | None = None
) -> Lognormal:
    """Return the lognormal distribution of the spot after a time.

    Parameters
    ----------
    spot : float
        Dollars a share.
    t_years : float
        Years of 365 days; positive.
    rate, div_yield : float
        Continuously compounded, decimal a year. Without `drift` the mean is the forward
        ``spot exp((rate - div_yield) t_years)``: the pricing (risk-neutral) measure.
    vol : float
        Decimal a year; positive.
    drift : float, optional
        Growth of the expected price without dividends, continuously compounded, decimal a year: the mean is
        ``spot exp(drift t_years)``, and `rate` and `div_yield` play no part.

    Raises
    ------
    InputError
        A spot, time or vol that is not positive, or a number that is not finite.

    Examples
    --------
    >>> year = lognormal(100.0, 1.0, 0.04, 0.01, 0.20)
    >>> round(year.mean, 4), round(year.probability(90.0, 110.0), 4)
    (103.0455, 0.3831)
    >>> year.statement
    'lognormal at the forward 103.05 (rate 4.00%, yield 1.00%), vol 20.00%: the pricing measure'
    """
    for name, value in {"spot": spot, "t_years": t_years, "vol": vol}.items():
        if not 0.0 < value < math.inf:
            raise InputError(f"{name} {value!r}: expected a positive number")
    for name, value in {"rate": rate, "div_yield": div_yield, "drift": drift or 0.0}.items():
        if not math.isfinite(value):
            raise InputError(f"{name} {value!r}: expected a number, decimal a year")
    growth = rate - div_yield if drift is None else drift
    mean = spot * math.exp(growth * t_years)
    if drift is None:
        terms = f"rate {units.percent(rate):.2f}%, yield {units.percent(div_yield):.2f}%"
        basis, measure = f"at the forward {mean:.2f} ({terms})", "the pricing measure"
    else:
        basis = f"with a drift of {units.percent(drift):.2f}% a year (mean {mean:.2f})"
        measure = "a view, not the pricing measure"
    return Lognormal(
        name="lognormal",
        statement=f"lognormal {basis}, vol {units.percent(vol):.2f}%: {measure}",
        mean=mean,
        deviation=vol * math.sqrt(t_years),
    )
