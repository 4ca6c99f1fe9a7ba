"""A survey cut into shards, and labelled."""

import label_stars
from stellar import files
from stellar.command import Slice


def write_shards(folder, tables):
    paths = [folder / f"shard-{number}.parquet" for number in range(len(tables))]
    for path, table in zip(paths, tables, strict=True):
        files.write_table(path, table)
    return paths


def label(folder, shards):
    out = {name: folder / "out" / name for name in ("stars", "rejects", "counts")}
    label_stars.main(Slice(label="elodie"), shards, **out)
    return {name: path.read_bytes() for name, path in out.items()}
