"""The example chain at its own moment, and files written in a line."""

from collections.abc import Callable
from pathlib import Path

import pytest

import hedgekit as hk
from hedgekit.model import Chain


@pytest.fixture(scope="session")
def chain(example: Path) -> Chain:
    """The made IWM chain."""
    return hk.load_chain(example)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write a file and return its path."""

    def go(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return go
