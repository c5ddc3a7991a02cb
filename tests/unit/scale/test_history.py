"""Made histories: the example's chain with shifted dates, enriched whole, in parts, on two processes, and broken."""

import json
import time
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import hedgekit as hk
from hedgekit.cli import group
from hedgekit.errors import DataError, InputError
from hedgekit.market.surface import fit
from hedgekit.market.survey import survey
from hedgekit.report import render
from hedgekit.scale.engines import LocalProcesses
from hedgekit.scale.history import GREEKS, METADATA, SCHEMA, enrich

DAYS = ("2026-10-30", "2026-12-18")


@pytest.fixture(scope="module")
def chain(example):
    whole = hk.load_chain(example)
    near = np.abs(whole.strike / whole.spot - 1.0) < 0.12
    return whole.select(np.isin(whole.expiry, np.array(DAYS, "M8[D]")) & near)


def rows_of(chain, shift, ticker="IWM"):
    """The chain `shift` days later, every date moved alike."""
    by = timedelta(days=shift)
    rows = []
    for i in range(len(chain)):
        expiry = chain.expiry[i].item() + by
        kind = "call" if chain.kind[i] == 1 else "put"
        row = {"asof": (chain.asof.replace(tzinfo=None) + by).isoformat(), "ticker": ticker, "spot": chain.spot}
        rows.append({**row, "expiry": str(expiry), "strike": float(chain.strike[i]), "kind": kind,
                     "bid": float(chain.bid[i]), "ask": float(chain.ask[i])})  # fmt: skip
    return rows


@pytest.fixture
def history(chain, tmp_path):
    """Two days in two files, and one file of two days and two underlyings."""
    folder = tmp_path / "chains"
    folder.mkdir()
    for shift in (0, 7):
        pq.write_table(pa.Table.from_pylist(rows_of(chain, shift)), folder / f"day{shift}.parquet")
    many = [row for shift in (14, 21) for ticker in ("IWM", "SPY") for row in rows_of(chain, shift, ticker)]
    pq.write_table(pa.Table.from_pylist(many), folder / "many.parquet")
    return folder


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_history_becomes_one_file_a_day_and_underlying(history, tmp_path):
    out = tmp_path / "out"
    result = enrich([history], out=out, engine=LocalProcesses(1))
    days = [date(2026, 10, 14) + timedelta(days=shift) for shift in (0, 7, 14, 14, 21, 21)]
    names = ["IWM", "IWM", "IWM", "SPY", "IWM", "SPY"]
    expected = [f"date={day}/underlying={name}/quotes.parquet" for day, name in zip(days, names, strict=True)]
    assert sorted(tree(out)) == sorted([*expected, "manifest.jsonl"]) and result.exit_code == 0
    again = enrich([history], out=out, engine=LocalProcesses(1))
    assert (again.run.done, again.run.kept) == (0, 6)
    two = tmp_path / "two"
    enrich([history], out=two, engine=LocalProcesses(2))
    assert tree(two) == tree(out)
    assert max(map(len, render(result, "table").splitlines())) <= 80


def test_a_file_holds_what_the_chain_and_its_surface_say(chain, history, tmp_path):
    out = tmp_path / "out"
    enrich([history / "day0.parquet"], out=out, engine=LocalProcesses(1))
    path = out / "date=2026-10-14/underlying=IWM/quotes.parquet"
    table = pq.read_table(path, partitioning=None)
    alone = hk.load_chain(history / "day0.parquet")
    told, surface = survey(alone), fit(alone)
    for name, column in (("iv_bid", told.band.bid), ("iv_mid", told.band.mid), ("iv_ask", told.band.ask)):
        np.testing.assert_array_equal(table[name].to_numpy(), column)
    for name in GREEKS:
        np.testing.assert_array_equal(table[name].to_numpy(), getattr(told.band.greeks, name))
    forwards = {row["expiry"]: row["forward"] for row in told.expiries}
    assert [forwards[day] for day in table["expiry"].to_pylist()] == table["forward"].to_pylist()
    row = 10
    vol = surface.vol(alone.strike[row], alone.expiry[row].item())
    assert table["smile_vol"][row].as_py() == pytest.approx(float(vol), rel=1e-12)
    meta = json.loads(table.schema.metadata[METADATA])
    assert meta["schema"] == SCHEMA and [smile["expiry"] for smile in meta["smiles"]] == list(DAYS)
    mixture = meta["smiles"][0]["mixture"]
    assert sum(mixture["weight"]) == pytest.approx(1.0, abs=1e-12)
    back = hk.load_chain(path)  # and hedgekit reads it back
    np.testing.assert_array_equal(back.bid, alone.bid)
    assert back.asof == alone.asof and back.spot == alone.spot


