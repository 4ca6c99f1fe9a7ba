"""Whether the tests notice: the code is broken in one place after another, and each time looked at.

python tests/bench/mutants.py
python tests/bench/mutants.py transposed_costs cfg_not_sorted

breaks a copy of the project in each of the places below (or in those that are named), runs the
tests that must notice, and prints which did. First the same tests must pass with nothing broken.
Ends with status 1 if something goes unnoticed. All of it takes some twenty minutes: a few mutants
need the shrunk study, made anew with the mutant in it. With --tree PATH it does the same to another
checkout, an older one for instance, by its own tests; what it has not got is left out.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Mutant:
    """A place of the code, `text` in `file`, what it is broken to, and the tests that must notice.

    `tests` are pytest's names of tests, below `tests/`.
    """

    name: str
    kind: str
    file: str
    text: str
    broken: str
    tests: tuple[str, ...]


AUDITED = "integration/test_comparison.py::test_the_audit_finds_the_leak_and_acquits_photometry"
ACQUITTED = (
    "integration/test_comparison.py::test_the_audit_acquits_what_the_networks_are_compared_with"
)
MATRIX = "workflow/test_rerun_matrix.py::test_what_reruns"

MUTANTS = (
    # What reruns: with the shrunk study.
    Mutant(
        "code_without_imports",
        "rerun",
        "scripts/stellar/workflow/sources.py",
        "open_ends += _local_imports(path, script.parent)",
        "open_ends += []",
        (f"{MATRIX}[the scores' module edited]",),
    ),
    Mutant(
        "cfg_not_sorted",
        "rerun",
        "rules/common.smk",
        "return json.dumps({**found, **values}, sort_keys=True)",
        "return json.dumps({**found, **values})",
        (f"{MATRIX}[configuration reordered]",),
    ),
    Mutant(
        "slice_with_workers",
        "rerun",
        "rules/common.smk",
        'config["tuning"].items() if key != "workers"',
        'config["tuning"].items()',
        (f"{MATRIX}[another number of workers]",),
    ),
    # Leaks in the study's real files, its costs, its source: with the shrunk study.
    Mutant(
        "folds_of_rows_not_stars",
        "leak",
        "scripts/assign_folds.py",
        'integers(table, "label"), star, n_folds',
        'integers(table, "label"), np.arange(table.num_rows), n_folds',
        ("integration/test_study.py::test_no_star_stands_on_two_sides_and_no_row_is_lost",),
    ),
    Mutant(
        "import_not_in_costs",
        "costs",
        "scripts/stellar/command.py",
        'log_phase("import", time.process_time())',
        "pass",
        ("integration/test_study.py::test_the_cost_table_knows_what_jobs_spent_their_time_on",),
    ),
    Mutant(
        "simulated_not_said",
        "simulated",
        "scripts/stellar/crossvalidation/predictions.py",
        '{"survey": self.survey, "about": about}',
        '{"survey": "sdss-dr18", "about": about}',
        ("integration/test_study.py::test_everything_made_of_simulated_stars_says_so",),
    ),
    # Seeds.
    Mutant(
        "folds_share_a_seed",
        "seed",
        "scripts/stellar/crossvalidation/rounds.py",
        "            seed + fold,\n            scale=scale",
        "            seed,\n            scale=scale",
        (
            "unit/crossvalidation/test_rounds.py"
            "::test_training_sees_neither_scored_nor_calibration_nor_unlabelled_rows",
        ),
    ),
    Mutant(
        "members_share_a_seed",
        "seed",
        "scripts/stellar/learning/network_learners.py",
        "seed + STEP * member",
        "seed",
        (
            "unit/learning/test_network_learners.py"
            "::test_each_fold_and_member_has_a_seed_of_its_own",
        ),
    ),
    Mutant(
        "weights_of_one_seed",
        "seed",
        "scripts/stellar/learning/training.py",
        "self._set_weights(self._build(seed).get_weights())",
        "self._set_weights(self._build(0).get_weights())",
        ("integration/test_training.py::test_an_epoch_gives_the_weights_that_fit_gives",),
    ),
    Mutant(
        "shards_of_one_seed",
        "seed",
        "scripts/stellar/survey/simulated/shard.py",
        "np.random.SeedSequence([seed, shard])",
        "np.random.SeedSequence([seed])",
        ("unit/survey/simulated/test_shard.py::test_a_shard_depends_on_seed_and_number_alone",),
    ),
    Mutant(
        "search_without_a_seed",
        "seed",
        "scripts/stellar/learning/tuning.py",
        "            seed=self.seed,\n            hyperparameters=",
        "            seed=None,\n            hyperparameters=",
        ("integration/test_network.py::test_the_same_seed_gives_the_same_trials",),
    ),
    # Leaks between folds.
    Mutant(
        "stars_on_two_sides",
        "leak",
        "scripts/stellar/sample/splits.py",
        "return side[order][np.searchsorted(star[order], stars)].astype(np.int8)",
        "return side[np.arange(len(stars)) % len(side)].astype(np.int8)",
        ("unit/sample/test_splits.py::test_no_star_stands_on_two_sides",),
    ),
    Mutant(
        "one_place_two_stars",
        "leak",
        "scripts/stellar/sample/identity.py",
        "np.concatenate([_same_place(ra, dec, separation), _same_object(object_id)])",
        "_same_object(object_id)",
        ("unit/sample/test_identity.py::test_one_star_is_one_object_or_one_place",),
    ),
    Mutant(
        "scaler_of_all_rows",
        "leak",
        "scripts/stellar/crossvalidation/rounds.py",
        "Scaler.fit(sample.values[train], sample.feature_names)",
        "Scaler.fit(sample.values, sample.feature_names)",
        ("unit/crossvalidation/test_rounds.py::test_the_scaler_sees_training_rows_alone",),
    ),
    Mutant(
        "scaler_of_the_rows_kept_out",
        "leak",
        "scripts/stellar/crossvalidation/rounds.py",
        "Scaler.fit(sample.values[train], sample.feature_names)",
        "Scaler.fit(sample.values[sample.folds != sample.folds.max()], sample.feature_names)",
        ("unit/crossvalidation/test_rounds.py::test_the_scaler_sees_training_rows_alone",),
    ),
    Mutant(
        "split_scaler_of_all_rows",
        "leak",
        "scripts/stellar/sample/split_files.py",
        "yield table[training[row : row + len(table)]]",
        "yield table",
        ("unit/sample/test_split_files.py::test_streamed_splits_are_those_of_the_whole_table",),
    ),
    Mutant(
        "calibration_rows_trained_on",
        "leak",
        "scripts/stellar/crossvalidation/protocol.py",
        "return (fold, self.beside(fold)) if self.kept_out else (fold,)",
        "return (fold,)",
        (
            "unit/crossvalidation/test_rounds.py"
            "::test_training_sees_neither_scored_nor_calibration_nor_unlabelled_rows",
        ),
    ),
    Mutant(
        "selection_scored",
        "leak",
        "scripts/stellar/crossvalidation/protocol.py",
        "tuple(range(n, folds)), chosen",
        "tuple(range(folds)), chosen",
        ("unit/crossvalidation/test_protocol.py::test_no_fold_is_scored_by_what_it_chose",),
    ),
    Mutant(
        "choice_trained_on_its_test",
        "leak",
        "scripts/stellar/crossvalidation/selection.py",
        "[other for other in folds if other != fold]",
        "list(folds)",
        ("unit/crossvalidation/test_selection.py::test_the_choice_sees_its_own_folds_alone",),
    ),
    Mutant(
        "stopped_by_the_scored_rows",
        "leak",
        "scripts/stellar/crossvalidation/rounds.py",
        "kept_out = sample.rows_in(protocol.away(fold)[1:])",
        "kept_out = sample.rows_in(protocol.away(fold)[:1])",
        ("unit/crossvalidation/test_rounds.py::test_the_rows_of_a_fold_do_not_meet",),
    ),
    Mutant(
        "training_rows_claimed",
        "audit",
        "scripts/stellar/learning/learners.py",
        "        note(TRAINED_ON, train.values, train.labels)\n",
        "",
        ("unit/evaluation/leaks/test_across_folds.py::test_an_honest_run_is_acquitted",),
    ),
    Mutant(
        "validation_rows_not_told",
        "audit",
        "scripts/stellar/learning/training.py",
        "            note(VALIDATED_ON, validation.values, validation.labels)\n",
        "            pass\n",
        ("unit/learning/test_training.py::test_a_fit_tells_the_rows_that_it_saw",),
    ),
    Mutant(
        "scalers_not_told",
        "audit",
        "scripts/stellar/sample/scaler.py",
        "        note_rows(SCALED_BY, used)\n",
        "",
        ("unit/sample/test_fingerprints.py::test_a_scaler_tells_the_rows_that_it_was_fitted_on",),
    ),
    Mutant(
        "no_fingerprint_is_fine",
        "audit",
        "scripts/stellar/evaluation/leaks/allowed_rows.py",
        "return [untold(what)] if must else []",
        "return []",
        (
            "unit/evaluation/leaks/test_across_folds.py"
            "::test_training_without_a_fingerprint_is_suspect",
        ),
    ),
    Mutant(
        "fingerprints_of_the_last_column",
        "audit",
        "scripts/stellar/sample/fingerprints.py",
        "            found ^= np.ascontiguousarray(column).view(np.uint64)\n",
        "            found = np.ascontiguousarray(column).view(np.uint64) ^ np.uint64(0)\n",
        ("unit/sample/test_fingerprints.py::test_other_rows_have_another_fingerprint",),
    ),
    Mutant(
        "thresholds_of_scored_rows",
        "audit",
        "scripts/stellar/evaluation/calibration.py",
        "conformal_sets(predictions.calibration_truth, predictions.calibration, before, level)",
        "conformal_sets(predictions.truth[rows], before, before, level)",
        ("unit/evaluation/leaks/test_chosen_rows.py::test_an_honest_calibration_is_acquitted",),
    ),
    Mutant(
        "one_trial_stands_for_all",
        "audit",
        "scripts/stellar/crossvalidation/selection.py",
        "            if held_out.about not in used:",
        "            if number == 0:",
        (
            "unit/evaluation/leaks/test_chosen_rows.py::test_one_trial_that_saw_scored_rows_is_found",
        ),
    ),
    # What the run's own audit must find, in the shrunk study made anew with the mutant in it.
    Mutant(
        "run_scaled_by_all_rows",
        "run",
        "scripts/stellar/crossvalidation/rounds.py",
        "Scaler.fit(sample.values[train], sample.feature_names)",
        "Scaler.fit(sample.values, sample.feature_names)",
        (AUDITED,),
    ),
    Mutant(
        "run_without_a_scaler",
        "run",
        "scripts/stellar/crossvalidation/rounds.py",
        '"scaler": scaler.to_json() if scaler else None',
        '"scaler": None',
        (AUDITED,),
    ),
    Mutant(
        "run_trained_on_scored_rows",
        "run",
        "scripts/stellar/crossvalidation/rounds.py",
        "    train = sample.rows_outside(protocol.away(fold))",
        "    train = sample.rows_outside(protocol.away(fold)[1:])",
        (AUDITED,),
    ),
    Mutant(
        "run_chosen_on_scored_folds",
        "run",
        "scripts/stellar/crossvalidation/selection.py",
        "        sample,\n        folds,\n        candidates",
        "        sample,\n        [2, 3],\n        candidates",
        (AUDITED,),
    ),
    Mutant(
        "run_calibrated_by_scored_rows",
        "run",
        "scripts/stellar/evaluation/calibration.py",
        "beside = calibration.of_fold(protocol.beside(fold))",
        "beside = own.labelled()",
        (AUDITED,),
    ),
    Mutant(
        "run_stopped_by_scored_rows",
        "run",
        "scripts/stellar/learning/network_learners.py",
        "self.trainer.fit(train, seed + STEP * member, beside)",
        "self.trainer.fit(train, seed, Rows(others[0], others[0].argmax(axis=1) % 7))",
        (AUDITED,),
    ),
    # The same of what the networks are compared with.
    Mutant(
        "run_baselines_trained_on_scored_rows",
        "run",
        "scripts/classifier_on_folds.py",
        "        protocol, stars = protocol_and_rows(config, stars)\n",
        "        protocol, stars = protocol_and_rows(config, stars)\n"
        "        if 'cv' not in config:\n"
        "            seen = type('All', (type(protocol),), {'away': lambda *_: ()})\n"
        "            protocol = seen.study(config['folds'], False)\n",
        (ACQUITTED,),
    ),
    Mutant(
        "run_rivals_scaled_by_all_rows",
        "run",
        "scripts/classifier_on_folds.py",
        "        log, scale =",
        "        from stellar.sample.scaler import Scaler\n"
        "        whole = Scaler.fit(stars.values, stars.feature_names).transform(stars.values)\n"
        "        stars = type(stars)(**{**vars(stars), 'values': whole})\n"
        "        log, scale =",
        (ACQUITTED,),
    ),
    Mutant(
        "run_trees_chosen_on_scored_folds",
        "run",
        "scripts/choose.py",
        "choice(stars, folds,",
        'choice(stars, [2, 3] if name == "boosted_trees" else folds,',
        (ACQUITTED,),
    ),
    Mutant(
        "run_study_trained_on_rows_to_stop_by",
        "run",
        "scripts/network_on_folds.py",
        "protocol_and_rows(config, stars, stops_early)",
        "protocol_and_rows(config, stars, False)",
        (ACQUITTED,),
    ),
    Mutant(
        "run_variants_scored_on_too_few_folds",
        "run",
        "scripts/network_on_folds.py",
        'protocol.scored[: config.get("scored")]',
        "protocol.scored[:2]",
        (ACQUITTED,),
    ),
    # Ids, their order, and labels.
    Mutant(
        "ids_through_floats",
        "ids",
        "scripts/stellar/survey/conversion.py",
        "numbers = None if hexadecimal else values.cast(widest)",
        "numbers = values.cast(pa.float64(), safe=False).cast(widest, safe=False)",
        ("unit/survey/test_conversion.py::test_types_and_order_are_the_schema",),
    ),
    Mutant(
        "lost_digits_not_seen",
        "ids",
        "scripts/stellar/survey/sdss.py",
        "    if wrong.size:",
        "    if wrong.size > table.num_rows:",
        ("unit/survey/test_sdss.py::test_an_id_that_lost_digits_never_passes",),
    ),
    Mutant(
        "rows_in_another_order",
        "ids",
        "scripts/stellar/sample/columns.py",
        "return np.asarray(order[np.searchsorted(among, ids, sorter=order)])",
        "return np.asarray(np.searchsorted(among, ids, sorter=order))",
        ("unit/sample/test_columns.py::test_each_id_is_found_where_it_stands",),
    ),
    Mutant(
        "predictions_of_other_rows",
        "ids",
        "scripts/stellar/crossvalidation/rounds.py",
        "        sample.ids[rows],\n        sample.folds[rows],",
        "        np.sort(sample.ids[rows]),\n        sample.folds[rows],",
        (
            "unit/crossvalidation/test_rounds.py::test_predictions_of_rounds_keep_rows_and_ids_together",
        ),
    ),
    Mutant(
        "hot_subdwarfs_are_stars",
        "labels",
        "scripts/stellar/sample/spectral_types.py",
        '    (r"(He-?)?(e|u)?sd:?[\\s-]*[OB]", "hot subdwarf"),\n',
        "",
        ("unit/sample/test_spectral_types.py::test_rejects",),
    ),
    Mutant(
        "quasars_are_stars",
        "labels",
        "scripts/stellar/sample/spectral_types.py",
        '(kind.notna() & (kind.str.upper() != "STAR"))',
        "(kind.isna() & kind.notna())",
        ("unit/sample/test_spectral_types.py::test_rows_keep_their_order_and_their_reasons",),
    ),
    # Retries.
    Mutant(
        "no_second_try",
        "retries",
        "scripts/stellar/survey/skyserver.py",
        "if status >= 500 or status in",
        "if status in",
        ("integration/test_skyserver.py::test_a_failure_that_passes_is_mended",),
    ),
    Mutant(
        "what_is_final_tried_again",
        "retries",
        "scripts/stellar/survey/skyserver.py",
        "return isinstance(error, BusyError) or",
        "return isinstance(error, (BusyError, UserError)) or",
        ("integration/test_skyserver.py::test_a_failure_that_stays_ends_in_a_sentence",),
    ),
    # Locks.
    Mutant(
        "lock_of_a_live_run_removed",
        "locks",
        "scripts/stellar/workflow/resume.py",
        "if last and not is_dead(last):",
        "if last and not last:",
        ("unit/workflow/test_resume.py::test_a_run_of_another_user_keeps_its_lock",),
    ),
    Mutant(
        "lock_of_a_cluster_removed",
        "locks",
        "scripts/stellar/workflow/resume.py",
        'if last and not last["local"]:',
        "if last and not last:",
        ("unit/workflow/test_resume.py::test_jobs_on_a_cluster_keep_the_lock",),
    ),
    Mutant(
        "environment_not_held",
        "locks",
        "scripts/stellar/workflow/environment.py",
        "    _HELD.append(file)",
        "    file.close()",
        ("unit/workflow/test_environment.py::test_a_run_keeps_its_environment",),
    ),
    Mutant(
        "set_up_beside_a_set_up",
        "locks",
        "envs/environment.py",
        "            fcntl.flock(file, fcntl.LOCK_EX)\n        except OSError:",
        "        except OSError:",
        (
            "integration/test_environment.py"
            "::test_one_of_several_terminals_sets_up_and_the_others_wait",
        ),
    ),
    # Files, whole or not at all.
    Mutant(
        "table_written_in_place",
        "files",
        "scripts/stellar/files.py",
        "        replacing(path) as temporary,\n        parquet_writer",
        '        open(path, "wb") as temporary,\n        parquet_writer',
        ("unit/test_files.py::test_half_a_table_is_not_left_behind",),
    ),
    Mutant(
        "damage_read_as_data",
        "files",
        "scripts/stellar/files.py",
        "columns=names, page_checksum_verification=True)",
        "columns=names)",
        ("unit/test_files.py::test_a_flipped_bit_is_never_read_as_data",),
    ),
    # Scaler, scores, costs.
    Mutant(
        "sample_deviation",
        "scaler",
        "scripts/stellar/sample/scaler.py",
        "std = np.sqrt(squares / np.maximum(count, 1))",
        "std = np.sqrt(squares / np.maximum(count - 1, 1))",
        ("unit/sample/test_scaler.py::test_scaler_standardizes_what_it_was_fitted_on",),
    ),
    Mutant(
        "mean_not_taken_off",
        "scaler",
        "scripts/stellar/sample/scaler.py",
        "scaled = (table - np.array(self.mean)) / np.array(self.std)",
        "scaled = table / np.array(self.std)",
        ("unit/sample/test_scaler.py::test_scaler_standardizes_what_it_was_fitted_on",),
    ),
    Mutant(
        "recalls_of_other_classes",
        "scores",
        "scripts/stellar/evaluation/metrics.py",
        "zip(CLASSES, recall, support, strict=True)",
        "zip(CLASSES, recall[::-1], support, strict=True)",
        ("unit/evaluation/test_metrics.py::test_a_perfect_and_a_constant_prediction",),
    ),
    Mutant(
        "decided_by_transposed_costs",
        "costs",
        "scripts/stellar/evaluation/metrics.py",
        "return (probabilities @ costs).argmin(axis=1)",
        "return (probabilities @ costs.T).argmin(axis=1)",
        ("unit/evaluation/test_metrics.py::test_the_cheapest_class_costs_least_on_average",),
    ),
    Mutant(
        "transposed_costs",
        "costs",
        "scripts/stellar/evaluation/metrics.py",
        "float(costs[truth, predicted].mean())",
        "float(costs[predicted, truth].mean())",
        ("unit/evaluation/test_metrics.py::test_a_cost_is_that_of_calling_the_row_the_column",),
    ),
    Mutant(
        "phases_not_added_up",
        "costs",
        "scripts/stellar/phases.py",
        "spent[name] += float(seconds)",
        "spent[name] = float(seconds)",
        ("unit/workflow/test_costs.py::test_costs_add_up_and_bear_what_was_not_seen",),
    ),
    # The audit.
    Mutant(
        "losses_by_chance_are_findings",
        "audit",
        "scripts/stellar/evaluation/leaks/disjoint_folds.py",
        'found["loss"] > MARGINS[name] + found["least"]',
        'found["loss"] > MARGINS[name]',
        (
            "unit/evaluation/leaks/test_disjoint_folds.py"
            "::test_a_loss_is_a_finding_where_it_exceeds_the_margin_by_more_than_chance",
        ),
    ),
    Mutant(
        "any_rows_are_allowed",
        "audit",
        "scripts/stellar/evaluation/leaks/allowed_rows.py",
        "        if rows != right:",
        "        if rows.rows < right.rows:",
        (
            "unit/evaluation/leaks/test_across_folds.py"
            "::test_a_scaler_of_all_rows_is_found_whatever_it_says",
        ),
    ),
    # The interpreter that forks jobs.
    Mutant(
        "status_of_a_job_lost",
        "warm",
        "scripts/stellar/workflow/warm.py",
        "status = end.code if isinstance(end.code, int) else int(end.code is not None)",
        "status = 0",
        ("integration/test_warm.py::test_a_job_ends_as_in_an_ordinary_interpreter",),
    ),
    Mutant(
        "job_of_a_killed_client_left",
        "warm",
        "scripts/stellar/workflow/warm.py",
        "                chooser.unregister(key.fileobj)\n"
        "                os.kill(child, signal.SIGKILL)",
        "                chooser.unregister(key.fileobj)",
        ("integration/test_warm.py::test_a_killed_client_takes_its_job_along",),
    ),
    Mutant(
        "threads_not_asked_for",
        "warm",
        "scripts/stellar/workflow/warm.py",
        'if os.environ.get("OMP_NUM_THREADS") != "1":',
        "if False:",
        ("integration/test_warm.py::test_a_job_of_several_threads_has_an_interpreter_of_its_own",),
    ),
)


@dataclass(frozen=True)
class Looked:
    """How a run of tests ended: pytest's status, the first test that failed, seconds, words."""

    status: int
    by: str
    seconds: float
    said: str


