"""The gate: shapes, kinds, errors, statuses, threads. The mathematics is tested beside its oracles."""

import math
import operator
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

import hedgekit as hk
from hedgekit import pricing
from hedgekit.pricing import engines, workers
from hedgekit.pricing.compiled import american

PLACE = (220.0, 200.0, 0.25, 0.043, 0.012)
CASH = ((0.1, 0.75), (0.2, 0.80))
ENGINES = [("european", ()), ("american", ()), ("american", CASH), ("european", CASH)]
every_engine = pytest.mark.parametrize(("exercise", "dividends"), ENGINES)


@every_engine
def test_scalars_give_floats_and_arrays_give_arrays_of_the_broadcast_shape(exercise, dividends):
    how = {"exercise": exercise, "dividends": dividends}
    alone = hk.price("put", *PLACE, 0.26, **how)
    assert type(alone) is float
    many = hk.price(["put", "call"], 220.0, np.array([[200.0], [210.0], [220.0]]), *PLACE[2:], 0.26, **how)
    assert many.shape == (3, 2) and many.dtype == np.float64
    assert many[0, 0] == alone
    assert type(hk.greeks("put", *PLACE, 0.26, **how).gamma) is float
    assert hk.greeks("put", *PLACE, [0.2, 0.3], **how).charm.shape == (2,)
    assert type(hk.implied_vol(alone, "put", *PLACE, **how)) is float
    assert hk.implied_vol([alone, alone], "put", *PLACE, **how).shape == (2,)


@every_engine
def test_zero_dimensional_arrays_are_scalars(exercise, dividends):
    how = {"exercise": exercise, "dividends": dividends}
    value = hk.price(np.int64(-1), np.float64(220.0), np.array(200.0), *PLACE[2:], 0.26, **how)
    assert type(value) is float and value == hk.price("put", *PLACE, 0.26, **how)


@every_engine
def test_no_elements_give_no_elements(exercise, dividends):
    how = {"exercise": exercise, "dividends": dividends}
    assert hk.price("put", 220.0, np.empty((0, 3)), *PLACE[2:], 0.26, **how).shape == (0, 3)
    assert hk.implied_vol([], "put", *PLACE, full=True, **how).status.shape == (0,)


@pytest.mark.parametrize("dividends", [(), []])
@pytest.mark.parametrize("exercise", ["american", "european"])
def test_the_shortcut_for_one_option_gives_the_bits_of_an_array_of_one(exercise, dividends):
    how = {"exercise": exercise, "dividends": dividends}
    for kind, strike, rate in (("put", 200.0, 0.04), ("call", 200, 0.04), (-1, 240.0, -0.01), (1, 210.0, 0)):
        terms = (kind, 220.0, strike, 0.25, rate, 0.012)
        value = hk.price(*terms, 0.26, **how)
        assert type(value) is float and value == hk.price(*terms, [0.26], **how)[0]
        alone, many = hk.greeks(*terms, 0.26, **how), hk.greeks(*terms, [0.26], **how)
        assert [getattr(alone, name) for name in pricing.GREEK_NAMES] == [
            getattr(many, name)[0] for name in pricing.GREEK_NAMES
        ]
        assert hk.implied_vol(value, *terms, **how) == hk.implied_vol([value], *terms, **how)[0]


def test_one_option_that_the_collocation_cannot_solve_is_solved_as_in_an_array():
    status = np.empty(1, dtype=np.int8)
    rng = np.random.default_rng(20)
    for _ in range(4000):
        terms = (-1, 100.0, rng.uniform(95.0, 105.0), rng.uniform(0.1, 2.0), rng.uniform(-0.03, -0.001))
        rest = (terms[-1] - rng.uniform(0.001, 0.03), rng.uniform(0.002, 0.01))
        value, status = american.price_scalar(*terms, *rest)
        if status:
            break
    else:
        pytest.skip("the collocation solved every option tried")
    assert np.isnan(value) and hk.price(*terms, *rest) == hk.price(*terms, rest[0], [rest[1]])[0] >= 0.0


