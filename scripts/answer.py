"""Write the answer: an opening, the audit's verdict, ten findings."""

from pathlib import Path

from stellar import command, files
from stellar.reporting.answer.document import document, markdown
from stellar.reporting.answer.study import Study


def main(
    config: command.Slice,
    chosen: list[Path],
    audits: list[Path],
    answer: Path,
    text: Path,
    **results: Path,
) -> None:
    found = {name: files.read(path) for name, path in results.items()}
    found["verdicts"] = [entry for path in audits for entry in files.read_json(path)]
    found["chosen"] = {choice["learner"]: choice for choice in map(files.read_json, chosen)}
    made = document(Study(config, found))
    files.write_json(answer, made)
    files.write_text(text, markdown(made))


if __name__ == "__main__":
    command.run(main)