def copy(tree: Path, target: Path) -> Path:
    """Copy what belongs to the project, tracked or new, to a folder that git knows."""
    listed = ["git", "ls-files", "-co", "--exclude-standard"]
    names = subprocess.run(
        listed, cwd=tree, check=True, capture_output=True, encoding="utf-8"
    ).stdout
    for name in names.splitlines():
        if (tree / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(tree / name, target / name)
    subprocess.run(["git", "init", "--quiet"], cwd=target, check=True)
    return target


def look(folder: Path, tests: Iterable[str]) -> Looked:
    """Run some tests of a copy until one fails."""
    start = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--tb=short",
         *(f"tests/{test}" for test in tests)],
        cwd=folder,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        check=False,
        capture_output=True,
        encoding="utf-8",
    )  # fmt: skip
    failed = re.search(r"^(?:FAILED|(ERROR)) tests/(.*?)(?: - |$)", run.stdout, re.M)
    by = (
        "".join(f"{word} " if word == "ERROR" else word for word in failed.groups(""))
        if failed
        else ""
    )
    return Looked(run.returncode, by, time.perf_counter() - start, run.stdout + run.stderr)


def is_there(mutant: Mutant, tree: Path) -> bool:
    """Whether a tree has the mutant's place, once, and its tests."""
    path = tree / mutant.file
    files = [tree / "tests" / test.split("::")[0] for test in mutant.tests]
    names = [re.split(r"::|\[", test)[1] for test in mutant.tests]
    return (
        path.is_file()
        and path.read_text(encoding="utf-8").count(mutant.text) == 1
        and all(file.is_file() for file in files)
        and all(
            f"def {n}(" in f.read_text(encoding="utf-8") for f, n in zip(files, names, strict=True)
        )
    )


