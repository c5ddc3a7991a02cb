"""`check`: every rule of a policy against a book, in stable order; what is not known is a breach."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from hedgekit.errors import HedgekitError, InputError
from hedgekit.market import calendar
from hedgekit.market.inputs import Given
from hedgekit.model import Chain
from hedgekit.results import Note, Result, plain
from hedgekit.risk.betas import Beta
from hedgekit.risk.book import Book
from hedgekit.risk.changes import Earlier, changes, read_earlier
from hedgekit.risk.policy import Entry, Policy
from hedgekit.risk.rule import Context, Unknown
from hedgekit.risk.valued import GivenByTicker, ValuedBook, value_book

if TYPE_CHECKING:
    from hedgekit.model import PriceHistory

CLOCKS = timedelta(minutes=15)
"""By how much two computers' clocks may differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one rule says.

    Attributes
    ----------
    id, title : str
    severity : {"breach", "warn"}
        What going over the limit means.
    verdict : {"pass", "warn", "breach"}
    computed : bool
        False when something the rule rests on is not known: then the verdict is breach whatever the severity.
    value, limit : object
        Numbers, pairs or None.
    message, calculation : str
    params : mapping
        The parameters used.
    """

    id: str
    title: str
    severity: str
    verdict: str
    computed: bool
    value: Any
    limit: Any
    message: str
    calculation: str
    params: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as the JSON of the public contract."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, kw_only=True)
class CheckResult(Result):
    """The verdict of a policy on a book.

    Attributes
    ----------
    verdict : {"pass", "breach"}
    rules : tuple of Verdict
        In the order of the registry.
    disabled : tuple of str
        Rules the policy switches off.
    valued : ValuedBook
    changes : tuple of dict or None
        Against a previous verdict, when one was given.
    """

    schema_name: ClassVar[str] = "check"

    verdict: str
    rules: tuple[Verdict, ...]
    valued: ValuedBook
    policy_name: str
    disabled: tuple[str, ...] = ()
    changes: tuple[dict[str, Any], ...] | None = None

    @property
    def exit_code(self) -> int:
        """0 when every rule passes or only warns, 1 otherwise."""
        return 0 if self.verdict == "pass" else 1

    @property
    def breached(self) -> tuple[Verdict, ...]:
        """The rules that fail the check."""
        return tuple(found for found in self.rules if found.verdict == "breach")

    def body(self) -> dict[str, Any]:
        """Return the fields of the public contract."""
        counts = {name: sum(x.verdict == name for x in self.rules) for name in ("pass", "warn", "breach")}
        body: dict[str, Any] = {
            "verdict": self.verdict,
            "policy": self.policy_name,
            "counts": {**counts, "not_computed": sum(not x.computed for x in self.rules)},
            "rules": [x.to_dict() for x in self.rules],
            "disabled": self.disabled,
            "book": {
                "lines": len(self.valued.lines),
                "accounts": self.valued.book.accounts,
                "cash_usd": self.valued.book.cash_usd,
                "net_usd": self.valued.net_usd,
                "mid_usd": self.valued.mid_usd,
            },
        }
        return body if self.changes is None else {**body, "changes": list(self.changes)}

    def records(self) -> list[dict[str, Any]]:
        """Return one row a rule."""
        names = ("id", "verdict", "computed", "severity", "value", "limit", "message", "calculation", "title")
        return [{name: getattr(x, name) for name in names} for x in self.rules]


def check(
    policy: Policy,
    book: Book,
    *,
    chains: Sequence[Chain] = (),
    prices: PriceHistory | None = None,
    betas: Mapping[str, Beta] | None = None,
    rate: Given = None,
    dividends: GivenByTicker = None,
    now: datetime,
    now_given: bool = True,
    against: str | os.PathLike[str] | None = None,
    files: Sequence[str | os.PathLike[str]] = (),
) -> CheckResult:
    """Hold a book against a policy.

    Parameters
    ----------
    policy : Policy
    book : Book
    chains : sequence of Chain
        One a ticker; they value options and their shares.
    prices : PriceHistory, optional
        For shares without a chain, betas and the tail rules.
    betas : mapping of str to Beta, optional
        Beside the policy's own, which they override.
    rate, dividends : float or path, optional
        Beside the policy's own, which they override.
    now : datetime
        Moment of the check: prices are as old as they are then. Quotes are valued at their own moment.
    now_given : bool
        Whether `now` was named by the user: then options that have expired by it count as expired; a running clock
        says so through the age of the data alone.
    against : path, optional
        JSON of a previous check: what changed since is told.
    files : sequence of path
        Others that went into the arguments, such as that of the betas: their hashes go into the verdict.

    Raises
    ------
    InputError
        Two chains of one ticker, or quotes later than `now`.
    DataError
        A previous verdict that cannot be read.
    """
    one_each(chains)
    earlier = None if against is None else read_earlier(against)
    rate = _placed(policy.rate, policy) if rate is None else rate
    dividends = dividends_of(policy, dividends)
    for chain in chains:
        if _later(chain.asof, now):
            raise InputError(
                f"{chain.source}: quoted {chain.asof:%Y-%m-%d %H:%M} New York, after the moment of the check, "
                f"{now:%Y-%m-%d %H:%M}: is the clock or --asof wrong?"
            )
    if prices is not None:  # nothing after the moment of the check is looked at
        prices = prices.until(max(now.date(), max((chain.asof.date() for chain in chains), default=now.date())))
    quoted = max((chain.asof for chain in chains), default=now)
    moment = max(quoted, now)
    valued = value_book(
        book,
        chains=chains,
        prices=prices,
        betas={**policy.betas, **(betas or {})},
        benchmark=policy.benchmark,
        rate=rate,
        dividends=dividends,
        asof=moment if now_given else quoted,
        with_smiles=any(entry.params.get("smile") == "sticky_delta" for entry in policy.entries),
    )
    context = Context(valued=valued, prices=prices, now=moment, folder=policy.folder)
    rules = tuple(judge(entry, context) for entry in policy.entries)
    verdict = "breach" if any(x.verdict == "breach" for x in rules) else "pass"
    return CheckResult(
        verdict=verdict,
        rules=rules,
        valued=valued,
        policy_name=policy.name,
        disabled=policy.disabled,
        changes=None if earlier is None else changes(rules, earlier),
        inputs={
            **_inputs(policy, book, valued, prices, moment),
            "files": _hashes([*files, *_given_files(rate, dividends), *context.files_read]),
            **({} if earlier is None else {"against": earlier.to_dict()}),
        },
        warnings=(*valued.notes, *_of_prices(prices), *_off(policy), *_against(earlier, moment)),
    )


def _later(quoted: datetime, now: datetime) -> bool:
    """Whether quotes are of after a moment; past the close, those of the same day are the close's."""
    day = now.date()
    if quoted.date() == day and not (calendar.is_session(day) and now < calendar.session_close(day)):
        return False
    return quoted > now + CLOCKS


