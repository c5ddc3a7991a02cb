"""What is said of a half-life: never more than the test can tell."""

import math

import pytest

from hedgekit.pairs.half_life import HalfLife
from hedgekit.report.console import half_life as short_words
from hedgekit.report.pair_test_table import speed


def told(middle, low, high):
    return HalfLife(
        reverting=high < math.inf,
        coefficient=-0.03,
        days=22.8,
        days_linear=23.1,
        unbiased_days=middle,
        low=low,
        high=high,
    )


class Answer:
    """The two fields of a tested pair that the words rest on."""

    def __init__(self, life, *, cointegrated):
        self.half_life, self.cointegrated = life, cointegrated


@pytest.mark.parametrize(
    ("life", "cointegrated", "words", "not_words"),
    [
        (told(31.0, 14.0, 90.0), True, "about 31 trading days, 95% interval 14 to 90", "at least"),
        (told(31.0, 4.0, 90.0), True, "about 31.0 trading days, 95% interval 4.0 to 90.0", "at least"),
        (told(34.0, 17.0, math.inf), True, "at least 17 (95%); there may be no end to it", "never revert look"),
        (
            told(73.0, 37.0, math.inf),
            False,
            "at least 37 (95%); spreads that never revert look like this too",
            "end to",
        ),
        (told(math.nan, 37.0, math.inf), False, "No half-life can be told: at least 37 trading days", "about"),
        (told(math.nan, math.inf, math.inf), False, "there is no half-life", "at least"),
    ],
)
def test_the_sentence_says_what_is_known(life, cointegrated, words, not_words):
    said = speed(Answer(life, cointegrated=cointegrated))
    assert words in said and not_words not in said


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((31.2, 14.0, 90.0), "31 (14-90)"),
        ((5.21, 3.04, 9.96), "5.2 (3.0-10.0)"),
        ((31.2, 14.0, math.inf), "31 (14-)"),
        ((math.nan, 14.0, math.inf), ">= 14"),
        ((None, None, None), "none"),
    ],
)
def test_the_column_says_it_in_few_words(given, words):
    assert short_words(*given) == words
