import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as stock
from stellar import CLASSES
from stellar.evaluation import metrics
from stellar.reporting import published


def test_a_perfect_and_a_constant_prediction():
    truth = np.repeat(np.arange(7), 3).astype(np.int8)
    perfect = metrics.scores(truth, truth)
    assert perfect["accuracy"] == perfect["f1_macro"] == 1.0
    constant = metrics.scores(truth, np.zeros_like(truth))
    assert constant["accuracy"] == pytest.approx(1 / 7)
    assert constant["recall"]["O"] == 1.0
    assert constant["recall"]["B"] == 0.0


def test_the_studys_own_majority_figures():
    # study.md: accuracy .275, weighted precision .076 on the study's counts.
    truth = np.repeat(np.arange(7), [published.CLASSES[c] for c in CLASSES]).astype(np.int8)
    scores = metrics.scores(truth, np.full_like(truth, CLASSES.index("K")))
    assert scores["accuracy"] == pytest.approx(0.275, abs=5e-4)
    assert scores["precision_weighted"] == pytest.approx(0.076, abs=5e-4)


def test_absent_classes_have_no_recall_and_no_part_in_macro_averages():
    truth = np.array([0, 0, 6, 6], np.int8)
    scores = metrics.scores(truth, np.array([0, 0, 6, 0], np.int8))
    assert scores["recall"]["G"] is None
    assert scores["recall_macro"] == pytest.approx(0.75)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=60))
def test_confusion_agrees_with_scikit_learn(pairs):
    from sklearn.metrics import confusion_matrix

    truth, predicted = np.array(pairs, np.int8).T
    expected = confusion_matrix(truth, predicted, labels=range(7))
    np.testing.assert_array_equal(metrics.confusion(truth, predicted), expected)


def test_the_corrected_interval_of_the_study():
    # study.md: ±0.62 points at 95 % for the 20-fold accuracy with population deviation .9;
    # there with deviation .9 taken as the sample's.
    values = np.concatenate([np.full(10, 0.969 - 0.009), np.full(10, 0.969 + 0.009)])
    half, _ = metrics.corrected_interval(values, 1 / 19)
    assert half == pytest.approx(0.0062, abs=2e-4)


STEPS = np.abs(np.subtract.outer(np.arange(7), np.arange(7))).astype(float)


def test_more_scores_of_known_answers():
    truth = np.repeat(np.arange(7), 3).astype(np.int8)
    sure = np.eye(7, dtype=np.float32)
    perfect = metrics.more_scores(truth, sure[truth], STEPS)
    assert perfect["mcc"] == perfect["balanced_accuracy"] == perfect["kappa_quadratic"] == 1
    zero = ("brier", "calibration_error", "steps_off", "gross_errors", "cost", "cost_decided")
    assert {perfect[name] for name in zero} == {0.0}
    assert perfect["log_loss"] == pytest.approx(0, abs=1e-6)
    # Everything called M, with certainty.
    constant = metrics.more_scores(truth, sure[np.full_like(truth, 6)], STEPS)
    assert constant["balanced_accuracy"] == pytest.approx(1 / 7)
    assert constant["mcc"] == constant["kappa_quadratic"] == 0
    assert constant["steps_off"] == constant["cost"] == pytest.approx(3)
    assert constant["gross_errors"] == pytest.approx(4 / 7)
    assert constant["calibration_error"] == pytest.approx(6 / 7)
    assert constant["brier"] == pytest.approx(2 * 6 / 7)
    # Knowing nothing, and saying so: calibrated, and best decided for the middle.
    flat = metrics.more_scores(truth, np.full((21, 7), 1 / 7, np.float32), STEPS)
    assert flat["calibration_error"] == pytest.approx(0, abs=1e-6)
    assert flat["log_loss"] == pytest.approx(np.log(7), rel=1e-6)
    assert flat["cost"] == pytest.approx(3)  # of equals the hottest: O
    assert flat["cost_decided"] == pytest.approx(12 / 7)  # F
    assert set(flat) == set(metrics.MORE_SCORES)


