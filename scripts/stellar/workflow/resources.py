"""Memory in MB and run time in minutes of jobs: twice as much with each attempt at one.

Snakemake gives a function what its parameters are named after; `input.size_mb` is the size of what
the job reads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def grown(amount: int) -> Callable[[Any, int], int]:
    """An amount that depends on the attempt alone."""
    return lambda wildcards, attempt: amount * 2 ** (attempt - 1)


def memory(wildcards: Any, input: Any, attempt: int) -> int:
    """Memory of a rule that reads its input piece by piece; measured in docs/scale.md."""
    return grown(600 + 2 * int(input.size_mb))(wildcards, attempt)


def sample_memory(wildcards: Any, input: Any, attempt: int) -> int:
    """Memory of a rule that reads all stars as arrays; measured in docs/scale.md."""
    return grown(1500 + 12 * int(input.size_mb))(wildcards, attempt)


def search_memory(trials: int) -> Callable[[Any, Any, int, int], int]:
    """Memory of a search for hyperparameters, of as many processes as threads, and one beside."""

    def needed(wildcards: Any, input: Any, threads: int, attempt: int) -> int:
        processes = (1 + threads) * sample_memory(wildcards, input, attempt)
        # XLA keeps what it compiled: some 20 MB an architecture, in each process.
        return processes + grown(20 * trials)(wildcards, attempt)

    return needed


def lasting(minutes: int) -> Callable[[Any, Any, int], int]:
    """Run time of a rule that reads all stars, ample for a million of them."""
    return lambda wildcards, input, attempt: grown(minutes * (1 + int(input.size_mb) // 100))(
        wildcards, attempt
    )
