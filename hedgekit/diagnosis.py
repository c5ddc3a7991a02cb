"""Is this installation sound: versions, compiled core, extras, and a second opinion on hundreds of prices."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from hedgekit.errors import MissingExtra
from hedgekit.results import Result

REQUIRED = ("numpy", "scipy", "pandas", "click", "rich", "pyarrow", "py_vollib")
# extra -> a package that comes with it
EXTRAS = {"pairs": "statsmodels", "test": "hypothesis"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at: ``ok`` is None for what is only told."""

    name: str
    value: str
    ok: bool | None = None


@dataclass(frozen=True, kw_only=True)
class DoctorResult(Result):
    """Everything looked at."""

    schema_name: ClassVar[str] = "doctor"

    checks: tuple[Check, ...]

    @property
    def sound(self) -> bool:
        """Whether no check failed."""
        return all(check.ok is not False for check in self.checks)

    def body(self) -> dict[str, Any]:
        """Return the checks."""
        return {"sound": self.sound, "checks": self.checks}

    def records(self) -> list[dict[str, Any]]:
        """Return one row a check."""
        return [{"name": check.name, "value": check.value, "ok": check.ok} for check in self.checks]


def diagnose() -> DoctorResult:
    """Look at the installation.

    Returns
    -------
    DoctorResult
        ``sound`` is False when the core does not load, a package is missing or vollib disagrees.
    """
    from hedgekit import __version__

    checks = [
        Check(name="hedgekit", value=__version__),
        Check(name="python", value=f"{platform.python_version()} on {platform.system()} {platform.machine()}"),
        *_packages(REQUIRED),
        *_kernels(),
        *_extras(),
        *_second_opinion(),
    ]
    return DoctorResult(checks=tuple(checks), inputs={"version": __version__})


def _packages(names: Iterable[str]) -> list[Check]:
    found = []
    for name in names:
        try:
            found.append(Check(name=name, value=importlib.metadata.version(name), ok=True))
        except importlib.metadata.PackageNotFoundError:
            found.append(Check(name=name, value=f"missing: pip install {name}", ok=False))
    return found


def _kernels() -> list[Check]:
    try:
        from hedgekit.pricing import instruction_sets
    except ImportError as error:
        return [Check(name="core", value=f"not built: {error}; install hedgekit again with a C compiler", ok=False)]
    return [
        Check(name=f"core, {name}", value=f"compiled; runs {used}, can run {', '.join(offered)}", ok=True)
        for name, (used, offered) in instruction_sets().items()
    ]


def _extras() -> list[Check]:
    found = []
    for extra, package in EXTRAS.items():
        present = importlib.util.find_spec(package) is not None
        found.append(Check(name=f"extra {extra}", value="installed" if present else f"pip install 'hedgekit[{extra}]'"))
    return found


def _second_opinion() -> list[Check]:
    try:
        from hedgekit.crosscheck import cross_check

        return [
            Check(
                name=f"vollib {found.quantity}",
                value=f"{found.options} options agree to {found.largest:.1e} (limit {found.limit:.0e})",
                ok=found.holds,
            )
            for found in cross_check()
        ]
    except (ImportError, MissingExtra) as error:
        return [Check(name="vollib", value=str(error), ok=False)]