def test_loading_prices_brings_no_thread_pool():
    code = (
        "import sys, hedgekit as hk; hk.price('put', 1.0, 1.0, 1.0, 0.0, 0.0, 0.2); print('concurrent' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint8, np.float64])
def test_numbers_that_are_no_sign_are_bad_elements(dtype):
    values = hk.price(np.array([1, 0, 3], dtype=dtype), *PLACE, 0.26)
    assert np.isnan(values).tolist() == [False, True, True]
    assert np.isnan(hk.price(np.array([257.0, 1.5, -1.0, np.nan]), *PLACE, 0.26)).tolist() == [True, True, False, True]


@pytest.mark.parametrize("kind", ["call", "c", 1, 1.0, np.int8(1)])
def test_every_name_of_a_call(kind):
    assert hk.price([kind], *PLACE, 0.26)[0] == hk.price("call", *PLACE, 0.26)


@pytest.mark.parametrize("kind", ["Call", "x", 0, 2, "", None])
def test_an_unknown_kind_alone_is_an_error(kind):
    with pytest.raises(hk.InputError, match="kind"):
        hk.price(kind, *PLACE, 0.26)


@every_engine
def test_a_bad_element_is_nan_and_leaves_the_others(exercise, dividends):
    how = {"exercise": exercise, "dividends": dividends}
    strikes = np.array([200.0, -1.0, np.nan, np.inf, 0.0, 210.0])
    values = hk.price("put", 220.0, strikes, *PLACE[2:], 0.26, **how)
    assert np.isnan(values[1:5]).all() and np.isfinite(values[[0, 5]]).all()
    assert np.isnan(hk.price(["put", "x"], *PLACE, 0.26, **how)).tolist() == [False, True]
    assert np.isnan(hk.greeks("put", 220.0, strikes, *PLACE[2:], 0.26, **how).rho[1:5]).all()


@every_engine
@pytest.mark.parametrize(
    ("position", "value", "message"),
    [
        (0, 0.0, "spot is 0: it must be more than 0"),
        (0, float("nan"), "spot is nan: give a finite number"),
        (1, -5.0, "strike is -5: it must be more than 0"),
        (2, 0.0, "t_years is 0: it must be more than 0"),
        (3, math.inf, "rate is inf: give a finite number"),
        (4, math.nan, "div_yield is nan: give a finite number"),
        (5, -0.1, "vol is -0.1: it must be 0 or more"),
        (1, "two hundred", "strike is 'two hundred': give a number"),
    ],
)
def test_a_bad_scalar_is_named(exercise, dividends, position, value, message):
    values = [*PLACE, 0.26]
    values[position] = value
    with pytest.raises(hk.InputError, match=message):
        hk.price("put", *values, exercise=exercise, dividends=dividends)


@every_engine
def test_shapes_that_do_not_fit_are_named(exercise, dividends):
    with pytest.raises(hk.InputError, match=r"strike \(3,\).*vol \(2,\)"):
        hk.price("put", 220.0, [1.0, 2.0, 3.0], *PLACE[2:], [0.1, 0.2], exercise=exercise, dividends=dividends)


@pytest.mark.parametrize(
    "times",
    [
        np.array(["2026-06-19", "2026-09-18"], dtype="M8[D]"),
        np.array([91, 182], dtype="m8[D]"),
        np.timedelta64(91, "D"),
        pd.Series([91, 182], dtype="timedelta64[ns]"),
        pd.Series([91, 182], dtype="timedelta64[ns]").astype("duration[ns][pyarrow]"),
        np.array([0.25 + 1j, 0.5]),
    ],
    ids=lambda times: str(times.dtype),
)
def test_dates_and_complex_numbers_are_not_taken_for_years(times):
    with pytest.raises(hk.InputError, match=r"t_years has the type .*: give real numbers, times in years"):
        hk.price("put", 220.0, 200.0, times, 0.043, 0.012, 0.26)


def test_a_masked_element_is_a_bad_one():
    hidden = np.ma.masked_array([200.0, 210.0], [False, True])
    assert np.isnan(hk.price("put", 220.0, hidden, *PLACE[2:], 0.26)).tolist() == [False, True]
    for kinds in (np.array([1, 1], dtype=np.int8), np.array([1, 1]), np.array(["call", "call"])):
        hidden = np.ma.masked_array(kinds, [False, True])
        assert np.isnan(hk.price(hidden, *PLACE, 0.26)).tolist() == [False, True]


@pytest.mark.parametrize("dtype", ["Float64", "Int64", "double[pyarrow]", "int64[pyarrow]"])
def test_a_missing_number_of_pandas_is_a_bad_element(dtype):
    strikes = pd.Series([200, None], dtype=dtype)
    assert np.isnan(hk.price("put", 220.0, strikes, *PLACE[2:], 0.26)).tolist() == [False, True]


def test_an_unknown_exercise_is_an_error():
    with pytest.raises(hk.InputError, match="bermudan"):
        hk.price("put", *PLACE, 0.26, exercise="bermudan")


@pytest.mark.parametrize(
    "dividends", [((0.1, -1.0),), ((0.1, math.nan),), ((math.inf, 1.0),), ((0.1,),), (0.1,), ("ab",)]
)
def test_bad_dividends_are_named(dividends):
    with pytest.raises(hk.InputError, match="dividends holds"):
        hk.price("put", *PLACE, 0.26, dividends=dividends)


@pytest.mark.parametrize("exercise", ["american", "european"])
def test_dividends_that_do_not_count_change_nothing(exercise):
    plain = hk.price("put", *PLACE, 0.26, exercise=exercise)
    for dividends in [((-0.1, 1.0),), ((0.0, 1.0),), ((0.26, 1.0),), ((0.1, 0.0),)]:
        assert hk.price("put", *PLACE, 0.26, exercise=exercise, dividends=dividends) == plain


@every_engine
def test_a_vol_is_found_again(exercise, dividends):
    how = {"exercise": exercise, "dividends": dividends}
    vols = np.array([0.12, 0.26, 0.6, 1.5])
    premium = hk.price("put", *PLACE, vols, **how)
    # Under cash dividends the last steps of the search take a coarser lattice than the price, which differs by some
    # hundred-millionths of the strike.
    within = 6e-6 if dividends else 1e-8
    assert hk.implied_vol(premium, "put", *PLACE, **how) == pytest.approx(vols, rel=within)


@every_engine
def test_premiums_without_a_vol_have_a_status(exercise, dividends):
    answer = hk.implied_vol(
        [5.0, -1.0, 0.0, 1e6, math.nan], "put", *PLACE, exercise=exercise, dividends=dividends, full=True
    )
    names = [hk.Status(code).name for code in answer.status]
    assert names == ["OK", "BELOW_INTRINSIC", "BELOW_INTRINSIC", "ABOVE_MAXIMUM", "INVALID_INPUT"]
    assert answer.status.dtype == np.int8
    assert np.isnan(answer.vol[1:]).all() and np.isnan(answer.upper).all()


def test_an_exercise_value_identifies_no_vol():
    answer = hk.implied_vol(80.0, "put", 220.0, 300.0, 0.25, 0.043, 0.012, full=True)
    assert answer.status is hk.Status.NOT_IDENTIFIED and math.isnan(answer.vol)
    # Just above the bound waiting is worth something again; at it, nothing.
    at, above = (hk.price("put", 220.0, 300.0, 0.25, 0.043, 0.012, answer.upper + more) for more in (-1e-3, 1e-2))
    assert at == pytest.approx(80.0, abs=1e-6) and above > 80.0 + 1e-6
    with pytest.raises(hk.NotIdentifiedError, match="every vol up to"):
        hk.implied_vol(80.0, "put", 220.0, 300.0, 0.25, 0.043, 0.012)


@pytest.mark.parametrize("exercise", ["american", "european"])
def test_impossible_premiums_give_the_bounds(exercise):
    with pytest.raises(hk.ArbitrageError, match="a vol exists only between 0 and"):
        hk.implied_vol(0.0, "put", *PLACE, exercise=exercise)
    with pytest.raises(hk.ArbitrageError, match=r"above the most.*between 0 and (200|197.8)"):
        hk.implied_vol(201.0, "put", *PLACE, exercise=exercise)


@pytest.mark.parametrize("text", ["0", "-1", "two", "1.5"])
def test_a_bad_thread_count_is_named(monkeypatch, text):
    monkeypatch.setenv("HEDGEKIT_THREADS", text)
    with pytest.raises(hk.InputError, match=f"HEDGEKIT_THREADS is '{text}'"):
        pricing.threads()


@every_engine
def test_results_are_the_same_bits_for_any_number_of_threads(monkeypatch, exercise, dividends):
    draw = np.random.default_rng(7)
    n = 40_000 if not dividends and exercise == "european" else 300
    kind, strike, vol = draw.choice([-1, 1], n), draw.uniform(150, 300, n), draw.uniform(0.1, 0.6, n)
    answers = []
    for threads in ("1", "2", "7"):
        monkeypatch.setenv("HEDGEKIT_THREADS", threads)
        numbers = hk.greeks(kind, 220.0, strike, *PLACE[2:], vol, exercise=exercise, dividends=dividends)
        premium = hk.price(kind, 220.0, strike, *PLACE[2:], vol, exercise=exercise, dividends=dividends)
        vols = hk.implied_vol(premium, kind, 220.0, strike, *PLACE[2:], exercise=exercise, dividends=dividends)
        answers.append(np.stack([numbers.price, numbers.delta, numbers.vega, premium, vols]))
    assert answers[0].tobytes() == answers[1].tobytes() == answers[2].tobytes()


@pytest.mark.parametrize("threads", [1, 2, 3, 7, 40])
@pytest.mark.parametrize("size", [0, 1, 99, 100, 1_000, 100_000])
def test_every_option_is_solved_once_in_slices_that_threads_do_not_change(monkeypatch, size, threads):
    seen = []
    monkeypatch.setenv("HEDGEKIT_THREADS", str(threads))
    workers.share(seen.append, size, 50)
    monkeypatch.setenv("HEDGEKIT_THREADS", "1")
    alone = []
    workers.share(alone.append, size, 50)
    key = operator.attrgetter("start")
    assert sorted(seen, key=key) == sorted(alone, key=key)
    assert [i for piece in alone for i in range(piece.start, piece.stop)] == list(range(size))


def test_an_error_in_any_thread_is_the_callers_and_nothing_runs_after_it(monkeypatch):
    monkeypatch.setenv("HEDGEKIT_THREADS", "2")
    for failing in (0, 1584):  # the first slice of the caller, the last of the helper
        running = []

        def run(piece, running=running, failing=failing):
            running.append(piece)
            if piece.start == failing:
                raise MemoryError("no room")

        with pytest.raises(MemoryError, match="no room"):
            workers.share(run, 1600, 1)
        begun = len(running)
        workers.share(lambda piece: None, 1600, 1)
        assert len(running) == begun


def test_a_call_that_gets_no_threads_does_all_itself(monkeypatch):
    class NoMore:
        def submit(self, *_):
            raise RuntimeError("can't start new thread")

    monkeypatch.setenv("HEDGEKIT_THREADS", "4")
    monkeypatch.setattr(workers, "_pool", lambda helpers, process: NoMore())
    seen = []
    workers.share(seen.append, 1600, 1)
    assert sum(piece.stop - piece.start for piece in seen) == 1600


def test_a_chain_with_cash_dividends_has_the_same_bits_for_any_number_of_threads(monkeypatch):
    """Expiries differ, so lanes finish at different steps: pieces cut elsewhere would change the last bits."""
    draw = np.random.default_rng(1)
    strike, t_years = np.tile(np.linspace(180, 260, 25), 8), np.repeat([0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0], 25)
    vol, div_yield, kind = draw.uniform(0.15, 0.35, 200), draw.uniform(-0.01, 0.01, 8).repeat(25), np.tile([1, -1], 100)
    cash, answers = [(0.17, 0.69), (0.42, 0.69), (0.67, 0.69)], []
    for threads in ("1", "2", "3", "5"):
        monkeypatch.setenv("HEDGEKIT_THREADS", threads)
        premium = hk.price(kind, 220.0, strike, t_years, 0.036, div_yield, vol, dividends=cash)
        vols = hk.implied_vol(premium, kind, 220.0, strike, t_years, 0.036, div_yield, dividends=cash)
        answers.append(premium.tobytes() + vols.tobytes())
    assert len(set(answers)) == 1


def test_calls_from_several_threads_agree():
    strikes = np.linspace(150.0, 300.0, 64)

    def one(_):
        return hk.price("put", 220.0, strikes, *PLACE[2:], 0.26).tobytes()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(one, range(16)))) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_has_threads_of_its_own():
    code = (
        "import os, numpy as np, hedgekit as hk\n"
        "def go(): return hk.price('put', 220.0, np.linspace(150, 300, 400), 0.25, 0.04, 0.01, 0.26)\n"
        "go()\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    go(); os._exit(0)\n"
        "raise SystemExit(os.waitpid(pid, 0)[1])\n"
    )
    environment = {**os.environ, "HEDGEKIT_THREADS": "2", "PYTHONWARNINGS": "ignore"}
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False, env=environment).returncode == 0