def test_a_cost_is_that_of_calling_the_row_the_column():
    costs = np.zeros((7, 7))
    costs[0, 6] = 50  # an O called M
    costs[6, 0] = 1  # an M called O
    sure = np.eye(7, dtype=np.float32)
    for truth, called, cost in ((0, 6, 50), (6, 0, 1)):
        found = metrics.more_scores(np.array([truth], np.int8), sure[[called]], costs)
        assert found["cost"] == cost


def test_macro_steps_off_count_a_rare_class_like_any_other():
    truth = np.array([6] * 99 + [0], np.int8)
    found = metrics.more_scores(truth, np.eye(7, dtype=np.float32)[np.full(100, 6)], STEPS)
    assert found["steps_off"] == pytest.approx(0.06)
    assert found["steps_off_macro"] == pytest.approx(3)


@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
def test_the_cheapest_class_costs_least_on_average(seed, n_rows):
    random = np.random.default_rng(seed)
    costs = random.uniform(0, 9, (7, 7)) * (1 - np.eye(7))
    p = random.dirichlet(np.ones(7), n_rows)
    decided = metrics.cheapest_class(p, costs)
    expected = np.array([[row @ costs[:, k] for k in range(7)] for row in p])
    np.testing.assert_allclose(expected[np.arange(n_rows), decided], expected.min(axis=1))


def test_steps_off_by_class_is_imbalanced_learns_macro_averaged_error():
    from imblearn.metrics import macro_averaged_mean_absolute_error

    random = np.random.default_rng(4)
    truth = random.choice(7, 500, p=[0.4, 0.3, 0.1, 0.1, 0.05, 0.03, 0.02]).astype(np.int8)
    shares = random.dirichlet(np.ones(7), 500)
    found = metrics.more_scores(truth, shares.astype(np.float32), 1 - np.eye(7))
    expected = macro_averaged_mean_absolute_error(truth, shares.argmax(axis=1))
    assert found["steps_off_macro"] == pytest.approx(expected)


@given(st.integers(0, 1000))
def test_scores_of_probabilities_are_scikit_learns(seed):
    random = np.random.default_rng(seed)
    truth = random.integers(0, 7, 50).astype(np.int8)
    shares = random.dirichlet(np.full(7, 0.1), 50).astype(np.float32)
    shares[0] = np.eye(7, dtype=np.float32)[(truth[0] + 1) % 7]
    normed = shares.astype(float) / shares.astype(float).sum(axis=1, keepdims=True)
    labels = np.arange(7)
    log_loss = stock.log_loss(truth, normed, labels=labels)
    brier = stock.brier_score_loss(truth, normed, labels=labels, scale_by_half=False)
    assert metrics.log_loss(truth, shares) == pytest.approx(log_loss)
    found = metrics.more_scores(truth, shares, np.zeros((7, 7)))
    assert found["brier"] == pytest.approx(brier)


@pytest.mark.parametrize(
    ("score", "half", "few"),
    [
        ("accuracy", 0.5, False),
        ("accuracy", 0.51, True),
        ("accuracy_gain", 0.86, True),
        ("f1_macro_difference", 0.86, True),
        ("recall_O", 0.6, True),
        ("mcc", 0.86, False),
        ("mcc", 1.1, True),
        ("log_loss", 0.9, False),
        ("log_loss_difference", 1.0, True),
        ("cost", 50.0, False),
        ("accuracy", None, False),
    ],
)
def test_an_interval_wider_than_the_scale_says_nothing(score, half, few):
    assert metrics.too_few(score, half) is few
    [row] = metrics.marked([{"name": "a", score: 0.3, f"{score}_ci95": half}])
    assert row["too_few_stars"] == (score if few else "")
