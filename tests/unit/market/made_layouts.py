"""The same made quotes in every layout that hedgekit reads; nothing here was ever quoted."""

import csv
import io
import json
from datetime import UTC, datetime

from hedgekit.model import NEW_YORK, Option

# what a layout cannot say, or says only through a note
QUIRKS = {
    "flat list of quotes (JSON)": {"sizes": False},
    "one-letter keys (JSON)": {"sizes": False},
    "Yahoo chain (JSON)": {"sides": True, "sizes": False},
    "Tradier chain (JSON, CSV, parquet)": {"slugs": ["spot_from_parity"]},
    "Alpha Vantage options (JSON)": {"slugs": ["spot_from_parity"]},
    "Alpaca snapshots (JSON)": {"slugs": ["spot_from_parity"], "interest": False},
    "ORATS strikes (CSV, JSON)": {"sides": True},
    "Nasdaq option page (JSON)": {"sides": True, "sizes": False, "vols": False},
    "thinkorswim export (CSV)": {"slugs": ["zone_unsaid"]},
    "Barchart download (CSV)": {"sizes": False},
    "Cboe DataShop (CSV, parquet)": {"slugs": ["quotes_of_close"], "vols": False},
    "ThetaData quotes (CSV, parquet)": {
        "slugs": ["spot_from_parity"],
        "vols": False,
        "interest": False,
        "volume": False,
    },
    "OptionMetrics prices (CSV, parquet)": {"slugs": ["spot_from_parity"], "sizes": False},
    "TWS table (CSV)": {"slugs": ["spot_from_parity"], "vols": False, "interest": False},
    "monthly put ladder (JSON)": {"puts_only": True, "sizes": False, "slugs": ["spot_unchecked"]},
    "Cboe quote table (CSV)": {"sides": True, "sizes": False},
    "yfinance frame (CSV, parquet)": {"slugs": ["asof_from_trades"], "asof": "16:12", "sizes": False},
    "Yahoo web table (CSV)": {"slugs": ["asof_from_trades"], "asof": "16:12", "sizes": False},
    "OptionsDX end of day (CSV)": {"sides": True},
    "calls and puts side by side (CSV, parquet)": {"sides": True},
    "vendor end of day (CSV)": {"sizes": False},
}
REFUSED = {
    "Lean universe (CSV)": "no bid or ask in any of",
    "vols without quotes (CSV)": "no bid or ask in any of",
}
NEEDS_DAY = {"monthly put ladder (JSON)", "TWS table (CSV)"}
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


def seconds(moment):
    return int(moment.timestamp())


QUOTED = datetime(2026, 6, 17, 20, 15, tzinfo=UTC)


def yahoo_json(quotes):
    expiries = {}
    for option, quote in parts(quotes):
        day = seconds(datetime.combine(option.expiry, datetime.min.time(), UTC))
        sides = expiries.setdefault(day, {"expirationDate": day, "hasMiniOptions": False, "calls": [], "puts": []})
        contract = {
            "contractSymbol": option.compact,
            "strike": option.strike,
            "currency": "USD",
            "lastPrice": {"raw": 0.0, "fmt": "0.00"},
            "change": {},
            "volume": quote["volume"],
            "openInterest": {"raw": quote["open_interest"], "fmt": "100", "longFmt": "100"},
            "bid": quote["bid"],
            "ask": quote["ask"],
            "contractSize": "REGULAR",
            "expiration": day,
            "lastTradeDate": seconds(stamp(quote)),
            "impliedVolatility": quote["iv"],
            "inTheMoney": False,
        }
        sides[f"{option.kind}s"].append(contract)
    quote = {"symbol": "IWM", "regularMarketPrice": SPOT, "regularMarketTime": seconds(QUOTED), "marketState": "POST"}
    result = {
        "underlyingSymbol": "IWM",
        "expirationDates": list(expiries),
        "quote": quote,
        "options": [*expiries.values()],
    }
    return {"optionChain": {"result": [result], "error": None}}


def tradier(quotes):
    options = [
        {
            "symbol": option.compact, "description": "IWM", "exch": "Z", "type": "option", "last": None,
            "volume": quote["volume"], "bid": quote["bid"], "ask": quote["ask"], "underlying": "IWM",
            "strike": option.strike, "trade_date": seconds(stamp(quote)) * 1000, "bidsize": quote["bid_size"],
            "bid_date": seconds(QUOTED) * 1000, "asksize": quote["ask_size"], "ask_date": 0,
            "open_interest": quote["open_interest"], "contract_size": 100, "expiration_date": f"{option.expiry}",
            "expiration_type": "standard", "option_type": option.kind, "root_symbol": "IWM",
            "greeks": {"delta": 0.5, "mid_iv": quote["iv"], "smv_vol": 0.2, "updated_at": "2026-06-17 20:00:01"},
        }
        for option, quote in parts(quotes)
    ]  # fmt: skip
    return {"options": {"option": options}}


