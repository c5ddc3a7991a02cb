"""What holds of every margin requirement: putting books together never costs, a bought option never hurts, size scales."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from hedgekit.margin import reg_t
from hedgekit.model import Leg, Option

SPOT = 100.0
options = st.builds(
    lambda day, kind, strike: Option(root="XYZ", expiry=day, kind=kind, strike=float(strike)),
    st.sampled_from([date(2026, 7, 17), date(2026, 8, 21), date(2026, 9, 18)]),
    st.sampled_from(["call", "put"]),
    st.integers(16, 24).map(lambda n: 5 * n),
)
legs = st.builds(
    lambda option, contracts, cents: Leg(contracts=contracts, option=option, premium=cents / 100),
    options,
    st.integers(-4, 4).filter(bool),
    st.integers(1, 2000),
)
# one price an option: a book's value must not depend on how it is split
books = st.lists(legs, min_size=1, max_size=6, unique_by=lambda leg: leg.option)
shares = st.sampled_from([0, 100, 250, -200])


def asked(book, held):
    found = reg_t(book, spot=SPOT, shares={"XYZ": held})
    return found.initial_usd, found.maintenance_usd


@settings(max_examples=60)
@given(book=books, held=shares, cut=st.integers(0, 6))
def test_a_book_is_asked_for_no_more_than_its_parts(book, held, cut):
    whole = asked(book, held)
    first, second = asked(book[:cut], held), asked(book[cut:], 0)
    for stage in (0, 1):
        # sums of cents in fractions, rounded to doubles at the end
        assert whole[stage] <= first[stage] + second[stage] + 1e-6


@settings(max_examples=60)
@given(book=books, held=shares, option=options)
def test_a_bought_option_never_raises_maintenance(book, held, option):
    if any(leg.option == option for leg in book):
        return
    more = [*book, Leg(contracts=2, option=option, premium=1.0)]
    assert asked(more, held)[1] <= asked(book, held)[1] + 1e-6


@settings(max_examples=40)
@given(book=books, held=shares)
def test_twice_the_book_is_asked_for_at_most_twice_as_much(book, held):
    double = [Leg(contracts=2 * leg.contracts, option=leg.option, premium=leg.premium) for leg in book]
    once, twice = asked(book, held), asked(double, 2 * held)
    assert all(two <= 2.0 * one + 1e-6 for one, two in zip(once, twice, strict=True))


@settings(max_examples=40)
@given(book=books, held=shares)
def test_lines_add_up_to_the_totals(book, held):
    found = reg_t(book, spot=SPOT, shares={"XYZ": held})
    for stage, total in (("initial", found.initial_usd), ("maintenance", found.maintenance_usd)):
        assert abs(sum(line.usd for line in found.lines if line.stage == stage) - total) < 1e-6
    assert found.warnings == ()
