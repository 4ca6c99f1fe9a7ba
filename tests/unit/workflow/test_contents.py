"""Digests of files, and results that others were put in place of."""

import hashlib
import os

import pytest
from stellar.workflow import contents

DAY = 86400


@pytest.fixture
def cache(tmp_path):
    contents._of_file.cache_clear()
    return tmp_path / "digests.json"


@pytest.fixture
def reads(monkeypatch):
    """The files that are read, in order."""
    found = []
    read = contents._read
    monkeypatch.setattr(contents, "_read", lambda path: found.append(path.name) or read(path))
    return found


def large(path, letter, age=DAY):
    path.write_bytes(letter * contents.LARGE)
    then = path.stat().st_mtime - age
    os.utime(path, (then, then))
    return path


def digest(*paths, cache):
    """As in a process that has just begun, a while after the files were made."""
    contents._of_file.cache_clear()
    return contents.digest(paths, cache)


@pytest.fixture
def later(monkeypatch):
    """It is a minute later than the files are old."""
    now = contents.time.time_ns
    monkeypatch.setattr(contents.time, "time_ns", lambda: now() + 60 * 10**9)


def test_a_digest_is_that_of_the_files_digests(tmp_path, cache):
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "b").write_bytes(b"2")
    both = b"".join(hashlib.sha256(text).digest() for text in (b"1", b"2"))
    found = digest(tmp_path / "a", tmp_path / "b", cache=cache)
    assert found == hashlib.sha256(both).hexdigest()
    assert found != digest(tmp_path / "b", tmp_path / "a", cache=cache)
    assert not cache.exists()  # small files are read


def test_a_large_file_is_read_once(tmp_path, cache, reads, later):
    table = large(tmp_path / "table.csv", b"a")
    first = digest(table, cache=cache)
    assert digest(table, cache=cache) == first
    assert reads == ["table.csv"]
    cache.unlink()  # or on another machine
    assert digest(table, cache=cache) == first
    assert len(reads) == 2


@pytest.mark.parametrize("age", [0, DAY, 2 * DAY])
def test_a_file_in_its_place_counts_however_old_it_is(tmp_path, cache, reads, later, age):
    table = large(tmp_path / "table.csv", b"a")
    first = digest(table, cache=cache)
    large(tmp_path / "other.csv", b"b", age).replace(table)  # as mv does
    assert digest(table, cache=cache) != first
    assert len(reads) == 2


def test_a_file_of_the_same_size_and_time_counts_too(tmp_path, cache, later):
    table = large(tmp_path / "table.csv", b"a")
    first, time = digest(table, cache=cache), table.stat().st_mtime_ns
    other = large(tmp_path / "other.csv", b"b")
    os.utime(other, ns=(time, time))
    other.replace(table)
    assert digest(table, cache=cache) != first


def test_a_file_that_may_change_within_its_time_is_not_remembered(tmp_path, cache, reads):
    table = large(tmp_path / "table.csv", b"a")  # changed just now, whatever its time says
    digest(table, cache=cache)
    assert not cache.exists()


@pytest.mark.parametrize("text", ["", "[1]", '{"x": 1'])
def test_a_broken_memory_is_none(tmp_path, cache, later, text):
    table = large(tmp_path / "table.csv", b"a")
    first = digest(table, cache=cache)
    cache.write_text(text, encoding="utf-8")
    assert digest(table, cache=cache) == first


# Results ------------------------------------------------------------------------------


@pytest.fixture
def results(tmp_path, monkeypatch):
    """A shard, made a day ago, and what was made of it an hour later; the times noted."""
    monkeypatch.chdir(tmp_path)
    noted = {}
    for name, age in {"shard": DAY, "stars": DAY - 3600}.items():
        (tmp_path / name).write_text(name, encoding="utf-8")
        then = int((tmp_path / name).stat().st_mtime) - age + 0.25
        os.utime(name, (then, then))
        noted[name] = os.lstat(name).st_mtime
    return noted


def test_what_jobs_left_keeps_its_time(results):
    assert contents.renew_replaced([*results, "absent"], results.get) == []
    assert {name: os.lstat(name).st_mtime for name in results} == results


@pytest.mark.parametrize("later", [-2 * DAY, 1800])
def test_what_was_put_in_place_of_a_result_becomes_new(results, later):
    then = results["shard"] + later  # before the shard was made, or before the stars were
    os.utime("shard", (then, then))
    assert contents.renew_replaced(results, results.get) == ["shard"]
    assert os.lstat("shard").st_mtime > results["stars"]
    assert contents.renew_replaced(results, results.get) == []


def test_all_that_was_replaced_gets_one_time(results):
    for name in results:
        os.utime(name, (1, 1 + len(name) % 2))
    os.utime("shard", (5, 5))
    (newest := contents.Path("newest")).touch()
    assert set(contents.renew_replaced([*results, "newest"], results.get)) == set(results)
    assert len({os.lstat(name).st_mtime_ns for name in results}) == 1
    assert newest.exists()


def test_of_what_nothing_was_noted_nothing_is_said(results):
    os.utime("shard", (1, 1))
    assert contents.renew_replaced(results, {}.get) == []
