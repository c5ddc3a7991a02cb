"""Small made chains in the layouts of real files."""

import json
import math
from datetime import UTC, date, datetime, timedelta

import pytest

from hedgekit.market import calendar
from hedgekit.model import NEW_YORK, Option

ASOF = datetime(2026, 6, 17, 16, 15, tzinfo=NEW_YORK)
EXPIRIES = (date(2026, 6, 18), date(2026, 6, 22), date(2026, 6, 26), date(2026, 7, 17), date(2026, 9, 18))
STRIKES = tuple(sorted({*range(250, 335, 5), *range(281, 300, 2)}))


def european(sign, spot, strike, t, rate, vol):
    """Black-Scholes: near enough to American where the fixtures look."""
    if t <= 0:
        return max(sign * (spot - strike), 0.0)
    d1 = (math.log(spot / strike) + (rate + vol * vol / 2) * t) / (vol * math.sqrt(t))

    def cdf(x):
        return 0.5 * math.erfc(-x / math.sqrt(2))

    d2 = d1 - vol * math.sqrt(t)
    return sign * (spot * cdf(sign * d1) - strike * math.exp(-rate * t) * cdf(sign * d2))


def quotes(spot=290.0, asof=ASOF, expiries=EXPIRIES, strikes=STRIKES, half_spread=0.03, root="IWM"):
    """Rows with Cboe's field names."""
    rows = []
    for expiry in expiries:
        t = calendar.t_years(asof, expiry)
        for strike in strikes:
            for kind in ("call", "put"):
                option = Option(root=root, expiry=expiry, kind=kind, strike=float(strike))
                value = max(european(option.sign, spot, strike, t, 0.037, 0.22), option.sign * (spot - strike), 0.0)
                half = half_spread + 0.01 * value
                bid, ask = math.floor((value - half) * 100) / 100, math.ceil((value + half) * 100) / 100
                rows.append(
                    {
                        "option": option.compact,
                        "bid": max(bid, 0.0),
                        "bid_size": 10.0,
                        "ask": ask,
                        "ask_size": 12.0,
                        "iv": 0.22,
                        "open_interest": 100.0,
                        "volume": 5.0,
                        "delta": 0.5,
                        "theo": round(value, 4),
                        "last_trade_price": 0.0,
                        "last_trade_time": (asof - timedelta(minutes=3)).strftime("%Y-%m-%dT%H:%M:%S"),
                    }
                )
    return rows


def cboe_document(spot=290.0, file_spot=None, asof=ASOF, **facts):
    """The present layout of Cboe's file."""
    return {
        "timestamp": asof.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        "data": {
            "symbol": "IWM",
            "current_price": spot if file_spot is None else file_spot,
            "options": quotes(spot, asof, **facts),
        },
    }


@pytest.fixture(scope="session")
def make_document():
    return cboe_document


@pytest.fixture(scope="session")
def make_quotes():
    return quotes


@pytest.fixture
def write(tmp_path):
    """Write a document (or text, or bytes) to a file and give its path."""

    def writer(document, name="chain.json"):
        path = tmp_path / name
        if isinstance(document, bytes):
            path.write_bytes(document)
        else:
            path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
        return path

    return writer
