import sys

import pytest

from hedgekit.cli import main


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Run a command line in this process and an empty folder; returns (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nowhere"))

    def go(*words):
        monkeypatch.setattr(sys, "argv", ["hedgekit", *map(str, words)])
        with pytest.raises(SystemExit) as stop:
            main()
        captured = capsys.readouterr()
        return stop.value.code, captured.out, captured.err

    return go
