"""Tests stand where one looks for them."""

import pytest
from project import ROOT

PACKAGE, UNITS = ROOT / "scripts/stellar", ROOT / "tests/unit"
MODULES = [p.relative_to(PACKAGE) for p in sorted(PACKAGE.glob("**/*.py")) if p.stem != "__init__"]
TESTS = [path.relative_to(UNITS) for path in sorted(UNITS.glob("**/test_*.py"))]


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_each_module_has_a_unit_test_of_its_name(module):
    test = module.with_name(f"test_{module.name}")
    assert test in TESTS, f"write tests/unit/{test}"
    dotted = ".".join(("stellar", *module.with_suffix("").parts))
    package, name = dotted.rsplit(".", 1)
    text = (UNITS / test).read_text(encoding="utf-8")
    assert dotted in text or f"from {package} import" in text, f"tests/unit/{test} tests no {name}"


@pytest.mark.parametrize("test", TESTS, ids=str)
def test_each_unit_test_has_a_module_of_its_name(test):
    assert test.with_name(test.name.removeprefix("test_")) in MODULES
