"""Write the answer in ten sentences."""

from pathlib import Path

from stellar import command, files
from stellar.reporting.answer import markdown, sentences


def main(
    config: command.Slice, chosen: list[Path], audits: list[Path], answer: Path, **results: Path
) -> None:
    found = {name: files.read(path) for name, path in results.items()}
    found["verdicts"] = [entry for path in audits for entry in files.read_json(path)]
    found["chosen"] = {choice["learner"]: choice for choice in map(files.read_json, chosen)}
    lines = sentences(config["label"], config["tier"], found)
    files.write_text(answer, markdown(found["pooled"]["survey"], lines))


if __name__ == "__main__":
    command.run(main)
