"""Series with known answers: a congruential generator anyone can rebuild, and data that ships with arch."""

from __future__ import annotations

import numpy as np

from hedgekit.pairs.sample import Window

MODULUS, MULTIPLIER = 2147483647, 48271


def generated(seed: int = 12345, n: int = 500) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (y, x, u) with y = 5 + .8 x + u, u an AR(1) at .9, x a random walk; no NumPy generator in it."""
    state = seed

    def normal() -> float:
        nonlocal state
        total = 0.0
        for _ in range(12):
            state = state * MULTIPLIER % MODULUS
            total += state / MODULUS
        return total - 6.0

    x, u = np.empty(n), np.empty(n)
    x[0], u[0] = 100.0, 0.0
    for i in range(1, n):
        a, b = normal(), normal()
        x[i] = x[i - 1] + a
        u[i] = 0.9 * u[i - 1] + 0.5 * b + 0.2 * a
    return 5.0 + 0.8 * x + u, x, u


def window(y, x) -> Window:
    """Return levels as a window."""
    y, x = np.asarray(y, dtype=float), np.asarray(x, dtype=float)
    return Window(y=y, x=x, ry=np.diff(np.log(y)), rx=np.diff(np.log(x)))


def window_of_returns(ry, rx) -> Window:
    """Return returns as a window, levels made from them."""
    ry, rx = np.asarray(ry, dtype=float), np.asarray(rx, dtype=float)
    y, x = (np.exp(np.concatenate([[0.0], np.cumsum(part)])) for part in (ry, rx))
    return Window(y=y, x=x, ry=ry, rx=rx)


def crude() -> tuple[np.ndarray, np.ndarray]:
    """Return Brent and WTI, 393 months."""
    from arch.data import crude

    data = crude.load()
    return np.asarray(data["Brent"], dtype=float), np.asarray(data["WTI"], dtype=float)


def indices() -> tuple[np.ndarray, np.ndarray]:
    """Return adjusted closes of the Nasdaq and the S&P 500, 5031 days."""
    from arch.data import nasdaq, sp500

    return tuple(np.asarray(data.load()["Adj Close"], dtype=float) for data in (nasdaq, sp500))
