"""A stand-in for SkyServer on loopback: its address, its CSV, its limits and its failures.

It executes the SQL that it is sent: T-SQL, translated by sqlglot, run by DuckDB on SpecObj,
PhotoObj and sppParams tables of simulated stars. Tests switch its limits and `faults`.
"""

from __future__ import annotations

import csv
import io
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import sqlglot
from sqlglot import expressions
from stellar.survey.simulated.shard import simulate_shard

PATH = "/dr18/en/tools/search/x_results.aspx"
LONGEST_QUERY_STRING = 2048  # of SkyServer's web server

# SDSS's column: the simulation's. Written anew, so that a mistake in stellar.survey.sdss shows.
SPECTRA = {
    "specObjID": "specObjID", "bestObjID": "bestObjID", "plate": "plate", "mjd": "mjd",
    "fiberID": "fiberID", "ra": "ra", "dec": "dec", "class": "class", "subClass": "subClass",
    "z": "redshift", "zErr": "redshiftErr", "zWarning": "zWarning", "snMedian": "snMedian",
    "elodieObject": "elodieObject", "elodieSpType": "elodieSpType", "elodieBV": "elodieBV",
    "elodieTEff": "elodieTEff", "elodieLogG": "elodieLogG", "elodieFeH": "elodieFeH",
    "elodieRChi2": "elodieRChi2",
}  # fmt: skip
PHOTOMETRY = {
    name.format(band): column.format(band)
    for band in "ugriz"
    for name, column in (
        ("{}", "{}"), ("modelMag_{}", "{}"), ("modelMagErr_{}", "err_{}"),
        ("extinction_{}", "extinction_{}"),
    )
}  # fmt: skip
PARAMETERS = {
    "specObjID": "specObjID", "FLAG": "sppFlag", "TEFFADOP": "sppTeff",
    "TEFFADOPUNC": "sppTeffUnc", "LOGGADOP": "sppLogG", "LOGGADOPUNC": "sppLogGUnc",
    "FEHADOP": "sppFeH", "FEHADOPUNC": "sppFeHUnc", "SNR": "sppSNR",
    "SPECTYPEHAMMER": "sppHammerType",
}  # fmt: skip


# Objects within r arcmin of a place, nearest first.
NEAR = """
SELECT objID, distance FROM (
  SELECT objID, 120 * degrees(asin(least(1, sqrt(
    sin(radians("dec" - dec0) / 2) ** 2
    + cos(radians("dec")) * cos(radians(dec0)) * sin(radians(ra - ra0) / 2) ** 2)))) AS distance
  FROM main.PhotoObjAll WHERE mode = 1
) WHERE distance <= r ORDER BY distance
"""


