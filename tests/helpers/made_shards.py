"""A survey cut into shards, and labelled."""

import label_stars
from stellar import files


def write_shards(folder, tables):
    paths = [folder / f"shard-{number}.parquet" for number in range(len(tables))]
    for path, table in zip(paths, tables, strict=True):
        files.write_table(path, table)
    return [str(path) for path in paths]


def label(folder, shards):
    out = {name: str(folder / "out" / name) for name in ("stars", "rejects", "counts")}
    outputs = [word for name, path in out.items() for word in (f"--{name}", path)]
    label_stars.main(["--config", '{"label": "elodie"}', "--shards", *shards, *outputs])
    return {name: (folder / "out" / name).read_bytes() for name in out}