@every_engine
def test_a_chain_of_strided_columns_is_read_rightly(exercise, dividends):
    table = np.linspace(180.0, 260.0, 40).reshape(8, 5)
    column = table[:, 2]
    expected = [
        hk.price("call", 220.0, float(k), *PLACE[2:], 0.3, exercise=exercise, dividends=dividends) for k in column
    ]
    assert hk.price("call", 220.0, column, *PLACE[2:], 0.3, exercise=exercise, dividends=dividends).tolist() == expected


@every_engine
def test_a_band_is_the_vols_of_its_sides(exercise, dividends):
    how = {"exercise": exercise, "dividends": dividends}
    strikes = np.array([180.0, 200.0, 220.0, 240.0])
    mid = hk.price("put", 220.0, strikes, *PLACE[2:], 0.26, **how)
    sides = [mid * 0.97, mid, np.append(mid[:3] * 1.03, -1.0)]
    band = pricing.implied_vol_band(sides, "put", 220.0, strikes, *PLACE[2:], **how)
    for premium, answer in zip(sides, band, strict=True):
        alone = hk.implied_vol(premium, "put", 220.0, strikes, *PLACE[2:], full=True, **how)
        assert answer.status.tolist() == alone.status.tolist()
        # Under cash dividends bid and ask share the mid's lattice difference: agreement to 1e-4 is what is promised.
        np.testing.assert_allclose(answer.vol, alone.vol, rtol=1e-4 if dividends else 0.0, equal_nan=True)


