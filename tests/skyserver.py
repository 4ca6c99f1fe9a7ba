"""A stand-in for SkyServer: its address, its CSV, and real SQL on simulated stars."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import duckdb
import pandas as pd
import sqlglot
from stellar.sdss import SOURCES
from stellar.simulation import simulate_shard

PATH = "/dr18/en/tools/search/x_results.aspx"


def archive(n_stars: int, seed: int) -> duckdb.DuckDBPyConnection:
    """SpecObj, PhotoObj and sppParams of simulated stars, joined as in SDSS."""
    stars = simulate_shard(seed=seed, shard=0, n_stars=n_stars)
    database = duckdb.connect()
    tables: dict[str, dict[str, str]] = {"s": {}, "p": {}, "t": {}}
    for name, source in SOURCES.items():
        alias, column = source.split(".")
        tables[alias][column] = name
    spectra = pd.DataFrame({c: stars[n] for c, n in tables["s"].items()})
    photometry = pd.DataFrame({c: stars[n] for c, n in tables["p"].items()})
    photometry.insert(0, "objID", stars["bestObjID"])
    photometry["clean"] = 1
    photometry = photometry[photometry["objID"] > 0].drop_duplicates("objID")
    parameters = pd.DataFrame({c: stars[n] for c, n in tables["t"].items()})
    parameters.insert(0, "specObjID", stars["specObjID"])
    parameters = parameters[parameters["TEFFADOP"] > 0]
    for table, frame in (
        ("SpecObj", spectra),
        ("PhotoObj", photometry),
        ("sppParams", parameters),
    ):
        database.from_df(frame).create(table)
    return database


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        if url.path != PATH or query.get("format") != ["csv"]:
            self.send_error(404)
            return
        sql = query["cmd"][0]
        self.server.queries.append(sql)
        if self.server.answer is not None:
            self._send(*self.server.answer)
            return
        translated = sqlglot.transpile(sql, read="tsql", write="duckdb")[0]
        with self.server.lock:
            frame = self.server.database.execute(translated).df()
        text = frame.to_csv(index=False, na_rep="null")
        self._send(200, "#Table1\n" + text)

    def _send(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/csv")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        pass


@contextmanager
def serving(n_stars: int, seed: int = 1) -> Iterator[ThreadingHTTPServer]:
    """A running stand-in on loopback, with `url`, `queries` and a switchable `answer`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.database = archive(n_stars, seed)
    server.lock = threading.Lock()
    server.queries = []
    server.answer = None  # (status, body) to give instead of the archive's
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        server.database.close()
