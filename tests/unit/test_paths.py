"""A file that cannot be read says why, and what was probably meant."""

from pathlib import Path

import pytest

from hedgekit.paths import unreadable


def why(path):
    with pytest.raises((FileNotFoundError, IsADirectoryError)) as caught:
        Path(path).read_bytes()
    return unreadable(Path(path), caught.value)


def test_the_name_nearest_to_one_that_is_not_there_is_offered(tmp_path):
    (tmp_path / "IWM.json").write_text("{}")
    assert why(tmp_path / "iwm.jsn") == f"no such file (did you mean {tmp_path / 'IWM.json'}?)"
    assert why(tmp_path / "spread.csv") == "no such file"
    assert why(tmp_path / "nowhere" / "IWM.json") == "no such file"


def test_a_path_of_windows_is_told_where_its_disk_is():
    assert why("D:\\my chains\\IWM.json").endswith("/mnt/d/my chains/IWM.json)")


@pytest.mark.parametrize("name", ["\u201cIWM.json\u201d", "\u2018IWM.json\u2019"])
def test_typographic_quotes_are_pointed_at(name):
    assert "write straight ones" in why(name)


def test_a_directory_is_no_file(tmp_path):
    assert why(tmp_path) == "a directory, not a file: give the file itself"
