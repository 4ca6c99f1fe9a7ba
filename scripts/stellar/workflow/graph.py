"""The rules of a Snakefile while it is read: files of all their jobs, and which rule reads which.

Snakemake knows a graph of jobs only once it has read all rules; some rules list what others make
(the target of all results, costs), so it is asked of the rules that have been read so far.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from snakemake.exceptions import WorkflowError
from snakemake.io import IOFile
from snakemake.io import expand as snakemakes_expand
from snakemake.iocontainers import Wildcards
from snakemake.persistence.file import FilePersistence

from stellar.errors import UserError
from stellar.workflow import contents, costs, jobs

Values = Mapping[str, Iterable[str]]


@contextmanager
def one_sentence(wanted: bool = True) -> Iterator[None]:
    """A block whose mistakes by users Snakemake says in one sentence; unwanted, it just ends."""
    try:
        yield
    except UserError as error:
        if wanted:
            raise WorkflowError(str(error)) from None


def content_of(kind: str, paths: Any) -> Callable[[Any], str]:
    """A parameter that changes with the content of files, given or found by wildcards."""

    def value(wildcards: Any) -> str:
        given = paths(wildcards) if callable(paths) else paths
        with one_sentence():
            return f"content of {kind}: {contents.digest(given)[:16]}"

    return value


def stored(file: Any) -> Any:
    """A file's object in a store; None where it is a file."""
    return getattr(file, "flags", {}).get("storage_object")


def benchmark_of(rule: Any) -> Any:
    """A rule's benchmark file; `rule.benchmark` forgets that it is an object in a store."""
    return rule.rule.benchmark if stored(rule.rule.benchmark) else rule.benchmark


class Graph:
    """The rules so far.

    Parameters
    ----------
    workflow : snakemake.workflow.Workflow
    rules : snakemake.rules.Rules
        By their names.
    values : mapping of str to list of str
        Values of each wildcard in the names of files.
    """

    def __init__(self, workflow: Any, rules: Any, values: Values) -> None:
        self.workflow, self.rules, self.values = workflow, rules, values

    def complete(self) -> None:
        """Give the rules what follows from them, where they do not say it themselves.

        Log and benchmark have the name of the rule and of its wildcards; what Snakemake says when
        a job starts is the rule's docstring. What no job makes (code, a table) counts by its
        content.
        """
        for known in self.workflow.rules:
            known.message = known.message or (known.docstring or "").rstrip(".")
            if known.norun:
                continue
            name = jobs.name_of(known.name, known.output[:1], known.wildcard_names)
            known.log_modifier = self.workflow.modifier.path_modifier
            known.benchmark_modifier = known.log_modifier
            if not known.log:
                known.set_log(f"<logs>/{name}.log")
            if not known.benchmark:
                known.benchmark = f"<benchmarks>/{name}.tsv"
            for kind, given in known.input.items():
                paths = [given] if isinstance(given, str) or callable(given) else given
                if all("local" in getattr(path, "flags", ()) for path in paths):
                    known.set_params(**{f"content_of_{kind}": content_of(kind, paths)})

    def compare_replaced(self) -> None:
        """Have results that others were put in the place of compared by content, not by time."""
        if (
            not self.workflow.is_main_process
            or self.workflow.storage_settings.default_storage_provider
            or any(Path(".snakemake/locks").glob("*"))  # jobs are at work
        ):
            return
        notes = FilePersistence(nolock=True)

        def noted(path: str) -> float | None:
            return getattr(notes.metadata(IOFile(path)), "endtime", None)

        with one_sentence():
            contents.renew_replaced(self.files(lambda rule: rule.output), noted)

    def with_values(self) -> Iterator[tuple[Any, dict[str, Iterable[str]]]]:
        """Rules that write files, with the values of their wildcards."""
        for known in list(self.workflow.rules):
            if known.output:
                yield known, {name: self.values[name] for name in known.wildcard_names}

    def files(self, pattern: Callable[[Any], Any], but: Collection[str] = ()) -> list[str]:
        """Files of all jobs of the rules but some: their outputs, benchmarks or logs."""
        found: list[str] = []
        for known, values in self.with_values():
            if known.name not in but:
                found += self.expand(pattern(getattr(self.rules, known.name)), **values)
        return list(dict.fromkeys(found))

    def expand(self, files: Any, **values: Any) -> list[str]:
        """`expand` for other rules' files, which refuses objects in a store (issue 3027)."""
        files = [files] if isinstance(files, str) else files
        return snakemakes_expand([self._path(file) for file in files], **values)

    def _path(self, file: Any) -> Any:
        prefix = self.workflow.storage_settings.default_storage_prefix
        found = stored(file)
        return found.query.removeprefix(prefix).lstrip("/") if found else file

    def purposes(self) -> dict[str, str]:
        """What each rule is for, in a sentence."""
        return {known.name: costs.purpose(known.message) for known, _ in self.with_values()}

    def read_by_rules(self) -> dict[str, list[str]]:
        """Of each rule the rules whose files its jobs read, as Snakemake will find them."""
        made: dict[str, str] = {}
        read: dict[str, set[str]] = {}
        for known, values in self.with_values():
            outputs = self.expand([*getattr(self.rules, known.name).output], **values)
            made |= dict.fromkeys(outputs, known.name)
            every = jobs.combined(values)
            read[known.name] = {file for job in every for file in self._read_by(known, job)}
        return costs.after(made, read)

    def _read_by(self, known: Any, job: dict[str, str]) -> Iterator[str]:
        """Files that a job reads and others make; code and a user's table are none."""
        for _, given in getattr(self.rules, known.name).input.items():
            found = given(Wildcards(fromdict=job)) if callable(given) else given
            paths = [found] if isinstance(found, str) else found
            made = [path for path in paths if "local" not in getattr(path, "flags", ())]
            yield from self.expand(made, **job)
