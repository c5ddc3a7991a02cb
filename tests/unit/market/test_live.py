"""Live sources against a server of our own that also fails, stalls, drips, breaks off and answers with web pages."""

import contextlib
import gzip
import http.server
import json
import os
import sys
import threading
import time
import types

import pytest

from hedgekit.errors import DataError, MissingExtra
from hedgekit.market.sources import download, load
from hedgekit.model import NEW_YORK


@pytest.fixture
def server(make_document, monkeypatch, tmp_path):
    """A server whose next answers are queued in `plan`; the last one repeats."""
    body = json.dumps(make_document()).encode()
    plan, asked = [], []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            what = plan.pop(0) if len(plan) > 1 else plan[0]
            if isinstance(what, int):
                self.send_error(what)
                return
            if what == "stall":
                time.sleep(1.0)
                return
            if isinstance(what, tuple):  # a code, and when to come back
                self.send_response(what[0])
                self.send_header("Retry-After", what[1])
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            answers = {
                "page": b"<!DOCTYPE html><html>maintenance</html>", "empty": b"", "sorry": b'{"error": "try later"}',
                "cut": body[: len(body) // 2], "packed": gzip.compress(body),
                "packed cut": gzip.compress(body)[:2000], "packed page": gzip.compress(b"<html>busy</html>"),
                "mark and page": b"\xef\xbb\xbf<html>", "none": b'{"data": {"options": []}}',
            }  # fmt: skip
            data = answers.get(what, body)
            self.send_response(200)
            if what != "cut":  # a server that does not say how long its answer is
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if what == "broken":
                self.wfile.write(data[: len(data) // 2])
                return
            if what == "drip":
                for place in range(0, len(data), 100):
                    self.wfile.write(data[place : place + 200])
                    self.wfile.flush()
                    time.sleep(0.02)
                return
            self.wfile.write(data)

        def log_message(self, *args):
            pass

        def handle(self):
            # the client has given up, as it should
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                super().handle()

    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    monkeypatch.setenv("HEDGEKIT_CBOE_URL", f"http://127.0.0.1:{listening.server_port}/options/")
    monkeypatch.setenv("HEDGEKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(download, "PAUSES", (0.0, 0.0, 0.0))
    monkeypatch.setattr(download, "TIMEOUT", 0.5)
    monkeypatch.setattr(download, "DEADLINE", 0.6)
    yield types.SimpleNamespace(plan=plan, asked=asked, cache=tmp_path / "cache" / "cboe_IWM.json")
    listening.shutdown()
    listening.server_close()
    thread.join()


def slugs(chain):
    return [slug for slug, _ in chain.warnings]


def test_cboe_quotes_are_fetched_and_said_to_be_delayed(server, make_document, write):
    server.plan.append("fine")
    chain = load("cboe:IWM")
    assert server.asked == ["/options/IWM.json"]
    assert slugs(chain) == ["delayed"]
    assert chain.source == "cboe:IWM"
    assert list(chain.symbol) == list(load(write(make_document())).symbol)


def test_quotes_of_another_ticker_are_refused(server):
    server.plan.append("fine")
    with pytest.raises(DataError, match="cboe:SPY: the server answers with quotes of IWM instead"):
        load("cboe:SPY")


def test_a_copy_that_something_broke_is_fetched_again(server):
    server.plan.append("fine")
    load("cboe:IWM")
    for broken in (b"{broken", server.cache.read_bytes()[:500], b""):
        server.cache.write_bytes(broken)
        assert slugs(load("cboe:IWM")) == ["delayed"]
    assert len(server.asked) == 4


def test_a_proxy_set_later_is_used(server, monkeypatch):
    server.plan.append("fine")
    address = os.environ["HEDGEKIT_CBOE_URL"].rpartition("/options")[0]
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", address)
    monkeypatch.setenv("HEDGEKIT_CBOE_URL", "http://quotes.example/options")
    load("cboe:IWM")
    assert server.asked == ["http://quotes.example/options/IWM.json"]


@pytest.mark.parametrize("address", ["http://[::1/options", "http://127.0.0.1:port/options", "file:///etc"])
def test_an_address_that_is_none_is_refused(server, monkeypatch, address):
    monkeypatch.setenv("HEDGEKIT_CBOE_URL", address)
    with pytest.raises(DataError, match="cboe:IWM: "):
        load("cboe:IWM")


@pytest.mark.parametrize("wait", ["nan", "inf", "-5", "soon"])
def test_a_time_to_come_back_that_is_none_is_passed_over(server, wait):
    server.plan += [(429, wait), "fine"]
    assert slugs(load("cboe:IWM")) == ["delayed"]


def test_an_index_has_an_underscore(server):
    server.plan.append(404)
    with pytest.raises(DataError, match="is the ticker right"):
        load("cboe:spx")
    assert server.asked == ["/options/_SPX.json"]


@pytest.mark.parametrize(
    "trouble",
    [
        503, 429, "stall", "page", "broken", "drip", "empty", "sorry", "cut",
        "packed cut", "packed page", "mark and page", "none",
    ],
)  # fmt: skip
def test_a_failure_is_tried_again(server, trouble):
    server.plan += [trouble, "fine"]
    assert slugs(load("cboe:IWM")) == ["delayed"]
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (503, "the server answers 503"),
        ("stall", r"no answer within 0\.5 seconds|closed connection"),
        ("page", "the server answers with a web page instead of quotes"),
        ("broken", "the answer breaks off"),
        ("drip", "no answer within"),
        ("empty", "the answer is empty"),
        ("sorry", "the server answers without quotes of options"),
        ("cut", "the answer breaks off"),
    ],
)
def test_a_lasting_failure_ends_in_a_sentence(server, trouble, said):
    server.plan.append(trouble)
    with pytest.raises(DataError, match=f"^cboe:IWM: could not be fetched from http.*: ({said})") as caught:
        load("cboe:IWM")
    assert len(server.asked) == 4
    assert "give a downloaded file" in str(caught.value)
    assert not server.cache.exists()  # what is no chain is not kept for the next time


@pytest.mark.parametrize("code", [403, 404])
def test_an_unknown_ticker_is_not_tried_again(server, code):
    server.plan.append(code)
    with pytest.raises(DataError, match=f"answers {code} .*is the ticker right"):
        load("cboe:NOSUCH")
    assert len(server.asked) == 1


def test_a_request_refused_for_good_is_not_tried_again(server):
    server.plan.append(401)
    with pytest.raises(DataError, match="401"):
        load("cboe:IWM")
    assert len(server.asked) == 1


@pytest.mark.parametrize("when", ["0.1", "Thu, 01 Jan 1970 00:00:00 GMT", "soon"])
def test_a_busy_server_is_asked_again(server, when):
    server.plan += [(429, when), "fine"]
    assert slugs(load("cboe:IWM")) == ["delayed"]
    assert len(server.asked) == 2


def test_a_server_that_asks_for_an_hour_is_not_waited_for(server):
    server.plan.append((429, "7200"))
    with pytest.raises(DataError, match=r"answers 429 .* and asks to come back in 2\.0 hours"):
        load("cboe:IWM")
    assert len(server.asked) == 1


def test_a_packed_answer_is_read(server):
    server.plan.append("packed")
    assert slugs(load("cboe:IWM")) == ["delayed"]


def test_no_server_at_all_ends_in_a_sentence(server, monkeypatch):
    monkeypatch.setenv("HEDGEKIT_CBOE_URL", "http://127.0.0.1:9/options")
    with pytest.raises(DataError, match="Connection refused"):
        load("cboe:IWM")
    monkeypatch.setenv("HEDGEKIT_CBOE_URL", "file:///etc")
    with pytest.raises(DataError, match="not an http or https address"):
        load("cboe:IWM")


def test_a_fresh_copy_is_taken_without_asking_and_its_age_said(server):
    server.plan.append("fine")
    load("cboe:IWM")
    earlier = time.time() - 30
    os.utime(server.cache, (earlier, earlier))
    chain = load("cboe:IWM")
    assert len(server.asked) == 1
    assert dict(chain.warnings)["cached"].startswith("from a copy fetched 3")


def test_an_old_copy_is_renewed_or_used_with_its_age_when_the_network_fails(server):
    server.plan.append("fine")
    load("cboe:IWM")
    earlier = time.time() - 3 * 3600
    os.utime(server.cache, (earlier, earlier))
    server.plan[:] = [503]
    message = dict(load("cboe:IWM").warnings)["cached_old"]
    assert "503" in message
    assert "the copy fetched 3.0 hours ago is used" in message
    server.plan[:] = ["fine"]
    assert slugs(load("cboe:IWM")) == ["delayed"]


def test_a_cache_that_cannot_be_written_is_done_without(server, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("HEDGEKIT_CACHE", str(tmp_path / "file"))
    server.plan.append("fine")
    assert slugs(load("cboe:IWM")) == ["delayed"]


def test_yahoo_needs_its_extra(server, monkeypatch):
    monkeypatch.setitem(sys.modules, "yfinance", None)
    with pytest.raises(MissingExtra, match=r"pip install 'hedgekit\[yahoo\]'"):
        load("yahoo:IWM")


def made_yfinance(quotes, *, fails=False):
    import pandas as pd

    from hedgekit.model import Option

    rows = {}
    for quote in quotes:
        option = Option.parse(quote["option"])
        traded = pd.Timestamp(quote["last_trade_time"], tz="America/New_York").tz_convert("UTC")
        row = {
            "contractSymbol": option.compact, "lastTradeDate": traded, "strike": option.strike, "lastPrice": 0.0,
            "bid": quote["bid"], "ask": quote["ask"], "volume": float("nan"), "openInterest": 100,
            "impliedVolatility": 0.22, "inTheMoney": True, "contractSize": "REGULAR", "currency": "USD",
        }  # fmt: skip
        rows.setdefault(f"{option.expiry}", {"call": [], "put": []})[option.kind].append(row)

    class Ticker:
        def __init__(self, ticker):
            self.options = tuple(rows) if ticker == "IWM" else ()

        def option_chain(self, day):
            if fails:
                raise KeyError("curl: (28) timed out")
            frames = {kind: pd.DataFrame(rows[day][kind]) for kind in ("call", "put")}
            return types.SimpleNamespace(
                calls=frames["call"], puts=frames["put"], underlying={"regularMarketPrice": 290.0}
            )

    return types.SimpleNamespace(Ticker=Ticker)


def test_yahoo_quotes_come_through_yfinance(server, monkeypatch, make_quotes):
    from datetime import datetime, timedelta

    monkeypatch.setitem(sys.modules, "yfinance", made_yfinance(make_quotes()))
    chain = load("yahoo:IWM", asof="2026-06-17")
    assert sorted(chain.symbol) == sorted(quote["option"] for quote in make_quotes())
    assert chain.ticker == "IWM"
    assert chain.file_spot == 290.0
    assert chain.asof == datetime(2026, 6, 17, 16, 15, tzinfo=NEW_YORK)
    assert datetime.now(NEW_YORK) - chain.asof > timedelta(0)
    monkeypatch.setitem(sys.modules, "yfinance", made_yfinance(make_quotes(), fails=True))
    assert "cached" in slugs(load("yahoo:IWM", asof="2026-06-17"))
    monkeypatch.setitem(sys.modules, "yfinance", made_yfinance(make_quotes()))
    server.cache.with_name("yahoo_IWM.json").write_bytes(b'[{"contractSymbol": "IWM2')
    assert "cached" not in slugs(load("yahoo:IWM", asof="2026-06-17"))  # a copy cut off is fetched again
    with pytest.raises(DataError, match="Yahoo lists no options"):
        load("yahoo:XYZ")


def test_a_failing_yfinance_ends_in_a_sentence(server, monkeypatch, make_quotes):
    monkeypatch.setitem(sys.modules, "yfinance", made_yfinance(make_quotes(), fails=True))
    with pytest.raises(DataError, match=r"yahoo:IWM: yfinance failed: KeyError: .*timed out"):
        load("yahoo:IWM")
