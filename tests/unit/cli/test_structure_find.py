"""``hedgekit structure find`` on the command line."""

import json

from click.testing import CliRunner

from hedgekit.cli import group

VIEW = ["--target", "250:265", "--expiry", "2027-01-15", "--structure", "bull-call-spread"]


def run(*args):
    return CliRunner().invoke(group, ["structure", "find", *args], standalone_mode=False)


def test_json_holds_what_was_found(example):
    done = run("--chain", str(example), *VIEW, "--format", "json", "--quiet")
    body = json.loads(done.stdout)
    assert body["found"][0]["name"] == "bull-call-spread"
    assert {leg["contracts"] for leg in body["found"][0]["legs"]} == {1, -1}


def test_an_open_target_and_not_below_are_the_same(example):
    texts = [
        run("--chain", str(example), *where, *VIEW[2:], "--format", "csv", "--quiet").stdout
        for where in (("--target", "250:"), ("--not-below", "250"))
    ]
    assert texts[0] == texts[1] and texts[0]


def test_a_target_that_is_none_is_refused(example):
    for text in ("250", "a:b", "250;260"):
        done = run("--chain", str(example), "--target", text, "--expiry", "2027-01-15")
        assert "expected two spots" in str(done.exception)


def test_nothing_found_is_an_answer_and_an_error(example):
    done = run("--chain", str(example), *VIEW, "--max-loss", "1")
    assert "raise --max-loss" in done.stdout.replace("\n  ", " ")
    assert type(done.exception).__name__ == "InfeasibleError"