def alpha_vantage(quotes):
    data = [
        {
            "contractID": option.compact, "symbol": "IWM", "expiration": f"{option.expiry}",
            "strike": f"{option.strike:.2f}", "type": option.kind, "last": "0.00", "mark": "1.00",
            "bid": f"{quote['bid']:.2f}", "bid_size": f"{quote['bid_size']:.0f}", "ask": f"{quote['ask']:.2f}",
            "ask_size": f"{quote['ask_size']:.0f}", "volume": f"{quote['volume']:.0f}",
            "open_interest": f"{quote['open_interest']:.0f}", "date": "2026-06-17",
            "implied_volatility": f"{quote['iv']:.5f}", "delta": "0.50000",
        }
        for option, quote in parts(quotes)
    ]  # fmt: skip
    return {"endpoint": "Historical Options", "message": "success", "data": data}


def alpaca(quotes):
    snapshots = {
        option.compact: {
            "latestQuote": {
                "ap": quote["ask"], "as": quote["ask_size"], "ax": "B", "bp": quote["bid"], "bs": quote["bid_size"],
                "bx": "S", "c": "A", "t": "2026-06-17T20:15:00.123456789Z",
            },
            "latestTrade": {"p": 0.0, "s": 1, "t": f"{stamp(quote).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "x": "A"},
            "dailyBar": {"c": 0.0, "v": quote["volume"]},
            "greeks": {"delta": 0.5},
            "impliedVolatility": quote["iv"],
        }
        for option, quote in parts(quotes)
    }  # fmt: skip
    return {"snapshots": snapshots, "next_page_token": None}


def marketdata(quotes):
    rows = [
        {
            "optionSymbol": option.compact,
            "underlying": "IWM",
            "expiration": seconds(datetime.combine(option.expiry, datetime.min.time(), UTC).replace(hour=20)),
            "side": option.kind,
            "strike": option.strike,
            "updated": seconds(QUOTED),
            "bid": quote["bid"],
            "bidSize": quote["bid_size"],
            "ask": quote["ask"],
            "askSize": quote["ask_size"],
            "last": None,
            "openInterest": quote["open_interest"],
            "volume": quote["volume"],
            "underlyingPrice": SPOT,
            "iv": quote["iv"],
            "delta": 0.5,
        }
        for option, quote in parts(quotes)
    ]
    return {"s": "ok", **{name: [row[name] for row in rows] for name in rows[0]}}


def orats(quotes):
    sides = ("Volume", "OpenInterest", "BidSize", "AskSize", "BidPrice", "Value", "AskPrice", "MidIv")
    names = (
        *("ticker", "tradeDate", "expirDate", "dte", "strike", "stockPrice", "spotPrice", "quoteDate", "delta"),
        *(f"{side}{name}" for side in ("call", "put") for name in sides),
    )
    rows = []
    for (expiry, strike), both in strikes_of(quotes).items():
        cells = [
            cell
            for side in ("call", "put")
            for quote in [both[side][1]]
            for cell in (
                quote["volume"], quote["open_interest"], quote["bid_size"], quote["ask_size"], quote["bid"],
                quote["theo"], quote["ask"], quote["iv"],
            )
        ]  # fmt: skip
        rows.append(["IWM", "2026-06-17", expiry, 1, strike, SPOT + 1, SPOT, "2026-06-17T20:15:00Z", 0.5, *cells])
    return csv_text(names, rows)


def nasdaq(quotes):
    rows, group = [], None
    for (expiry, strike), both in strikes_of(quotes).items():
        if expiry != group:
            group = expiry
            rows.append({"expirygroup": f"{expiry:%B} {expiry.day}, {expiry.year}", "c_Last": None, "strike": None})
        cells = {
            f"{kind[0]}_{name}": cell
            for kind, (_, quote) in both.items()
            for name, cell in {
                "Last": "--", "Change": "--", "Bid": f"{quote['bid']:.2f}", "Ask": f"{quote['ask']:.2f}",
                "Volume": f"{quote['volume']:.0f}", "Openinterest": f"{quote['open_interest']:.0f}", "colour": False,
            }.items()
        }  # fmt: skip
        link = f"/market-activity/etf/iwm/option-chain/call-put-options/iwm---{expiry:%y%m%d}c{strike * 1000:08.0f}"
        day = f"{expiry:%b} {expiry.day}"
        rows.append({"expirygroup": "", "expiryDate": day, "strike": f"{strike:.2f}", **cells, "drillDownURL": link})
    last = "LAST TRADE: $290.00 (AS OF JUN 17, 2026 4:15 PM ET)"
    return {
        "data": {"totalRecord": len(rows), "lastTrade": last, "table": {"asOf": None, "rows": rows}},
        "message": None,
    }


def thinkorswim(quotes):
    side = ("BID", "BX", "ASK", "AX", "Impl Vol", "Delta", "Volume", "Open.Int", "BS", "AS")
    lines = [
        "Stock quote and option quote for IWM on 6/17/26 16:15:00", "", "UNDERLYING",
        "LAST,LX,Net Chng,BID,BX,ASK,AX,Size,Volume,Open,High,Low,",
        '290.00,Q,+1.0,289.99,P,290.01,P,1 x 1,"1,000,000",289,291,288,', "", "UNDERLYING EXTRA INFO",
        "Yield,PE,52High,52Low,", "1.1%,<empty>,300,180,",
    ]  # fmt: skip
    group = None
    for (expiry, strike), both in strikes_of(quotes).items():
        if expiry != group:
            group = expiry
            lines += ["", f"{expiry.day} {expiry:%b %y}".upper() + "  (9)  100 (Weeklys)"]
            lines.append(",".join(["", "", *side, "Exp", "Strike", *side, "", ""]))
        cells = {
            kind: [
                f"{quote['bid']}", "C", f"{quote['ask']}", "C", f"{quote['iv']:.2%}", "--", f"{quote['volume']:.0f}",
                f"{quote['open_interest']:.0f}", f"{quote['bid_size']:.0f}", f"{quote['ask_size']:.0f}",
            ]
            for kind, (_, quote) in both.items()
        }  # fmt: skip
        day = f"{expiry.day} {expiry:%b %y}".upper()
        lines.append(",".join(["", "", *cells["call"], day, f"{strike:g}", *cells["put"], "", ""]))
    return "\n".join(lines) + "\n"


FOOTER = '"Downloaded from Barchart.com as of 06-17-2026 03:15pm CDT"\n'


def barchart(quotes):
    names = (
        *(
            "Symbol",
            "Type",
            "Price~",
            "Latest",
            "Exp Date",
            "DTE",
            "Strike",
            "Moneyness",
            "Bid",
            "Ask",
            "Mid",
            "Volume",
        ),
        *("Open Int", "IV", "Delta", "%Change", "Time"),
    )
    rows = [
        [
            "IWM", option.kind.title(), f"{SPOT:.2f}", "0.00", f"{option.expiry:%m/%d/%y}",
            (option.expiry - QUOTED.date()).days, f"{option.strike:.2f}", "+1.00%", quote["bid"], quote["ask"], 1.0,
            f"{quote['volume']:.0f}", f"{quote['open_interest']:.0f}", f"{quote['iv']:.2%}", 0.5, "unch",
            "06/17/26" if option.strike < SPOT else "N/A",
        ]
        for option, quote in parts(quotes)
    ]  # fmt: skip
    return csv_text(names, rows) + FOOTER


def barchart_page(quotes, expiry):
    """One expiry, which only the file's name tells."""
    names = ("Strike", "Moneyness", "Bid", "Mid", "Ask", "Latest", "Change", "%Change", "Volume", "Open Int", "OI Chg")
    rows = [
        [
            f"{option.strike:,.2f}", "+1.00%", quote["bid"], 1.0, quote["ask"], 0.0, "unch", "unch", "1,234", "12,345",
            "+3", f"{quote['iv']:.2%}", 0.5, option.kind.title(), "06/17/26",
        ]
        for option, quote in parts(quotes)
        if option.expiry == expiry
    ]  # fmt: skip
    return csv_text((*names, "IV", "Delta", "Type", "Time"), rows) + FOOTER


def datashop(quotes):
    names = (
        *("underlying_symbol", "quote_date", "root", "expiration", "strike", "option_type", "open", "trade_volume"),
        *("bid_size_1545", "bid_1545", "ask_size_1545", "ask_1545", "underlying_bid_1545", "underlying_ask_1545"),
        *("implied_volatility_1545", "bid_size_eod", "bid_eod", "ask_size_eod", "ask_eod", "underlying_bid_eod"),
        *("underlying_ask_eod", "vwap", "open_interest", "delivery_code"),
    )
    rows = [
        [
            "IWM", "2026-06-17", "IWM", option.expiry, f"{option.strike:.3f}", option.kind[0].upper(), "0.0000",
            quote["volume"], 1, round(quote["bid"] + 0.01, 2), 1, round(quote["ask"] + 0.01, 2), SPOT, SPOT + 0.02,
            quote["iv"], quote["bid_size"], quote["bid"], quote["ask_size"], quote["ask"], SPOT - 0.01, SPOT + 0.01, 0,
            quote["open_interest"], "",
        ]
        for option, quote in parts(quotes)
    ]  # fmt: skip
    return csv_text(names, rows)


def theta(quotes):
    names = (
        *("root", "expiration", "strike", "right", "ms_of_day", "bid_size", "bid_exchange", "bid", "bid_condition"),
        *("ask_size", "ask_exchange", "ask", "ask_condition", "date"),
    )
    rows = [
        [
            "IWM", f"{option.expiry:%Y%m%d}", f"{option.strike * 1000:.0f}", option.kind[0].upper(), 58_500_000,
            f"{quote['bid_size']:.0f}", 1, quote["bid"], 50, f"{quote['ask_size']:.0f}", 1, quote["ask"], 50, 20260617,
        ]
        for option, quote in parts(quotes)
    ]  # fmt: skip
    return csv_text(names, rows)


def optionmetrics(quotes):
    names = (
        *("secid", "date", "symbol", "exdate", "cp_flag", "strike_price", "best_bid", "best_offer", "volume"),
        *("open_interest", "impl_volatility", "optionid", "am_settlement", "contract_size", "ss_flag"),
    )
    rows = [
        [
            106445, "2026-06-17", f"IWM {option.expiry:%y%m%d}{option.kind[0].upper()}{option.strike * 1000:.0f}",
            option.expiry, option.kind[0].upper(), f"{option.strike * 1000:.0f}", quote["bid"], quote["ask"],
            quote["volume"], quote["open_interest"], quote["iv"], 1, 0, 100, 0,
        ]
        for option, quote in parts(quotes)
    ]  # fmt: skip
    return csv_text(names, rows)


def tws(quotes):
    rows = [
        [
            f"IWM {option.expiry:%b%d'%y} {option.strike:g} {option.kind.upper()}", quote["bid_size"], quote["bid"],
            quote["ask"], quote["ask_size"], "", quote["volume"],
        ]
        for option, quote in parts(quotes)
    ]  # fmt: skip
    return csv_text(("Financial Instrument", "Bid Size", "Bid", "Ask", "Ask Size", "Last", "Volume"), rows)


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
        "Yahoo chain (JSON)": yahoo_json(quotes),
        "Tradier chain (JSON, CSV, parquet)": tradier(quotes),
        "Alpha Vantage options (JSON)": alpha_vantage(quotes),
        "Alpaca snapshots (JSON)": alpaca(quotes),
        "MarketData chain (JSON, CSV, parquet)": marketdata(quotes),
        "ORATS strikes (CSV, JSON)": orats(quotes),
        "Nasdaq option page (JSON)": nasdaq(quotes),
        "TD Ameritrade or Schwab chain (JSON)": schwab(quotes),
        "Polygon snapshot (JSON)": polygon(quotes),
        "monthly put ladder (JSON)": put_ladder(quotes),
        "Cboe fields by day (parquet)": parquet_bytes(cboe_rows(quotes)),
        "thinkorswim export (CSV)": thinkorswim(quotes),
        "Barchart download (CSV)": barchart(quotes),
        "Cboe DataShop (CSV, parquet)": datashop(quotes),
        "OptionMetrics prices (CSV, parquet)": optionmetrics(quotes),
        "ThetaData quotes (CSV, parquet)": theta(quotes),
        "TWS table (CSV)": tws(quotes),
        "Cboe quote table (CSV)": quotedata(quotes),
        "yfinance frame (CSV, parquet)": yfinance(quotes),
        "Yahoo web table (CSV)": yahoo_table(quotes),
        "OptionsDX end of day (CSV)": optionsdx(quotes),
        "calls and puts side by side (CSV, parquet)": side_by_side(quotes),
        "Lean universe (CSV)": lean(quotes),
        "vendor end of day (CSV)": vendor(quotes),
        "hedgekit's own table (CSV, parquet)": own(quotes),
        "vols without quotes (CSV)": vols(quotes),
    }


def as_bytes(layout):
    if isinstance(layout, bytes):
        return layout
    return (layout if isinstance(layout, str) else json.dumps(layout)).encode()
