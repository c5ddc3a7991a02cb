"""The same made quotes in every layout that hedgekit reads; nothing here was ever quoted."""

import csv
import io
import json
from datetime import UTC, datetime

from hedgekit.model import NEW_YORK, Option

# what a layout cannot say, or says only through a note
QUIRKS = {
    "monthly put ladder (JSON)": {"puts_only": True, "sizes": False, "slugs": ["spot_unchecked"]},
    "Cboe quote table (CSV)": {"sides": True, "sizes": False},
    "yfinance frame (CSV, parquet)": {"slugs": ["asof_from_trades"], "asof": "16:12", "sizes": False},
    "Yahoo web table (CSV)": {"slugs": ["asof_from_trades"], "asof": "16:12", "sizes": False},
    "OptionsDX end of day (CSV)": {"sides": True},
    "calls and puts side by side (CSV, parquet)": {"sides": True},
    "vendor end of day (CSV)": {"sizes": False},
    "OptionMetrics (CSV)": {"sizes": False, "slugs": ["spot_from_parity"]},
}
REFUSED = {
    "Lean universe (CSV)": "no bid or ask in any of",
    "vols without quotes (CSV)": "no bid or ask in any of",
}
NEEDS_TICKER = {"OptionsDX end of day (CSV)", "calls and puts side by side (CSV, parquet)"}
SPOT = 290.0


def parts(quotes):
    return [(Option.parse(quote["option"]), quote) for quote in quotes]


def stamp(quote):
    return datetime.fromisoformat(quote["last_trade_time"]).replace(tzinfo=NEW_YORK)


def csv_text(names, rows, *, before="", delimiter=","):
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n", delimiter=delimiter)
    writer.writerow(names)
    writer.writerows(rows)
    return before + sink.getvalue()


def flat(quotes):
    options = [
        {
            "type": option.kind[0].upper(),
            "exp": option.expiry.isoformat(),
            "dte": 1,
            "strike": option.strike,
            "bid": quote["bid"],
            "ask": quote["ask"],
            "oi": quote["open_interest"],
            "volume": quote["volume"],
            "iv": quote["iv"],
            "delta": 0.5,
            "last_trade_time": quote["last_trade_time"],
        }
        for option, quote in parts(quotes)
    ]
    return {"ticker": "IWM", "feed_timestamp": "2026-06-17 20:15:00", "spot": SPOT, "options": options}


def compact(quotes):
    options = [
        {
            "e": int(datetime.combine(option.expiry, datetime.min.time(), UTC).replace(hour=20).timestamp()),
            "t": option.kind[0].upper(),
            "k": option.strike,
            "iv": quote["iv"],
            "oi": quote["open_interest"],
            "v": quote["volume"],
            "b": quote["bid"],
            "a": quote["ask"],
            "l": 0,
        }
        for option, quote in parts(quotes)
    ]
    head = {"sym": "IWM", "spot": SPOT, "asof": "2026-06-17T16:00:00", "fetched": "2026-06-18T03:38:08.447Z"}
    return {**head, "o": options}


def schwab(quotes):
    maps = {"call": {}, "put": {}}
    quoted = int(datetime(2026, 6, 17, 20, 15, tzinfo=UTC).timestamp() * 1000)
    for option, quote in parts(quotes):
        days = (option.expiry - datetime(2026, 6, 17).date()).days
        contract = {
            "putCall": option.kind.upper(),
            "symbol": f"IWM_{option.expiry:%m%d%y}{option.kind[0].upper()}{option.strike:g}",
            "bid": quote["bid"],
            "ask": quote["ask"],
            "bidSize": quote["bid_size"],
            "askSize": quote["ask_size"],
            "last": 0,
            "totalVolume": quote["volume"],
            "openInterest": quote["open_interest"],
            "volatility": quote["iv"] * 100,
            "delta": -999.0,
            "quoteTimeInLong": quoted,
            "tradeTimeInLong": int(stamp(quote).timestamp() * 1000),
            "multiplier": 100.0,
            "mini": False,
            "nonStandard": False,
        }
        strikes = maps[option.kind].setdefault(f"{option.expiry}:{days}", {})
        strikes[f"{option.strike}"] = [contract]
    return {
        "symbol": "IWM", "status": "SUCCESS", "underlying": None, "underlyingPrice": SPOT,
        "callExpDateMap": maps["call"], "putExpDateMap": maps["put"],
    }  # fmt: skip


def polygon(quotes):
    quoted = int(datetime(2026, 6, 17, 20, 15, tzinfo=UTC).timestamp()) * 10**9
    results = [
        {
            "details": {"ticker": f"O:{quote['option']}", "shares_per_contract": 100, "exercise_style": "american"},
            "day": {"volume": quote["volume"]},
            "implied_volatility": quote["iv"],
            "last_quote": {
                "bid": quote["bid"], "ask": quote["ask"], "bid_size": quote["bid_size"], "ask_size": quote["ask_size"],
                "last_updated": quoted,
            },
            "last_trade": {"price": 0.0, "sip_timestamp": int(stamp(quote).timestamp()) * 10**9},
            "open_interest": quote["open_interest"],
            "underlying_asset": {"price": SPOT, "ticker": "IWM"},
        }
        for _, quote in parts(quotes)
    ]  # fmt: skip
    return {"status": "OK", "results": results}


