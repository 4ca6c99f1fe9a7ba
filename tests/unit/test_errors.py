"""What the system refuses, in a sentence."""

import errno

import pytest
from stellar.errors import MissingFeatureError, UserError, refusal


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "no space is left for results/a; free some, and give the same command"),
        (errno.EDQUOT, "your quota leaves no space for results/a"),
        (errno.EACCES, "you have no permission for results/a; run chmod"),
    ],
)
def test_a_refusal_names_the_path_and_what_to_do(number, said):
    error = refusal(OSError(number, "in the system's words"), "results/a")
    assert isinstance(error, UserError)
    assert str(error).startswith(said)


def test_what_a_user_cannot_put_right_is_no_users_error():
    assert refusal(OSError(errno.EINVAL, "Invalid argument"), "results/a") is None


def test_a_missing_feature_is_a_users_error():
    assert issubclass(MissingFeatureError, UserError)