def test_the_columns_are_those_of_the_page(root, history, tmp_path):
    enrich([history / "day0.parquet"], out=tmp_path / "out", engine=LocalProcesses(1))
    schema = pq.read_schema(tmp_path / "out/date=2026-10-14/underlying=IWM/quotes.parquet")
    page = (root / "docs" / "history.md").read_text(encoding="utf-8")
    missing = [name for name in schema.names if f"`{name}`" not in page]
    assert not missing and SCHEMA in page


def test_what_cannot_be_read_is_reported_and_the_rest_goes_on(history, tmp_path):
    (history / "junk.parquet").write_bytes(b"PAR1 and then nothing")
    (history / "notes.txt").write_text("nothing here\n")
    out = tmp_path / "out"
    result = enrich([history / name for name in ("day0.parquet", "junk.parquet", "notes.txt")], out=out, engine=LocalProcesses(1))  # fmt: skip
    assert result.exit_code == 3 and result.run.done == 1
    assert [failure.key.rsplit("/", 1)[1] for failure in result.failures] == ["junk.parquet", "notes.txt"]
    assert "broken parquet" in result.failures[0].reason and "NOT DONE" in render(result, "table")
    with pytest.raises(DataError, match=r"junk\.parquet"):
        enrich([history / "junk.parquet"], out=out, engine=LocalProcesses(1), strict=True)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no file in this folder"):
        enrich([tmp_path / "empty"], out=out, engine=LocalProcesses(1))


def test_two_files_of_one_day_are_refused(history, tmp_path):
    (history / "day0b.parquet").write_bytes((history / "day0.parquet").read_bytes())
    result = enrich(
        [history / "day0.parquet", history / "day0b.parquet"], out=tmp_path / "out", engine=LocalProcesses(1)
    )
    assert [failure.key.rsplit("/", 1)[1] for failure in result.failures] == ["day0b.parquet"]


def test_another_rate_makes_every_output_anew(history, tmp_path):
    for done, rate in ((1, "0.03"), (0, "0.03"), (1, "0.04")):
        result = enrich([history / "day0.parquet"], out=tmp_path / "out", engine=LocalProcesses(1), rate=rate)
        assert result.run.done == done


def test_the_command(history, tmp_path):
    out = str(tmp_path / "out")
    args = ["history", "enrich", str(history / "day0.parquet"), "--out", out, "--workers", "1"]
    done = CliRunner().invoke(group, [*args, "--format", "json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["done"] == 1 and "1 of 1 partitions" in done.stderr
    bad = CliRunner().invoke(group, [*args[:2], str(tmp_path / "none.json"), "--out", out, "--workers", "1"])
    assert bad.exit_code == 3 and "no such file" in " ".join(bad.stdout.split())


def test_progress_says_time_left_in_a_log(capsys, monkeypatch):
    from hedgekit.cli import scale_options

    monkeypatch.setattr(scale_options, "LOG_SECONDS", 0.0)
    watch = scale_options.progress("partitions", quiet=False)
    watch(4, 10, 0)
    time.sleep(0.01)
    watch(7, 10, 1)
    watch(10, 10, 1)
    lines = capsys.readouterr().err.splitlines()
    assert lines[1].startswith("7 of 10 partitions, 1 failed") and lines[1].endswith(" left")
    assert "left" not in lines[2]
