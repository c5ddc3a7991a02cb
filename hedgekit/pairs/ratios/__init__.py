"""Hedge ratios: one estimator a file, in the order tables show them.

A module has ``LABEL``, ``UNIT``, ``LEVELS``, ``DAYS`` and ``fit(window, interval=...)`` (see `fit.Estimator`); its line
in `ESTIMATORS` is all the registration there is.
"""

from __future__ import annotations

import importlib
from typing import cast

import numpy as np

from hedgekit.errors import ConvergenceError
from hedgekit.pairs.ratios.fit import Estimator, Fit
from hedgekit.pairs.sample import Window

# name -> module
ESTIMATORS = {
    "dollar_neutral": "hedgekit.pairs.ratios.dollar_neutral",
    "vol_parity": "hedgekit.pairs.ratios.vol_parity",
    "return_ols": "hedgekit.pairs.ratios.return_ols",
    "weekly_ols": "hedgekit.pairs.ratios.weekly_ols",
    "ewma": "hedgekit.pairs.ratios.ewma",
    "tls": "hedgekit.pairs.ratios.tls",
    "deming": "hedgekit.pairs.ratios.deming",
    "theil_sen": "hedgekit.pairs.ratios.theil_sen",
    "huber": "hedgekit.pairs.ratios.huber",
    "price_ols": "hedgekit.pairs.ratios.price_ols",
    "log_price_ols": "hedgekit.pairs.ratios.log_price_ols",
    "rolling_ols": "hedgekit.pairs.ratios.rolling_ols",
    "dols": "hedgekit.pairs.ratios.dols",
    "fmols": "hedgekit.pairs.ratios.fmols",
    "johansen": "hedgekit.pairs.ratios.johansen",
    "kalman": "hedgekit.pairs.ratios.kalman",
}


def estimator(name: str) -> Estimator:
    """Return the module of an estimator.

    Raises
    ------
    KeyError
        When there is none of that name.
    """
    return cast(Estimator, importlib.import_module(ESTIMATORS[name]))


def fitted(module: Estimator, window: Window, *, interval: bool = True) -> Fit:
    """Return an estimate; NaN with the reason where these days have none (a leg that stands still, no convergence)."""
    try:
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            fit = module.fit(window, interval=interval)
    except (ConvergenceError, np.linalg.LinAlgError, ZeroDivisionError, ValueError) as error:
        return Fit(ratio=float("nan"), why=f"no estimate from these days: {error}")
    return fit if np.isfinite(fit.ratio) else Fit(ratio=float("nan"), why=fit.why or "no estimate from these days")