def judge(entry: Entry, context: Context) -> Verdict:
    """Evaluate one rule; anything that keeps it from being computed is a breach."""
    common: dict[str, Any] = {
        "id": entry.id,
        "title": entry.rule.title,
        "severity": entry.severity,
        "params": dict(entry.params),
    }
    try:
        found = entry.rule.evaluate(context, entry.params)
        if not _sound(found.value):
            raise Unknown(f"its value came out as {found.value}")
    except (Unknown, HedgekitError, ArithmeticError) as error:
        return Verdict(
            **common,
            verdict="breach",
            computed=False,
            value=None,
            limit=None,
            message=f"cannot be computed: {error}",
            calculation="what it rests on is not known, so it is a breach",
        )
    verdict = "pass" if found.passed else "warn" if entry.severity == "warn" else "breach"
    return Verdict(
        **common,
        verdict=verdict,
        computed=True,
        value=plain(found.value),
        limit=plain(found.limit),
        message=found.message,
        calculation=found.calculation,
    )


def _sound(value: Any) -> bool:
    """Whether a value holds no NaN."""
    if isinstance(value, list | tuple):
        return all(map(_sound, value))
    return not (isinstance(value, float) and math.isnan(value))


def one_each(chains: Sequence[Chain]) -> None:
    """Refuse two chains of one ticker: which of them values a line would be a guess."""
    seen: dict[str, str] = {}
    for chain in chains:
        if chain.ticker in seen:
            raise InputError(f"two chains of {chain.ticker}: {seen[chain.ticker]} and {chain.source}: give one")
        seen[chain.ticker] = chain.source


