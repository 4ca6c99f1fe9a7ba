"""Write the conda files, one a stage, with the lock's versions of what the stage imports.

python envs/conda_files.py
"""

import re
from pathlib import Path

HERE = Path(__file__).parent
STAGES = {
    "data": [
        "numpy",
        "pandas",
        "pyarrow",
        "scipy",
        "pandera",
        "astropy",
        "astroquery",
        "requests",
        "tenacity",
    ],
    "learn": [
        "numpy",
        "pandas",
        "pyarrow",
        "scipy",
        "scikit-learn",
        "lightgbm",
    ],
    "report": [
        "numpy",
        "pandas",
        "pyarrow",
        "altair",
        "vl-convert-python",
        "onnx",
        "jinja2",
        "markupsafe",
        "pyyaml",
    ],
}
# Networks compare themselves with what learns without one.
STAGES["network"] = [*STAGES["learn"], "tensorflow", "keras", "keras-tuner", "tensorboard"]
# The comparison needs what the others need to learn, and its own.
STAGES["comparison"] = sorted(
    {*STAGES["learn"], *STAGES["network"], "pandera", "baycomp", "cleanlab", "onnx"}
)
# Typing stars needs the importer, and what reads and scores tables.
STAGES["classify"] = sorted({*STAGES["data"], "scikit-learn", "onnxruntime"})
# The report names the versions of all packages, so its stage has the packages themselves.
STAGES["report"] = sorted({*STAGES["report"], *STAGES["network"], *STAGES["data"], "snakemake"})


def locked_versions(lock: str) -> dict[str, str]:
    """Package to version of a pip lock."""
    return dict(re.findall(r"^([a-z0-9-]+)==([^\s;\\]+)", lock, flags=re.MULTILINE))


def conda_file(stage: str, packages: list[str], versions: dict[str, str]) -> str:
    """A conda environment file; pip installs, so that versions are the lock's own."""
    pins = "\n".join(f"      - {name}=={versions[name]}" for name in packages)
    return (
        f"# Stage {stage}; written by envs/conda_files.py from envs/lock.txt.\n"
        "channels:\n  - conda-forge\n  - nodefaults\n"
        "dependencies:\n  - python=3.12\n  - pip\n  - pip:\n" + pins + "\n"
    )


def main() -> None:
    """Write all files."""
    versions = locked_versions((HERE / "lock.txt").read_text(encoding="utf-8"))
    for stage, packages in STAGES.items():
        text = conda_file(stage, packages, versions)
        (HERE / f"{stage}.yaml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
