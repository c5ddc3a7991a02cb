"""The public calls, gate included: columns of words, and one option at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from bench_european import Book, optional
from harness import Row, interleaved

import hedgekit as hk
from hedgekit.units import DAYS_PER_YEAR

SIZE = 1_000_000
CALLS = 2_000


def repeated(call: Callable[[], object]) -> Callable[[], None]:
    """Call often enough to be timed."""

    def run() -> None:
        for _ in range(CALLS):
            call()

    return run


def rows() -> list[Row]:
    """Time the public calls against their rivals; absent ones are named and left out."""
    book = Book(SIZE)
    sign, *numbers = book.terms
    words = np.where(sign > 0, "call", "put")
    table: list[Row] = []
    columns = {
        "array": words,
        "objects": words.astype(object),
        "list": words.tolist(),
        "pandas Arrow": pd.array(words, dtype="string[pyarrow]"),
        "categories": pd.Categorical(words),
    }
    for name, kind in columns.items():

        def priced(kind: object = kind) -> object:
            return hk.price(kind, *numbers, book.vol, exercise="european")

        ours, theirs = interleaved(priced, book.numpy_price, ours_size=SIZE, rival_size=SIZE)
        work, error = f"hk.price, European, words in {name}", book.error()
        table.append(Row(work=work, rival="numpy+scipy", ours_ns=ours, rival_ns=theirs, error=error))
    terms = (220.0, 200.0, 91 / DAYS_PER_YEAR, 0.043, 0.012, 0.26)
    if optional("vollib"):
        from vollib.black_scholes_merton import black_scholes_merton as vollib

        european = repeated(lambda: hk.price("put", *terms, exercise="european"))
        other = repeated(lambda: vollib("p", *terms[:4], terms[5], terms[4]))
        ours, theirs = interleaved(european, other, ours_size=CALLS, rival_size=CALLS)
        apart = abs(hk.price("put", *terms, exercise="european") - vollib("p", *terms[:4], terms[5], terms[4]))
        error = f"{apart:.0e} dollars apart"
        table.append(Row(work="hk.price, one European", rival="vollib", ours_ns=ours, rival_ns=theirs, error=error))
    return table
