"""The made histories of the examples are what their generator writes."""

import sys
from importlib import util

import pytest

FILES = ("IWM.csv", "SPY.csv", "members.csv", "sectors.csv", "flows.csv")


@pytest.fixture(scope="module")
def generated(root, tmp_path_factory):
    spec = util.spec_from_file_location("make_histories", root / "examples" / "data" / "make_histories.py")
    module = util.module_from_spec(spec)
    sys.modules["make_histories"] = module
    spec.loader.exec_module(module)
    module.HERE = tmp_path_factory.mktemp("made")
    module.main()
    return module.HERE


@pytest.mark.parametrize("name", FILES)
def test_the_file_is_what_its_generator_writes(root, generated, name):
    assert (generated / name).read_text() == (root / "examples" / "data" / name).read_text()