def test_what_collocation_cannot_solve_is_solved_by_finite_differences():
    # Negative rates with two exercise boundaries at a vol of 0.6%: the collocation gives up, and says so.
    place = (225.47502154599417, 222.23155630433195, 7.779329222700081, -0.010994526379489849, -0.015455382987196654)
    vol = 0.006034060821729355
    out, status = np.empty(1), np.empty(1, dtype=np.int8)
    columns = [np.array([-1], dtype=np.int8), *(np.array([value]) for value in (*place, vol))]
    american.price_into(*columns, out, status)
    assert status[0] == hk.Status.NO_CONVERGENCE
    value = hk.price("put", *place, vol)
    # Leisen-Reimer trees of 1001, 2001 and 4001 steps give 0.009258, 0.009249 and 0.009245; the European is 0.002090.
    assert value == pytest.approx(0.00924, abs=1e-5)
    assert math.isfinite(hk.greeks("put", *place, vol).vega)
    assert hk.implied_vol(value, "put", *place) == pytest.approx(vol, rel=1e-3)


@pytest.mark.parametrize("vol", [1e3, 1e6, 1e10, 1e100, 1e300])
@pytest.mark.parametrize("rates", [(0.05, 0.0), (0.0, 0.05), (0.05, 0.05), (-0.01, -0.02), (-0.02, -0.01)])
def test_a_vol_beyond_all_measure_gives_the_limit(rates, vol):
    rate, div_yield = rates
    for exercise in ("american", "european"):
        call, put = hk.price(["call", "put"], 100.0, 90.0, 1.0, rate, div_yield, vol, exercise=exercise)
        waits = 0.0 if exercise == "american" else math.inf  # an American option that gains by it is exercised
        assert call == pytest.approx(100.0 * math.exp(-min(div_yield, waits)), rel=2e-6)
        assert put == pytest.approx(90.0 * math.exp(-min(rate, waits)), rel=2e-6)
    tiny = hk.price("put", 100.0, 100.0, [1e-10], *rates, vol)[0]
    assert math.isnan(tiny) or 0.0 <= tiny <= 100.1


