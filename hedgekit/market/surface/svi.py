"""The five numbers by which desks compare smiles: raw SVI fitted to one expiry's mids. For reading, not for pricing."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hedgekit.market.surface.mixture import FloatArray, total_vol
from hedgekit.market.surface.quotes import Bands

LEAST_STRIKES = 6
STARTS = (0.02, 0.1, 0.4, 1.0)  # smoothness tried first, as a share of the strikes' range
STEPS = 60
NARROWEST = 1e-3  # of the total variance: bands narrower than this weigh no more


@dataclass(frozen=True, slots=True, kw_only=True)
class Svi:
    """``w(k) = a + b (rho (k - m) + sqrt((k - m)^2 + sigma^2))``, total variance at ``k = ln(strike / forward)``.

    Gatheral, *A parsimonious arbitrage-free implied volatility parameterization* (2004); raw form.

    Attributes
    ----------
    a, b, rho, m, sigma : float
    rms_points : float
        Root mean square distance to the mids, vol points.
    inside : float
        Share of liquid strikes whose band holds it.
    """

    a: float
    b: float
    rho: float
    m: float
    sigma: float
    rms_points: float
    inside: float

    def total_variance(self, k: npt.ArrayLike) -> FloatArray:
        """Return ``w(k)``."""
        return _curve(np.array([self.a, self.b, self.rho, self.m, self.sigma]), np.asarray(k, dtype=np.float64))[0]


def fit_svi(bands: Bands, t_years: float) -> Svi | None:
    """Fit raw SVI to the mids of liquid strikes, weighted by the inverse width of their bands.

    Returns
    -------
    Svi or None
        None with fewer than six liquid strikes quoted on both sides.

    Notes
    -----
    At a given m and sigma the curve is linear in the other three (Zeliade 2009), which gives the start; all five are
    then settled by Levenberg's and Marquardt's steps.
    """
    from hedgekit import units

    rows = bands.both & (bands.liquid > 0.0)
    if rows.sum() < LEAST_STRIKES:
        return None
    k = bands.k[rows]
    low, high, middle = (
        total_vol(k, side) ** 2
        for side in (bands.low[rows], bands.high[rows], 0.5 * (bands.low[rows] + bands.high[rows]))
    )
    trust = 1.0 / np.maximum(0.5 * (high - low), NARROWEST * middle)
    found = _settled(_start(k, middle, trust), k, middle, trust)
    fitted = _curve(found, k)[0]
    vols = np.sqrt(np.maximum(fitted, 0.0) / t_years) - np.sqrt(middle / t_years)
    return Svi(
        **dict(zip(("a", "b", "rho", "m", "sigma"), found.tolist(), strict=True)),
        rms_points=units.percent(math.sqrt(float(np.mean(vols**2)))),
        inside=float(np.mean((fitted >= low) & (fitted <= high))),
    )


def _curve(five: FloatArray, k: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return total variance and its derivatives in the five numbers, shapes (n,) and (n, 5)."""
    a, b, rho, m, sigma = five
    away = k - m
    root = np.hypot(away, sigma)
    shape = rho * away + root
    columns = [np.ones_like(k), shape, b * away, -b * (rho + away / root), b * sigma / root]
    return a + b * shape, np.stack(columns, axis=1)


def _start(k: FloatArray, wanted: FloatArray, trust: FloatArray) -> FloatArray:
    """Try a few m and sigma; the linear rest by least squares."""
    reach = float(np.ptp(k)) or 0.1
    best, least = np.array([0.0, 0.1, 0.0, 0.0, 0.1]), math.inf
    for m in np.linspace(k.min(), k.max(), 7):
        for sigma in (share * reach for share in STARTS):
            away = k - m
            columns = np.stack([np.ones_like(k), away, np.hypot(away, sigma)], axis=1)
            (a, slope, b), *_ = np.linalg.lstsq(columns * trust[:, None], wanted * trust, rcond=None)
            five = _allowed(np.array([a, b, slope / b if b > 0.0 else 0.0, m, sigma]))
            misfit = float(np.sum(((_curve(five, k)[0] - wanted) * trust) ** 2))
            if misfit < least:
                best, least = five, misfit
    return best


def _allowed(five: FloatArray) -> FloatArray:
    """Keep slopes and smoothness where the curve is a smile."""
    return np.array([five[0], max(five[1], 1e-8), min(max(five[2], -0.9999), 0.9999), five[3], max(five[4], 1e-5)])


def _settled(five: FloatArray, k: FloatArray, wanted: FloatArray, trust: FloatArray) -> FloatArray:
    damping = 1e-3
    fitted, slopes = _curve(five, k)
    off = (fitted - wanted) * trust
    for _ in range(STEPS):
        slopes = slopes * trust[:, None]
        normal = slopes.T @ slopes
        push = slopes.T @ off
        scale = np.diag(normal).copy()
        step = np.linalg.lstsq(normal + np.diag(damping * scale + 1e-300), -push, rcond=None)[0]
        trial = _allowed(five + step)
        fitted, slopes_there = _curve(trial, k)
        off_there = (fitted - wanted) * trust
        if off_there @ off_there < off @ off:
            gained = off @ off - off_there @ off_there
            five, off, slopes, damping = trial, off_there, slopes_there, 0.2 * damping
            if gained <= 1e-14 * (off @ off) + 1e-24:
                break
        else:
            slopes, damping = _curve(five, k)[1], 5.0 * damping
            if damping > 1e12:
                break
    return five
