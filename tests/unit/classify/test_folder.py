import json
import shutil

import pytest
from stellar.classify import folder
from stellar.errors import UserError


@pytest.fixture
def own(models, tmp_path):
    return shutil.copytree(models / "photometry", tmp_path / "model")


def test_a_whole_folder_opens_and_has_a_version(own):
    about, version = folder.opened(own)
    assert about["tier"] == "photometry"
    assert len(version) == 12


@pytest.mark.parametrize("name", [folder.MODEL, folder.ONNX, folder.CARD, folder.CARD_TEXT])
def test_one_changed_byte_is_noticed(own, name):
    content = bytearray((own / name).read_bytes())
    content[len(content) // 2] ^= 1
    (own / name).write_bytes(content)
    with pytest.raises(UserError, match=f"{name} has changed since the model was made"):
        folder.opened(own)


def test_a_file_that_is_gone_is_noticed(own):
    (own / folder.ONNX).unlink()
    with pytest.raises(UserError, match=f"lacks {folder.ONNX}"):
        folder.opened(own)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is damaged"),
        ("[]", "is damaged"),
        ('{"format": 3, "sha256": {}}', "format 3, this program reads 2"),
        ('{"format": 2}', "lacks checksums"),
    ],
)
def test_checksums_that_are_none(own, content, said):
    (own / folder.CHECKSUMS).write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match=said):
        folder.opened(own)


def test_checksums_name_no_file_elsewhere(own):
    sums = json.loads((own / folder.CHECKSUMS).read_text(encoding="utf-8"))
    sums["sha256"]["../other"] = "0"
    (own / folder.CHECKSUMS).write_text(json.dumps(sums), encoding="utf-8")
    with pytest.raises(UserError, match=r"lacks \.\./other"):
        folder.opened(own)


def test_no_model_says_what_to_type(tmp_path):
    with pytest.raises(UserError, match="type make model"):
        folder.opened(tmp_path)