def dividends_of(policy: Policy, dividends: GivenByTicker) -> GivenByTicker:
    """Return what was given, else the policy's own, whose files lie beside it."""
    if dividends is not None:
        return dividends

    if isinstance(policy.dividends, Mapping):
        return {ticker: _placed(own, policy) for ticker, own in policy.dividends.items()}
    return _placed(policy.dividends, policy)


def _placed(own: float | str | None, policy: Policy) -> Given:
    """Return a number as it is, a file's name as the file beside the policy."""
    return policy.folder / own if isinstance(own, str) and (policy.folder / own).is_file() else own


def _given_files(rate: Given, dividends: GivenByTicker) -> list[Path]:
    """Return those of the rate and the dividends that are files."""
    several = dividends.values() if isinstance(dividends, Mapping) else [dividends]
    named = [one for one in (rate, *several) if isinstance(one, str | os.PathLike)]
    return [Path(one) for one in named if Path(one).is_file()]


def _hashes(files: Sequence[str | os.PathLike[str]]) -> list[dict[str, str]]:
    """Return each file's name and SHA-256, in order of names."""
    found = {os.fspath(file): Path(file) for file in files}
    return [
        {"source": path.name, "source_sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for _, path in sorted(found.items())
    ]


def _against(earlier: Earlier | None, moment: datetime) -> tuple[Note, ...]:
    """Say so when the earlier check is the later one."""
    if earlier is None:
        return ()
    try:
        then = datetime.fromisoformat(str(earlier.inputs.get("asof")))
        later = then > moment
    except (ValueError, TypeError):
        return (Note("against_undated", f"{earlier.source} does not say of which moment it is"),)
    if not later:
        return ()
    return (
        Note(
            "against_later", f"{earlier.source} is of {then:%Y-%m-%d %H:%M}, after this check's {moment:%Y-%m-%d %H:%M}"
        ),
    )


def _of_prices(prices: PriceHistory | None) -> tuple[Note, ...]:
    """Return what is doubtful in the price file."""
    return () if prices is None else tuple(prices.notes)


def _off(policy: Policy) -> tuple[Note, ...]:
    if not policy.disabled:
        return ()
    return (Note("rules_disabled", f"{policy.source} switches off {', '.join(policy.disabled)}"),)


def _inputs(
    policy: Policy, book: Book, valued: ValuedBook, prices: PriceHistory | None, moment: datetime
) -> dict[str, Any]:
    from hedgekit import __version__

    return {
        "asof": moment,
        "valued_at": valued.asof,
        "benchmark": policy.benchmark,
        "policy": policy.source,
        "policy_sha256": policy.source_sha256,
        "book": book.source,
        "book_sha256": book.source_sha256,
        "chains": [
            {
                "ticker": ticker,
                "source": chain.source,
                "source_sha256": chain.source_sha256,
                "asof": chain.asof,
                "spot": chain.spot,
                "spot_source": chain.spot_source,
                "rate_source": valued.underlyings[ticker].rate_source if ticker in valued.underlyings else None,
                "dividends_source": (
                    valued.underlyings[ticker].dividends_source if ticker in valued.underlyings else None
                ),
            }
            for ticker, chain in sorted(valued.chains.items())
        ],
        "prices": None
        if prices is None
        else {"source": prices.source, "source_sha256": prices.source_sha256, "last_day": prices.dates[-1]},
        "betas": {
            ticker: {"beta": beta.value, "low": beta.low, "high": beta.high, "basis": beta.basis}
            for ticker, beta in sorted(valued.betas.items())
        },
        "marks": "the bid of what is long, the ask of what is short; P/L and greeks at the mid",
        "exercise": "american (index options european)",
        "version": __version__,
    }
