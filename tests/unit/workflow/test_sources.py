"""Which files a script is made of."""

import pytest
from project import ROOT
from stellar.errors import UserError
from stellar.workflow.sources import sources_of, texts_of_page


@pytest.fixture
def folder(tmp_path):
    modules = {
        "job.py": "from stellar import command\n\ndef main():\n    from stellar.a.late import f\n",
        "other.py": "import numpy\n",
        "stellar/__init__.py": "",
        "stellar/command.py": "import json\n",
        "stellar/a/__init__.py": "",
        "stellar/a/late.py": "import stellar.b.deep\nfrom stellar.a import late\n",
        "stellar/a/beside.py": "",
        "stellar/b/__init__.py": "",
        "stellar/b/deep.py": "if TYPE_CHECKING:\n    from stellar.a.beside import T\n",
    }
    for name, text in modules.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def names(folder, script):
    return [path.relative_to(folder).as_posix() for path in sources_of(folder / script)]


def test_what_is_imported_anywhere_counts_and_what_only_types_need_does_not(folder):
    package = ["__init__", "a/__init__", "a/late", "b/__init__", "b/deep", "command"]
    assert names(folder, "job.py") == ["job.py", *(f"stellar/{name}.py" for name in package)]


def test_a_script_of_no_module_is_alone(folder):
    assert names(folder, "other.py") == ["other.py"]


def test_who_trains_nothing_does_not_depend_on_the_trainer():
    scripts = ROOT / "scripts"
    trainer = scripts / "stellar/learning/training.py"
    assert trainer in sources_of(scripts / "final_model.py")
    assert trainer not in sources_of(scripts / "compare.py")


def test_a_script_that_is_not_there_is_named(folder):
    with pytest.raises(
        UserError, match=r'there is no .*none\.py; write it, or correct code\("none"\)'
    ):
        sources_of(folder / "none.py")


def test_a_page_is_made_of_templates_and_captions():
    found = [path.relative_to(ROOT).as_posix() for path in texts_of_page(ROOT)]
    assert {"scripts/stellar/reporting/page/page.html.j2", "rules/captions/sky.rst"} <= set(found)
    assert not any(name.endswith(".py") for name in found)
