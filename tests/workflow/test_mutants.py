"""The places that `tests/bench/mutants.py` breaks are in the code: it runs at any time."""

import pytest
from mutants import MUTANTS, is_there
from project import ROOT


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_s_place_and_its_tests_are_there(mutant):
    assert is_there(mutant, ROOT)
