"""Where the nodes of a graph without cycles stand, from left to right, and how its edges run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

SWEEPS = 12  # of each of which sorts all layers once, by the one before or behind
THIN = 0.3  # room for an edge that passes a layer, that of a node being 1
Before = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Layers:
    """A drawing of a graph.

    Attributes
    ----------
    places : mapping of str to (int, float)
        Of each node its layer, 0 at the left, and its height; neighbours are 1 apart.
    edges : list of list of (int, float)
        Of each edge where it starts, the places where it passes layers, and where it ends.
    ends : list of (str, str)
        Of each edge its nodes.
    """

    places: Mapping[str, tuple[int, float]]
    edges: Sequence[Sequence[tuple[int, float]]]
    ends: Sequence[tuple[str, str]]


def direct(before: Before) -> dict[str, list[str]]:
    """The graph without edges between nodes that a longer way joins, too.

    Parameters
    ----------
    before : mapping of str to sequence of str
        Of each node those that it follows. No node follows itself, by whatever way.

    Examples
    --------
    >>> direct({"a": [], "b": ["a"], "c": ["a", "b"]})
    {'a': [], 'b': ['a'], 'c': ['b']}
    """
    known: dict[str, set[str]] = {}

    def all_before(node: str) -> set[str]:
        if node not in known:
            known[node] = set(before[node]).union(*map(all_before, before[node]))
        return known[node]

    return {
        node: sorted(a for a in set(given) if not any(a in all_before(b) for b in given))
        for node, given in before.items()
    }


def layered(before: Before) -> Layers:
    """Nodes in layers, each as far to the left as it may be, with few crossings of edges.

    Layers are sorted by the means of their neighbours' places (Sugiyama, Tagawa & Toda 1981).

    Parameters
    ----------
    before : as in `direct`
    """
    layer: dict[str, int] = {}

    def layer_of(node: str) -> int:
        if node not in layer:
            layer[node] = 1 + max(map(layer_of, before[node]), default=-1)
        return layer[node]

    for node in before:
        layer_of(node)
    ends = [(a, b) for b, given in before.items() for a in given]
    chains = [
        [(a, layer[a]), *((f"{a} {b}", at) for at in range(layer[a] + 1, layer[b])), (b, layer[b])]
        for a, b in ends
    ]
    order: list[list[str]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    for name, at in dict.fromkeys([*layer.items(), *(step for chain in chains for step in chain)]):
        order[at].append(name)
    links = {(a[0], b[0]) for chain in chains for a, b in pairwise(chain)}
    heights = _sorted(order, links, set(layer))
    return Layers(
        places={node: (at, heights[node]) for node, at in layer.items()},
        edges=[[(at, heights[name]) for name, at in chain] for chain in chains],
        ends=ends,
    )


def _sorted(
    order: list[list[str]], links: set[tuple[str, str]], nodes: set[str]
) -> dict[str, float]:
    """Heights of all nodes and of the edges that pass layers, after sorting the layers."""
    beside: dict[str, list[list[str]]] = {name: [[], []] for layer in order for name in layer}
    for a, b in sorted(links):
        beside[b][0].append(a)
        beside[a][1].append(b)
    heights = {name: y for layer in order for name, y in _stacked(layer, nodes).items()}
    for sweep in range(SWEEPS):
        side = sweep % 2
        for layer in order if side == 0 else reversed(order):
            means = {name: _mean(heights, beside[name][side], heights[name]) for name in layer}
            layer.sort(key=lambda name, means=means: (means[name], name))  # type: ignore[misc]
            heights |= _stacked(layer, nodes)
    return heights


def _stacked(layer: Sequence[str], nodes: set[str]) -> dict[str, float]:
    """Heights of what stands in a layer, in its order, around 0."""
    rooms = [1.0 if name in nodes else THIN for name in layer]
    low = -sum(rooms) / 2
    return {name: low + sum(rooms[:place]) + rooms[place] / 2 for place, name in enumerate(layer)}


def _mean(heights: Mapping[str, float], names: Sequence[str], otherwise: float) -> float:
    return sum(heights[name] for name in names) / len(names) if names else otherwise
