"""Every command's JSON has the fields that scripts rely on, and never a NaN."""

import json
import sys

import pytest

from hedgekit.cli import main

BY = "2027-01-15"
COMMON = ("schema", "inputs", "warnings")

HEDGE = {
    "position": ("shares", "value_usd"),
    "candidates[]": (
        "name", "legs", "cost_usd", "cost_pct", "cost_annualised_pct", "floor_usd", "floor_pct", "worst_usd", "cap_pct",
        "breakeven_spot", "margin_usd", "greeks", "risk", "why", "meets_goal",
    ),
    "recommended": (),
    "optimum": ("legs", "cost_usd", "floor_usd", "cap_pct", "status", "seconds", "runners_up", "cost_by_legs", "next_point_usd"),
}  # fmt: skip
STRUCTURE = {
    "legs[]": (), "net_premium_usd": (), "max_loss_usd": (), "max_gain_usd": (), "breakevens": (),
    "probability": ("lognormal", "implied", "historical"), "expected_value_usd": (), "greeks": (),
    "margin": ("initial_usd", "maintenance_usd", "derivation"), "assignment": (), "defined_risk": (),
}  # fmt: skip
ESTIMATOR = (
    "name", "unit", "ratio", "share_ratio", "dollar_ratio", "se", "ci95", "effectiveness", "effectiveness_ci95",
)  # fmt: skip

CASES = {
    "price": (["price", "IWM270115P00230000", "--chain", "{chain}"], {"price": (), "greeks": ("delta", "gamma", "vega", "theta", "rho"), "vol": (), "status": ()}),
    "iv": (["iv", "IWM270115P00230000", "--chain", "{chain}", "--premium", "4.86"], {"price": (), "greeks": (), "vol": (), "status": ()}),
    "chain": (["chain", "{chain}", "--expiry", BY, "--near", "3"], {
        "spot": (), "asof": (), "expiries[]": ("expiry", "t_years", "forward"), "defects": (),
        "quotes[]": ("symbol", "kind", "strike", "expiry", "bid", "ask", "iv_bid", "iv_mid", "iv_ask", "delta", "flags"),
    }),
    "surface": (["surface", "{chain}", "--expiry", BY], {"slices[]": ("expiry",), "arbitrage": (), "quantiles": ()}),
    "hedge": (["hedge", "--shares", "1700", "--chain", "{chain}", "--by", BY, "--floor", "0.9"], HEDGE),
    "frontier": (["hedge", "frontier", "--shares", "1700", "--chain", "{chain}", "--by", BY], {"points[]": ("floor_pct", "cost_usd", "cap_pct", "legs")}),
    "stop": (["hedge", "stop", "--shares", "1700", "--chain", "{chain}", "--by", BY, "--prices", "{data}/IWM.csv", "--draws", "2000"], {"stop": ("level", "lognormal", "historical"), "put": ("legs", "cost_usd")}),
    "structure": (["structure", "iron-condor", "--chain", "{chain}", "--by", BY], STRUCTURE),
    "analyze": (["structure", "analyze", "--leg", "-1 XYZ261218C00210000 @4", "--spot", "200", "--rate", "0.0375", "--vol", "0.22", "--dividends", "0", "--asof", "2026-10-14"], STRUCTURE),
    "find": (["structure", "find", "--chain", "{chain}", "--by", BY, "--target", "250:265", "--max-loss", "500"], {"found[]": ()}),
    "pair ratio": (["pair", "ratio", "{data}/IWM.csv", "{data}/SPY.csv", "--long", "IWM", "--short", "SPY"], {"estimators[]": ESTIMATOR, "recommended": ()}),
    "pair test": (["pair", "test", "{data}/IWM.csv", "{data}/SPY.csv"], {"tests[]": ("name", "statistic", "pvalue", "critical"), "half_life": ()}),
    "pair size": (["pair", "size", "{data}/IWM.csv", "{data}/SPY.csv", "--gross", "100000"], {
        "long": ("ticker", "shares"), "short": ("ticker", "shares"), "gross_usd": (), "leftover": ("beta_usd", "dollars_usd"),
        "margin": (), "carry": (), "naive": (),
    }),
    "pair status": (["pair", "status", "{data}/pair.csv"], {}),
    "pair backtest": (["pair", "backtest", "{data}/pair.csv"], {}),
    "pair scan": (["pair", "scan", "{data}/members.csv"], {}),
    "check": (["check", "--policy", "{data}/desk.toml", "--book", "{data}/book.csv", "--chain", "{chain}", "--asof", "2026-10-14"], {"verdict": (), "rules[]": ("id", "verdict", "value", "limit", "message")}),
    "scenario": (["scenario", "--book", "{data}/book.csv", "--chain", "{chain}", "--betas", "{data}/betas.csv", "--asof", "2026-10-14"], {"grid": (), "replays": ()}),
    "allocate": (["allocate", "--age", "45", "--risk-tolerance", "high", "--horizon", "20", "--stop", "0.15", "--portfolio", "500000", "--spot", "248.12"], {"band": ("low", "high"), "shares": (), "why": ()}),
    "leadership": (["leadership", "{data}/IWM.csv", "{data}/SPY.csv"], {"indicators[]": ("name", "value", "asof", "denominator", "verdict")}),
    "rotate": (["rotate", "{data}/members.csv", "--benchmark", "MADE01"], {"ranking[]": ()}),
    "doctor": (["doctor"], {"checks": ()}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_json_has_what_scripts_rely_on(name, root, monkeypatch, capsys, tmp_path):
    words, fields = CASES[name]
    data = root / "examples" / "data"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    filled = [word.format(chain=data / "iwm.json", data=data) for word in words]
    monkeypatch.setattr(sys, "argv", ["hedgekit", *filled, "--format", "json", "--quiet"])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code in (0, 1)
    out = capsys.readouterr().out
    assert "NaN" not in out and "Infinity" not in out
    answer = json.loads(out)
    for field in COMMON:
        assert field in answer, field
    assert answer["schema"].startswith("hedgekit.") and answer["schema"].endswith("/1")
    assert all({"slug", "message"} <= set(note) for note in answer["warnings"])
    for field, inner in fields.items():
        found = answer[field.removesuffix("[]")]
        if field.endswith("[]"):
            assert isinstance(found, list) and found, field
            found = found[0]
        for key in inner:
            assert key in found, f"{field} lacks {key}"


def test_screen_has_what_scripts_rely_on(monkeypatch, capsys, tmp_path):
    (tmp_path / "facts.csv").write_text("ticker,debt_to_equity\nAAA,0.5\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["hedgekit", "screen", "facts.csv", "--format", "json", "--quiet"])
    with pytest.raises(SystemExit):
        main()
    answer = json.loads(capsys.readouterr().out)
    assert {"passed", "failed_counts", *COMMON} <= set(answer)
