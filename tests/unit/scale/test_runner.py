"""One output a partition, whatever is killed, spoiled, changed or run on."""

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hedgekit.errors import DataError, InputError
from hedgekit.scale import manifest
from hedgekit.scale.engines import LocalProcesses, Lost, engine
from hedgekit.scale.runner import Partition, run

sys.path.insert(0, str(Path(__file__).parent))
from scale_work import die_always, die_once, parts, same_place, square


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def go(folder, partitions, workers=1, work=square, **more):
    return run(partitions, work, out=folder, version="1", engine=LocalProcesses(workers), **more)


def test_the_same_bytes_for_one_two_and_four_workers(tmp_path):
    trees = []
    for workers in (1, 2, 4):
        go(tmp_path / str(workers), parts(range(6)), workers)
        trees.append(tree(tmp_path / str(workers)))
    assert trees[0] == trees[1] == trees[2] and len(trees[0]) == 7
    assert trees[0]["n=5/out"] == b"25"


def test_only_what_is_missing_changed_or_spoiled_is_done_again(tmp_path):
    out, calls = tmp_path / "out", tmp_path / "calls"
    go(out, parts(range(4), tmp_path))
    (out / "n=1/out").unlink()
    (out / "n=2/out").write_bytes(b"spoiled")
    changed = [*parts(range(3), tmp_path), *parts([3], tmp_path, sha="b")]
    calls.unlink()
    again = go(out, changed)
    assert sorted(calls.read_text().split()) == ["1", "2", "3"]
    assert (again.done, again.kept) == (3, 1) and tree(out)["n=2/out"] == b"4"
    calls.unlink()
    assert run(changed, square, out=out, version="2", engine=LocalProcesses(1)).done == 4


def test_one_bad_partition_is_reported_and_the_rest_go_on(tmp_path):
    done = go(tmp_path, parts([1, "bad", "fault", 2]))
    assert [(f.key, f.reason) for f in done.failures] == [
        ("pbad", "it is no number"),
        ("pfault", "a fault of hedgekit: KeyError: 'x'"),
    ]
    assert done.done == 2 and "n=2/out" in tree(tmp_path)
    with pytest.raises(DataError, match=r"pbad: it is no number. Stopped"):
        go(tmp_path / "strict", parts([1, "bad", 2]), strict=True)
    kept = go(tmp_path / "strict", parts([1, 2]))
    assert (kept.done, kept.kept) == (1, 1)


def test_an_input_that_breaks_takes_its_old_output_away(tmp_path):
    go(tmp_path, [Partition(key="k", input_sha256="a", argument=(7, None))])
    broken = go(tmp_path, [Partition(key="k", input_sha256="b", argument=("bad", None))])
    assert broken.failures and "n=7/out" not in tree(tmp_path)


def test_an_output_that_moves_is_never_there_twice(tmp_path):
    go(tmp_path, [Partition(key="k", input_sha256="a", argument=(7, None))])

    def stop(done, total, failed):
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):  # whatever ends the run then, the old output is gone
        go(tmp_path, [Partition(key="k", input_sha256="b", argument=(8, None))], watch=stop)
    assert "n=8/out" in tree(tmp_path) and "n=7/out" not in tree(tmp_path)


def test_a_disk_that_takes_no_more_ends_the_run(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    calls = tmp_path / "calls"
    monkeypatch.setattr("hedgekit.scale.runner.os.fsync", full)
    with pytest.raises(OSError, match=r"No space left on device\. Stopped; what is done is kept") as caught:
        go(tmp_path / "out", parts(range(6), tmp_path))
    assert ".partial" in caught.value.filename and calls.read_text().split() == ["0"]
    assert not (tmp_path / "out" / ".partial").exists()
    monkeypatch.undo()
    assert go(tmp_path / "out", parts(range(6), tmp_path)).done == 6


@pytest.mark.parametrize("workers", [1, 2])
def test_two_inputs_of_one_output_are_refused_and_the_first_has_it(tmp_path, workers):
    both = [Partition(key=name, input_sha256=name, argument=name) for name in ("a", "b")]
    for _ in range(2):
        done = go(tmp_path, both, workers, same_place)
        assert tree(tmp_path)["one/out"] == b"a"
        assert [f.key for f in done.failures] == ["b"] and "comes from a already" in done.failures[0].reason


def test_a_worker_killed_mid_run_loses_nothing(tmp_path):
    done = go(tmp_path / "out", [Partition(key=f"p{n}", input_sha256="a", argument=(n, str(tmp_path))) for n in range(6)], 2, die_once)  # fmt: skip
    assert done.done == 6 and not done.failures and len(tree(tmp_path / "out")) == 7


def test_what_kills_its_worker_each_time_is_given_up_alone():
    answers = dict(LocalProcesses(2).map(die_always, [0, 1, 2, 3], 10))
    assert isinstance(answers.pop(1), Lost) and answers == {0: 0, 2: 20, 3: 30}


def test_workers_end_with_the_process_that_started_them():
    script = Path(__file__).parent / "killed_parent.py"
    # its output ends when the last process that holds it does: workers left behind would keep it open for ever
    told = subprocess.run([sys.executable, str(script)], stdout=subprocess.PIPE, check=False, timeout=120)
    assert told.returncode == -signal.SIGKILL


def interrupted(folder):
    def watch(done, total, failed):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        go(folder, parts(range(6)), watch=watch)


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path):
    interrupted(tmp_path)
    assert not (tmp_path / ".partial").exists()
    done = go(tmp_path, parts(range(6)))
    assert (done.done, done.kept) == (3, 3)


def test_a_manifest_that_breaks_off_is_read_up_to_there(tmp_path):
    go(tmp_path, parts(range(3)))
    path = tmp_path / manifest.NAME
    path.write_bytes(path.read_bytes()[:-20])
    done = go(tmp_path, parts(range(3)))
    assert (done.done, done.kept) == (1, 2)
    assert len([json.loads(line) for line in path.read_text().splitlines()]) == 3
    path.write_bytes(b"junk\n" + path.read_bytes())
    with pytest.raises(DataError, match=r"manifest\.jsonl: line 1"):
        go(tmp_path, parts(range(3)))


def test_engines_are_chosen_by_name():
    assert engine(3, None).name == "3 workers"
    with pytest.raises(InputError, match="--workers 0"):
        engine(0, None)
    with pytest.raises(InputError, match="not both"):
        engine(2, "tcp://localhost:1")
    with pytest.raises(InputError, match="which is not there"):
        engine(None, "no-such-file.json")


def test_a_dask_worker_killed_mid_run_loses_nothing(tmp_path):
    pytest.importorskip("distributed")
    script = Path(__file__).parent / "kill_dask_worker.py"
    told = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "dask")], capture_output=True, text=True, check=False, timeout=120
    )
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout.splitlines()[-1]) == {"done": 16, "failures": 0, "killed": 1}
    go(tmp_path / "plain", parts(range(16)))
    assert tree(tmp_path / "dask") == tree(tmp_path / "plain")