def chosen(names: Sequence[str]) -> list[Mutant]:
    """The mutants of these names; all without any."""
    known = {mutant.name: mutant for mutant in MUTANTS}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SystemExit(f"error: there is no mutant {unknown[0]}; use {', '.join(known)}")
    return [known[name] for name in names] or list(MUTANTS)


def try_one(mutant: Mutant, snapshot: Path, folder: Path) -> Looked:
    """Break another copy, and see whether its tests notice."""
    path = copy(snapshot, folder) / mutant.file
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(mutant.text, mutant.broken), encoding="utf-8")
    return look(folder, mutant.tests)


def main() -> None:
    """Print the table; status 1 if a mutant goes unnoticed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="mutants; all without any")
    parser.add_argument("--tree", type=Path, help="another checkout, with tests of its own")
    args = parser.parse_args()
    mutants, tree = chosen(args.names), args.tree or ROOT
    there = [mutant for mutant in mutants if is_there(mutant, tree)]
    absent = [mutant.name for mutant in mutants if mutant not in there]
    if absent and not args.tree:
        raise SystemExit(f"error: not there (once): place or test of {', '.join(absent)}")
    unnoticed = []
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        tests = dict.fromkeys(test for mutant in there for test in mutant.tests)
        snapshot = copy(tree, Path(folder, "whole"))
        whole = look(snapshot, tests)
        if whole.status:
            raise SystemExit(f"{whole.said[-4000:]}\nerror: fails with nothing broken: {whole.by}")
        print(f"nothing broken: {len(tests)} names of tests pass, {whole.seconds:.0f} s\n")
        print("| mutant | kind | noticed | by | s |\n|---|---|---|---|--:|", flush=True)
        for mutant in there:
            found = try_one(mutant, snapshot, Path(folder, mutant.name))
            if found.status not in (0, 1):
                raise SystemExit(f"{found.said[-4000:]}\nerror: {mutant.name} cannot be looked at")
            unnoticed += [] if found.status else [mutant.name]
            noticed = "yes" if found.status else "NO"
            print(
                f"| {mutant.name} | {mutant.kind} | {noticed} | {found.by} | {found.seconds:.0f} |",
                flush=True,
            )
            shutil.rmtree(Path(folder, mutant.name))
    print(f"\n{len(there) - len(unnoticed)} of {len(there)} are noticed")
    if absent:
        print(f"not in {tree}: {', '.join(absent)}")
    if unnoticed:
        raise SystemExit(f"error: unnoticed: {', '.join(unnoticed)}")


if __name__ == "__main__":
    main()