def test_a_mixed_book_under_cash_dividends_is_cut_without_mixing_what_shares_a_lattice(monkeypatch):
    rng = np.random.default_rng(8)
    n = 400
    kind, strike = rng.choice([1, -1], n), rng.uniform(90.0, 110.0, n)
    t_years, vol = rng.integers(10, 300, n) / 365, rng.uniform(0.1, 0.5, n)
    t_years[7], vol[11] = np.nan, -1.0
    terms = (kind, 100.0, strike, t_years, 0.04, 0.0)
    cut = hk.price(*terms, vol, dividends=CASH)
    greeks = hk.greeks(*terms, vol, dividends=CASH)
    found = hk.implied_vol(cut, *terms, dividends=CASH, full=True)
    band = pricing.implied_vol_band((cut, cut, cut), *terms, dividends=CASH)
    cuts = []
    monkeypatch.setattr(engines, "share", lambda run, size, grain: cuts.append(size) or run(slice(0, size)))
    assert np.flatnonzero(np.isnan(cut)).tolist() == [7, 11]
    np.testing.assert_allclose(cut, hk.price(*terms, vol, dividends=CASH), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(greeks.vega, hk.greeks(*terms, vol, dividends=CASH).vega, rtol=1e-9, atol=1e-9)
    whole = hk.implied_vol(cut, *terms, dividends=CASH, full=True)
    assert found.status.tolist() == whole.status.tolist() and cuts == [n, n, n]
    known = found.status == 0
    np.testing.assert_allclose(found.vol[known], whole.vol[known], rtol=1e-9)
    np.testing.assert_allclose(found.vol[known], vol[known], rtol=2e-2, atol=1e-3)
    for side in band:
        np.testing.assert_allclose(side.vol[known], whole.vol[known], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("spot", [10**400, [100, 10**400]], ids=["one", "many"])
def test_a_whole_number_beyond_floats_is_refused(spot):
    with pytest.raises(hk.InputError, match="spot has a whole number beyond"):
        hk.price("call", spot, 100.0, 1.0, 0.03, 0.0, 0.2)


@pytest.mark.parametrize(
    ("kind", "exercise", "most"), [("call", "american", 6.0), ("put", "american", 18.0), ("put", "european", 18.0)]
)
def test_vols_beyond_any_lattice_are_refused_under_cash_dividends(kind, exercise, most):
    terms = (kind, 100.0, 100.0, 4.0, 0.03, 0.0)
    dividends = ((0.5, 0.5),)
    prices = hk.price(*terms, np.linspace(0.2, 0.4999 * most, 9), exercise=exercise, dividends=dividends)
    assert np.all(np.diff(prices) > 0)
    with pytest.raises(hk.ConvergenceError):
        hk.price(*terms, 0.51 * most, exercise=exercise, dividends=dividends)
    assert np.isnan(hk.greeks(*terms, np.array([0.51 * most]), exercise=exercise, dividends=dividends).delta[0])
