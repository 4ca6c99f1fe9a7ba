"""Memory and run time that jobs ask for."""

from types import SimpleNamespace

from stellar.workflow import resources

INPUT = SimpleNamespace(size_mb=250.7)


def test_a_job_asks_for_twice_as_much_with_each_attempt():
    assert [resources.grown(600)(None, attempt=n) for n in (1, 2, 3)] == [600, 1200, 2400]
    for function in (resources.memory, resources.sample_memory, resources.lasting(20)):
        first, second = (function(None, input=INPUT, attempt=n) for n in (1, 2))
        assert second == 2 * first


def test_what_reads_more_asks_for_more():
    assert resources.memory(None, INPUT, 1) == 600 + 2 * 250
    assert resources.sample_memory(None, INPUT, 1) == 1500 + 12 * 250
    assert resources.lasting(20)(None, INPUT, 1) == 60


def test_a_search_asks_for_each_of_its_processes_and_one_beside():
    alone = resources.sample_memory(None, INPUT, 1)
    needed = resources.search_memory(trials=30)
    assert needed(None, input=INPUT, threads=1, attempt=1) == 2 * alone + 600
    assert needed(None, input=INPUT, threads=4, attempt=2) == 2 * (5 * alone + 600)