def put_ladder(quotes):
    months = {}
    for option, quote in parts(quotes):
        if option.kind == "put":
            ladder = months.setdefault(
                f"{option.expiry}",
                {"entry_date": "2026-06-17", "expiry_date": f"{option.expiry}", "mid_date": "2026-06-18", "puts": []},
            )
            one = {"bid": quote["bid"], "ask": quote["ask"], "mid": 1.0, "iv": quote["iv"], "spot": SPOT}
            ladder["puts"].append({"strike": option.strike, "otm_pct": 1.0, "entry": one, "mid": None})
    return {"meta": {"source": "OptionsDX IWM EOD"}, "chain": months}


def cboe_rows(quotes):
    return [{"quote_utc": "2026-06-17 20:15:00", "underlying": "IWM", "spot": SPOT, **quote} for quote in quotes]


def parquet_bytes(rows):
    import pyarrow
    import pyarrow.parquet

    sink = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), sink)
    return sink.getvalue()


def strikes_of(quotes):
    """Calls and puts by expiry and strike."""
    table = {}
    for option, quote in parts(quotes):
        table.setdefault((option.expiry, option.strike), {})[option.kind] = (option, quote)
    return table


def quotedata(quotes):
    side = ("Last Sale", "Net", "Bid", "Ask", "Volume", "IV", "Delta", "Gamma", "Open Interest")
    rows = []
    for (expiry, strike), sides in strikes_of(quotes).items():
        cells = {
            kind: [
                option.compact, 0, 0, quote["bid"], quote["ask"], quote["volume"], quote["iv"], 0.5, 0, quote["open_interest"],
            ]
            for kind, (option, quote) in sides.items()
        }  # fmt: skip
        rows.append([f"{expiry:%a %b %d %Y}", *cells["call"], f"{strike:.2f}", *cells["put"]])
    before = (
        "\niShares Russell 2000 ETF,Last: 290.0,Change:  -0.32\n"
        '"Date: June 17, 2026 at 4:15 p.m. EDT",Bid: 289.99,Ask: 290.01,Size: 5*1,"Volume: 72,373,012"\n'
    )
    return csv_text(["Expiration Date", "Calls", *side, "Strike", "Puts", *side], rows, before=before)


def yfinance(quotes):
    names = (
        *("contractSymbol", "lastTradeDate", "strike", "lastPrice", "bid", "ask", "change", "percentChange", "volume"),
        *(
            "openInterest",
            "impliedVolatility",
            "inTheMoney",
            "contractSize",
            "currency",
            "optionType",
            "underlyingPrice",
        ),
    )
    rows = [
        [
            option.compact, stamp(quote).astimezone(UTC).isoformat(" "), option.strike, 0.0, quote["bid"], quote["ask"],
            0.0, 0.0, quote["volume"], quote["open_interest"], quote["iv"], False, "REGULAR", "USD", option.kind, SPOT,
        ]
        for option, quote in parts(quotes)
    ]  # fmt: skip
    return csv_text(names, rows)


def yahoo_table(quotes):
    names = (
        *("", "% Change", "Ask", "Bid", "Change", "Contract Name", "Implied Volatility", "Last Price"),
        *("Last Trade Date", "Open Interest", "Strike", "Volume", "spot"),
    )
    rows = [
        [
            row, "-", quote["ask"], quote["bid"], 0.0, option.compact, f"{quote['iv']:.2%}", "-",
            f"{stamp(quote):%Y-%m-%d %I:%M%p} EDT", quote["open_interest"], option.strike, quote["volume"], SPOT,
        ]
        for row, (option, quote) in enumerate(parts(quotes))
    ]  # fmt: skip
    return csv_text(names, rows)


def optionsdx(quotes):
    names = (
        *("[QUOTE_UNIXTIME]", " [QUOTE_READTIME]", " [QUOTE_DATE]", " [UNDERLYING_LAST]", " [EXPIRE_DATE]", " [DTE]"),
        *(" [C_DELTA]", " [C_IV]", " [C_VOLUME]", " [C_LAST]", " [C_SIZE]", " [C_BID]", " [C_ASK]", " [STRIKE]"),
        *(" [P_BID]", " [P_ASK]", " [P_SIZE]", " [P_LAST]", " [P_DELTA]", " [P_IV]", " [P_VOLUME]"),
    )
    rows = []
    for (expiry, strike), sides in strikes_of(quotes).items():
        call, put = sides["call"][1], sides["put"][1]
        size = [f"{quote['bid_size']:.0f} x {quote['ask_size']:.0f}" for quote in (call, put)]
        rows.append(
            [
                1781727300, "2026-06-17 16:15", "2026-06-17", SPOT, expiry, 1.0,
                0.5, call["iv"], call["volume"], 0.0, size[0], call["bid"], call["ask"], strike,
                put["bid"], put["ask"], size[1], 0.0, -0.5, put["iv"], put["volume"],
            ]
        )  # fmt: skip
    return csv_text(names, rows)


