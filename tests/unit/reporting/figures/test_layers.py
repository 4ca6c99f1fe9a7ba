"""A graph without cycles, drawn from left to right."""

from itertools import combinations, pairwise

from stellar.reporting.figures.layers import direct, layered


def crossings(drawn) -> int:
    """Pairs of edges between two layers that change places."""
    steps = {(a, b) for points in drawn.edges for a, b in pairwise(points)}
    return sum(
        a[0] == c[0] and (a[1] - c[1]) * (b[1] - d[1]) < 0
        for (a, b), (c, d) in combinations(steps, 2)
    )


def test_an_edge_that_a_longer_way_says_too_is_left_out():
    before = {"a": [], "b": ["a"], "c": ["b", "a"], "d": ["a", "c", "b"], "e": ["a"]}
    assert direct(before) == {"a": [], "b": ["a"], "c": ["b"], "d": ["c"], "e": ["a"]}
    assert direct({}) == {}


def test_each_stands_right_of_those_before_it_and_nobody_on_another():
    before = {"d": ["a", "c"], "c": ["b"], "b": ["a"], "a": [], "e": ["b"], "alone": []}
    drawn = layered(before)
    for node, others in before.items():
        assert all(drawn.places[one][0] < drawn.places[node][0] for one in others)
    assert len(set(drawn.places.values())) == len(before)
    for (a, b), points in zip(drawn.ends, drawn.edges, strict=True):
        assert (points[0], points[-1]) == (drawn.places[a], drawn.places[b])
        assert [x for x, _ in points] == list(range(points[0][0], points[-1][0] + 1))
    passing = {point for points in drawn.edges for point in points[1:-1]}
    assert passing and not passing & set(drawn.places.values())


def test_layers_are_sorted_so_that_edges_do_not_cross():
    ends = [(f"start {n}", f"end {4 - n}") for n in range(5)]
    before = {start: [] for start, _ in ends} | {end: [start] for start, end in sorted(ends)[::-1]}
    assert crossings(layered(before)) == 0
    assert layered(before) == layered(dict(before))