def archive(n_stars: int, seed: int) -> duckdb.DuckDBPyConnection:
    """The tables of SDSS, filled with simulated stars: second spectra and galaxies too."""
    stars = simulate_shard(seed=seed, shard=0, n_stars=n_stars)
    others = simulate_shard(seed=seed, shard=1, n_stars=max(2, n_stars // 20))
    others["class"] = np.where(np.arange(len(others)) % 2, "GALAXY", "QSO")
    rows = pd.concat([stars, others], ignore_index=True)
    # Plates of eBOSS: specObjID beyond 63 bits.
    late = np.arange(len(rows)) % 11 == 5
    rows.loc[late, "plate"] += 8192
    rows["specObjID"] = rows["specObjID"].astype(np.uint64) + late.astype(np.uint64) * 2**63
    # A comma and quotes, as SDSS's own strings have them.
    rows.loc[::97, "elodieSpType"] = rows.loc[::97, "elodieSpType"] + ', "var"'
    spectra = rows[list(SPECTRA.values())].set_axis(list(SPECTRA), axis=1)
    spectra["sciencePrimary"] = (
        ~(rows["bestObjID"].duplicated() & (rows["bestObjID"] > 0))
    ).astype(np.int8)
    seen = rows[rows["bestObjID"] > 0].drop_duplicates("bestObjID")
    photometry = pd.DataFrame({name: seen[column] for name, column in PHOTOMETRY.items()})
    photometry.insert(0, "objID", seen["bestObjID"])
    for name in ("ra", "dec"):
        photometry[name] = seen[name]
    photometry["type"] = np.where(seen["class"] == "GALAXY", 3, 6).astype(np.int16)
    photometry["mode"] = np.int8(1)
    photometry["clean"] = (photometry["objID"] % 7 > 0).astype(np.int32)
    typed = rows[rows["sppSNR"] > 0]
    parameters = typed[list(PARAMETERS.values())].set_axis(list(PARAMETERS), axis=1)
    database = duckdb.connect()
    for name, frame in (
        ("SpecObjAll", spectra),
        ("PhotoObjAll", photometry),
        ("sppParams", parameters),
    ):
        database.from_df(frame).create(name)
        if "specObjID" in frame:
            database.execute(f"ALTER TABLE {name} ALTER specObjID TYPE DECIMAL(20, 0)")
    database.execute("CREATE VIEW SpecObj AS SELECT * FROM SpecObjAll WHERE sciencePrimary = 1")
    database.execute("CREATE VIEW PhotoObj AS SELECT * FROM PhotoObjAll WHERE mode IN (1, 2)")
    database.execute("CREATE SCHEMA dbo")
    for function, most in (("fGetNearbyObjEq", ""), ("fGetNearestObjEq", "LIMIT 1")):
        database.execute(f"CREATE MACRO dbo.{function}(ra0, dec0, r) AS TABLE {NEAR} {most}")
    return database


class RefusedError(Exception):
    """SQL that SkyServer answers with an error_message."""


def translate(sql: str, row_cap: int) -> str:
    """T-SQL to DuckDB's, with the TOP that SkyServer puts where there is none."""
    try:
        parsed = sqlglot.parse(sql, read="tsql")
    except sqlglot.errors.ParseError as error:
        raise RefusedError(f"Incorrect syntax: {error}") from None
    query = parsed[0]
    if len(parsed) != 1 or not isinstance(query, expressions.Select) or query.args.get("with_"):
        raise RefusedError("Only one SELECT is allowed")
    limit = query.args.get("limit")
    if limit is None:
        query = query.limit(row_cap)
    elif int(limit.expression.name) > row_cap:
        raise RefusedError(f"The maximum number of rows is {row_cap}")
    # sqlglot's word for CROSS APPLY lacks DuckDB's ON.
    return query.sql(dialect="duckdb").replace("INNER JOIN LATERAL", "CROSS JOIN LATERAL")


def to_csv(table: pa.Table) -> bytes:
    """`#Table1`, header, rows: `null` for missing, a second column of a name numbered."""
    names: list[str] = []
    for name in table.column_names:
        base = name.removesuffix("_1")  # DuckDB's way
        names.append(f"{base}1" if base in names else name)
    integers = {pa.int64(): pd.Int64Dtype(), pa.int32(): pd.Int32Dtype()}
    frame = table.rename_columns(names).to_pandas(types_mapper=integers.get)
    text = frame.to_csv(index=False, na_rep="null", lineterminator="\n")
    return f"#Table1\n{text}".encode()


class _Handler(BaseHTTPRequestHandler):
    server: StandIn

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        form = {key: values[0] for key, values in parse_qs(url.query).items()}
        if url.path != PATH or form.get("format") != "csv" or form.get("searchtool") != "SQL":
            self.send_error(404)
        elif len(url.query) > LONGEST_QUERY_STRING:
            self.send_error(400, "The length of the query string exceeds the configured value")
        else:
            body = self.server.answer(form["cmd"])
            fault = self.server.next_fault()
            with suppress(BrokenPipeError, ConnectionResetError):  # the client may have gone
                fault(self, body)

    def send(self, body: bytes, status: int = 200, length: int | None = None) -> None:
        """Answer; `length` is what Content-Length says, -1 for none."""
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        if length != -1:
            self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_) -> None:
        pass


Fault = Callable[[_Handler, bytes], None]


class StandIn(ThreadingHTTPServer):
    """The server, with what it was asked (`queries`) and how it fails (`faults`, `always`)."""

    daemon_threads = True

    def __init__(self, n_stars: int, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.database = archive(n_stars, seed)
        self.lock = threading.Lock()
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.gone = threading.Event()  # wakes hanging answers when the test is over
        self.hanging = threading.Event()  # half of a body is sent, and no more will be
        self.reset()

    def reset(self) -> None:
        """A healthy server that was never asked."""
        self.queries: list[str] = []
        self.times: deque[float] = deque()
        self.faults: list[Fault] = []  # one a query, then it is healthy
        self.always: Fault | None = None
        self.hanging.clear()
        self.row_cap = 500_000
        self.per_minute = 60

    def next_fault(self) -> Fault:
        """How the next answer goes out."""
        if self.always is not None:
            return self.always
        return self.faults.pop(0) if self.faults else lambda handler, body: handler.send(body)

    def answer(self, sql: str) -> bytes:
        """The body that a healthy server sends for a query."""
        with self.lock:
            self.queries.append(sql)
            now = time.monotonic()
            while self.times and now - self.times[0] > 60:
                self.times.popleft()
            if len(self.times) >= self.per_minute:
                return throttled(sql)
            self.times.append(now)
            try:
                translated = translate(sql, self.row_cap)
                return to_csv(self.database.sql(translated).to_arrow_table())
            except (RefusedError, duckdb.Error) as error:
                return error_message(str(error))

    def select(self, sql: str) -> list[tuple]:
        """Rows of a query to its own tables, in DuckDB's SQL: the truth to compare with."""
        with self.lock:
            return self.database.execute(sql).fetchall()


@contextmanager
def serving(n_stars: int, seed: int = 1) -> Iterator[StandIn]:
    """A running stand-in on loopback."""
    server = StandIn(n_stars, seed)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.gone.set()
        server.shutdown()
        thread.join()
        server.server_close()
        server.database.close()


# ------------------------------------------------------------------------------ failures


def throttled(sql: str) -> bytes:
    return f"ERROR: Maximum 60 queries allowed per minute. Rejected query: {sql}\n".encode()


def error_message(text: str) -> bytes:
    quoted = text.replace('"', '""')
    return f'#Table1\nerror_message\n"{quoted}"\n'.encode()


def sends(body: bytes, status: int = 200) -> Fault:
    """Something else than the table."""
    return lambda handler, _: handler.send(body, status)


def changes(change: Callable[[bytes], bytes]) -> Fault:
    """The table's body, changed, without Content-Length."""
    return lambda handler, body: handler.send(change(body), length=-1)


def edits(edit: Callable[[list[list[str]]], None]) -> Fault:
    """The table, its rows (first: the header) edited in place."""

    def change(body: bytes) -> bytes:
        rows = list(csv.reader(io.StringIO(body.decode().removeprefix("#Table1\n"))))
        edit(rows)
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        return f"#Table1\n{out.getvalue()}".encode()

    return changes(change)


def in_column(name: str, change: Callable[[str], str], rows: slice = slice(1, None)) -> Fault:
    """The table with the values of a column changed."""

    def edit(table: list[list[str]]) -> None:
        if name in table[0]:
            place = table[0].index(name)
            for row in table[rows]:
                row[place] = change(row[place])

    return edits(edit)


def breaks(handler: _Handler, body: bytes) -> None:
    """The connection ends in the middle of a body whose length was given."""
    handler.send(body[: len(body) // 2], length=len(body))


def closes(handler: _Handler, _: bytes) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def hangs(handler: _Handler, _: bytes) -> None:
    handler.server.gone.wait(30)


def hangs_in_the_body(handler: _Handler, body: bytes) -> None:
    handler.send(body[: len(body) // 2], length=len(body))
    handler.server.hanging.set()
    handler.server.gone.wait(30)


def claims_gzip(handler: _Handler, body: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Encoding", "gzip")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def _first_of_rows(table: list[list[str]]) -> list[str]:
    return table[1] if len(table) > 1 else table[0]


def _move_to_another_shard(table: list[list[str]]) -> None:
    row = dict(zip(table[0], _first_of_rows(table), strict=True))
    if "checksum" in row:
        spectrum = int(row["specObjID"]) + 5003
        row["specObjID"] = str(spectrum)
        row["checksum"] = str(10007 + (spectrum + int(row["bestObjID"])) % 10007)
        table[1] = list(row.values())


HTML = b"<html><head><title>Busy</title></head>\n<body>\nSkyServer is busy.\n</body></html>\n"

# What stops the first attempt, and is mended by another.
PASSING: dict[str, Fault] = {
    "status 503": sends(b"down for maintenance", 503),
    "status 500": sends(b"Runtime Error", 500),
    "status 429": sends(b"slow down", 429),
    "HTML with status 200": sends(HTML),
    "HTML without a newline": sends(HTML.replace(b"\n", b" ")),
    "throttling text": sends(throttled("SELECT 1")),
    "query stopped after 600 s": sends(
        error_message("Execution Timeout Expired. The timeout period elapsed. SELECT ra")
    ),
    "query stopped, said in HTML": sends(
        b"<html><title>Skyserver Error</title><body>Timeout expired.</body></html>"
    ),
    "throttling as error_message": sends(
        error_message(throttled("SELECT ra FROM SpecObj").decode().strip())
    ),
    "connection breaks in the body": breaks,
    "closes without an answer": closes,
    "hangs": hangs,
    "hangs in the body": hangs_in_the_body,
    "invalid gzip": claims_gzip,
}

# A wrong table once is asked for again; twice the same ends the job.
WRONG: dict[str, Fault] = {
    "empty body": sends(b""),
    "only #Table1": sends(b"#Table1\n"),
    "header without rows": changes(lambda body: b"\n".join(body.split(b"\n")[:2]) + b"\n"),
    "no #Table1": changes(lambda body: body.removeprefix(b"#Table1\n")),
    "cut in the header": changes(lambda body: body[:40]),
    "cut in a row": changes(lambda body: body[: len(body) * 2 // 3]),
    "cut between rows": changes(lambda body: b"\n".join(body.split(b"\n")[:-5]) + b"\n"),
    "cut in the last value": changes(lambda body: body[:-3]),
    "a second table": changes(lambda body: body + b"#Table2\nspecObjID\n1\n"),
    "binary noise": sends(bytes(range(256)) * 20),
    "a row twice": edits(lambda rows: rows.__setitem__(-1, _first_of_rows(rows))),
    "a row too many": edits(lambda rows: rows.append(_first_of_rows(rows))),
    "a short row": edits(lambda rows: _first_of_rows(rows).pop()),
    "a missing column": edits(lambda rows: [row.pop(1) for row in rows]),
    "an extra column": edits(lambda rows: [row.append("1") for row in rows]),
    "a renamed column": edits(lambda rows: rows[0].__setitem__(1, "z1")),
    "text in a numeric column": in_column("ra", lambda _: "far away", slice(2, 3)),
    "ids as floats": in_column("specObjID", lambda value: f"{float(value):.10e}"),
    "specObjID rounded": in_column("specObjID", lambda value: f"{float(value):.14e}".replace(
        ".", "").split("e")[0].ljust(len(value), "0")),
    "bestObjID rounded": in_column("bestObjID", lambda value: str(int(float(value)))),
    "rows of another shard": edits(_move_to_another_shard),
    "a value out of range": in_column("r", lambda _: "181.5", slice(3, 4)),
    "a null id": in_column("specObjID", lambda _: "null", slice(1, 2)),
    "a number of SpecObj null in every fifth row": in_column(
        "mjd", lambda _: "null", slice(1, None, 5)
    ),
    "a magnitude null without its error": in_column("g", lambda _: "null", slice(1, None, 5)),
    "a parameter null without the others": in_column(
        "sppFeH", lambda value: "null" if value != "null" else "-0.5", slice(1, None, 5)
    ),
}  # fmt: skip

# What no second attempt can mend.
FINAL: dict[str, Fault] = {
    "error_message": sends(error_message("Invalid column name 'foo'.")),
    "TOP above the cap": sends(error_message("The maximum number of rows is 500000")),
    "error in HTML": sends(
        b"<html><title>Skyserver Error</title><body>Invalid column name 'foo'.</body></html>"
    ),
    "error with status 500": sends(b"Invalid object name 'SpecObjs'.", 500),
    "status 404": sends(b"not found", 404),
    "status 403": sends(b"<html>Your address is <b>blocked</b></html>", 403),
}