def side_by_side(quotes):
    columns = ("Last", "Bid", "Ask", "Bid_Size", "Ask_Size", "Vol", "OI", "IV")
    names = ["quote_date", "spot", "expiry", *(f"Call_{name}" for name in columns), "Strike"]
    rows = []
    for (expiry, strike), sides in strikes_of(quotes).items():
        cells = {
            kind: [
                "", quote["bid"], quote["ask"], quote["bid_size"], quote["ask_size"], quote["volume"],
                quote["open_interest"], quote["iv"],
            ]
            for kind, (_, quote) in sides.items()
        }  # fmt: skip
        rows.append(["2026-06-17", SPOT, expiry, *cells["call"], strike, *cells["put"]])
    return csv_text([*names, *(f"Put_{name}" for name in columns)], rows)


def vendor(quotes):
    names = (
        *("date", " symbol", " under", " expiration", " strike", " put/call", " bid", " ask", " price", " volume"),
        *(" open interest", " implied vol", " underlying_last"),
    )
    rows = [
        [
            "2026-06-17", option.osi, "IWM", option.expiry, option.strike, option.kind[0].upper(), quote["bid"], quote["ask"],
            0, quote["volume"], quote["open_interest"], quote["iv"], SPOT,
        ]
        for option, quote in parts(quotes)
    ]  # fmt: skip
    return csv_text(names, rows)


def optionmetrics(quotes):
    names = (
        *("secid", "date", "symbol", "exdate", "last_date", "cp_flag", "strike_price", "best_bid", "best_offer"),
        *("volume", "open_interest", "impl_volatility", "contract_size"),
    )
    rows = [
        [
            106445, "20260617", f"IWM {option.expiry:%y%m%d}{option.kind[0].upper()}{option.strike * 1000:.0f}",
            f"{option.expiry:%Y%m%d}", "20260617", option.kind[0].upper(), f"{option.strike * 1000:.0f}", quote["bid"],
            quote["ask"], quote["volume"], quote["open_interest"], quote["iv"], 100,
        ]
        for option, quote in parts(quotes)
    ]  # fmt: skip
    return csv_text(names, rows)


def own(quotes):
    names = (
        *("asof", "ticker", "spot", "symbol", "bid", "ask", "bid_size", "ask_size", "open_interest", "volume", "last"),
        *("last_time", "vendor_iv"),
    )
    rows = [
        [
            "2026-06-17T16:15", "IWM", SPOT, option.short, quote["bid"], quote["ask"], quote["bid_size"], quote["ask_size"],
            quote["open_interest"], quote["volume"], "", quote["last_trade_time"], quote["iv"],
        ]
        for option, quote in parts(quotes)
    ]  # fmt: skip
    return csv_text(names, rows)


def lean(quotes):
    names = (
        "#expiry",
        "strike",
        "right",
        "open",
        "high",
        "low",
        "close",
        "volume",
        "open_interest",
        "implied_volatility",
    )
    head = ["", "", "", 290.0, 291.0, 289.0, 290.0, 1000, "", ""]
    rows = [
        [f"{option.expiry:%Y%m%d}", option.strike, option.kind[0].upper(), 1, 1, 1, 1, 0, 10, 0.2]
        for option, _ in parts(quotes)
    ]
    return csv_text(names, [head, *rows])


def vols(quotes):
    return csv_text(
        ("date", "symbol", "period", "delta", "strike", "iv"), [["06/17/2026", "IWM", 30, 25, 280.0, 0.2]] * 5
    )


def all_layouts(document, quotes):
    """Format name -> a JSON document, text or bytes; `document` is Cboe's."""
    return {
        "Cboe delayed quotes (JSON)": document,
        "flat list of quotes (JSON)": flat(quotes),
        "one-letter keys (JSON)": compact(quotes),
        "TD Ameritrade or Schwab chain (JSON)": schwab(quotes),
        "Polygon snapshot (JSON)": polygon(quotes),
        "monthly put ladder (JSON)": put_ladder(quotes),
        "Cboe fields by day (parquet)": parquet_bytes(cboe_rows(quotes)),
        "Cboe quote table (CSV)": quotedata(quotes),
        "yfinance frame (CSV, parquet)": yfinance(quotes),
        "Yahoo web table (CSV)": yahoo_table(quotes),
        "OptionsDX end of day (CSV)": optionsdx(quotes),
        "calls and puts side by side (CSV, parquet)": side_by_side(quotes),
        "OptionMetrics (CSV)": optionmetrics(quotes),
        "Lean universe (CSV)": lean(quotes),
        "vendor end of day (CSV)": vendor(quotes),
        "hedgekit's own table (CSV, parquet)": own(quotes),
        "vols without quotes (CSV)": vols(quotes),
    }


def as_bytes(layout):
    if isinstance(layout, bytes):
        return layout
    return (layout if isinstance(layout, str) else json.dumps(layout)).encode()
