"""SkyServer: one question through astroquery, asked until it is answered as it must be.

SkyServer answers errors, maintenance and its limits with status 200, cuts long answers in silence,
and breaks off. So the raw answer is looked at before it is parsed, parsed with the types that were
asked for, and checked against what is known of it beforehand.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pyarrow as pa

from stellar import files
from stellar.errors import UserError
from stellar.survey.sdss import WrongTableError

if TYPE_CHECKING:
    import tenacity

log = logging.getLogger("stellar")

LONGEST_QUERY = 2048  # characters of a URL's query string: the limit of SkyServer's web server
LONGEST_WAIT = 120.0  # seconds between two attempts
_PROVENANCE = b"skyserver"  # schema metadata: where an answer comes from
_THROTTLED = re.compile(r"queries allowed per minute", re.I)
_SLOW = re.compile(r"time.?out|timed out|maximum.*(time|execution)", re.I)
_PASSING = re.compile(r"deadlock|try again", re.I)
_MISTAKE = re.compile(r"invalid (column|object) name|incorrect syntax", re.I)
_LATER = "run the same command again later"
_FASTER = "raise survey.shards if that lasts (or drop photometric cuts if it is the count)"


Types = Mapping[str, pa.DataType] | None  # of the columns asked for; None: any, as text


class BusyError(Exception):
    """SkyServer does not answer now: how it failed, and what to do."""

    def __init__(self, text: str, advice: str = _LATER) -> None:
        super().__init__(text)
        self.advice = advice


@dataclass(frozen=True)
class Server:
    """Where to ask, and how patiently.

    Attributes
    ----------
    url, release
        Address of SkyServer, and SDSS data release.
    timeout : float
        Seconds without a byte after which an attempt has failed.
    attempts : int
        How often a question is asked at most.
    pause : float
        Least seconds between two questions; the waits after failures double from there.
    """

    url: str
    release: int
    timeout: float
    attempts: int
    pause: float = 1.0


def ask(
    server: Server,
    sql: str,
    types: Types,
    check: Callable[[pa.Table], object],
    answers: Path,
) -> pa.Table:
    """The table that answers a query; from `answers` if it was asked before.

    Parameters
    ----------
    sql : str
        One SELECT; its columns are those of `types`.
    types : mapping of str to pyarrow.DataType, or None
        None: the columns may be any, and are text.
    check : callable
        Raises WrongTableError if the table cannot be what was asked for.
    answers : Path
        Folder that keeps each answer, so that the archive is never asked twice.

    Returns
    -------
    pyarrow.Table
        With its provenance in the schema's metadata, see `provenance`.

    Raises
    ------
    UserError
        SkyServer refuses, or does not answer rightly within `server.attempts`.
    """
    query = " ".join(sql.split())
    key = json.dumps(
        [server.url, server.release, query, {k: str(t) for k, t in (types or {}).items()}]
    )
    kept = answers / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.parquet"
    if kept.is_file():
        table = files.read_table(kept)
        try:
            check(table)
        except WrongTableError as error:
            log.info("the answer of %s is of no use: %s", provenance(table)["date"], error)
        else:
            log.info("answered before, on %s: %d rows", provenance(table)["date"], table.num_rows)
            return table
    table = _persist(server, query, types, check)
    files.write_table(kept, table)
    return table


def provenance(table: pa.Table) -> dict[str, object]:
    """Where an answer comes from: sql, url, release, date (UTC), bytes and sha256 of its body."""
    return dict(json.loads(table.schema.metadata[_PROVENANCE]))


def origin(answer: pa.Table, shard: Path) -> dict[str, object]:
    """Where a shard's file comes from: the query, the answer's size, the file's rows and hash.

    Parameters
    ----------
    answer : pyarrow.Table
        What `ask` gave.
    shard : Path
        What was made of it.
    """
    known = provenance(answer)
    return {
        **{key: known[key] for key in ("sql", "release", "url", "date")},
        "answer": {key: known[key] for key in ("bytes", "sha256")},
        "rows": files.number_of_rows(shard),
        "sha256": hashlib.sha256(shard.read_bytes()).hexdigest(),
    }


def _persist(
    server: Server,
    query: str,
    types: Types,
    check: Callable[[pa.Table], object],
) -> pa.Table:
    """Ask until the answer is right: again after a failure, later and later."""
    import tenacity

    complaints: list[str] = []

    def may_mend(error: BaseException) -> bool:
        # A wrong table may be an accident; the same one twice is how SkyServer answers.
        complaints.append(str(error))
        again = complaints[-2:] == [str(error)] * 2
        return isinstance(error, BusyError) or (isinstance(error, WrongTableError) and not again)

    def tell(state: tenacity.RetryCallState) -> None:
        log.warning(  # for who waits at a terminal
            "attempt %d of %d: %s; again in %.1f s",
            state.attempt_number, server.attempts, complaints[-1], state.upcoming_sleep,
        )  # fmt: skip

    retrying = tenacity.Retrying(
        stop=tenacity.stop_after_attempt(server.attempts),
        wait=waiting(server.pause),
        retry=tenacity.retry_if_exception(may_mend),
        before_sleep=tell,
        reraise=True,
    )
    try:
        return retrying(_attempt, server, query, types, check)
    except (BusyError, WrongTableError) as error:
        raise UserError(
            f"SkyServer at {server.url} gave no right answer (attempt {len(complaints)}): "
            f"{error}; {error.advice}"
        ) from None
    finally:
        time.sleep(server.pause)  # before the next job's question


def waiting(pause: float) -> tenacity.wait.wait_base:
    """Seconds before the next attempt: `pause`, doubled each time, and up to `pause` by chance."""
    import tenacity

    return tenacity.wait_exponential_jitter(multiplier=pause, max=LONGEST_WAIT, jitter=pause)


def _attempt(
    server: Server,
    query: str,
    types: Types,
    check: Callable[[pa.Table], object],
) -> pa.Table:
    start = time.perf_counter()
    body = _request(server, query)
    table = read(body, types)
    check(table)
    seconds = time.perf_counter() - start
    log.info(
        "%d rows, %.1f MB in %.1f s: %.0f rows/s",
        table.num_rows, len(body) / 1e6, seconds, table.num_rows / seconds,
    )  # fmt: skip
    origin = {
        "sql": query,
        "url": server.url,
        "release": server.release,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "bytes": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    return table.replace_schema_metadata({_PROVENANCE: json.dumps(origin).encode()})


def _request(server: Server, query: str) -> bytes:
    """The body of SkyServer's answer.

    Raises
    ------
    BusyError
        No answer, or one that another attempt may better.
    UserError
        There is no such service.
    """
    import requests
    from astroquery.sdss import SDSS, conf

    form = {"cmd": query, "format": "csv", "searchtool": "SQL"}
    if len(urlencode(form)) > LONGEST_QUERY:
        raise UserError(
            f"the query is longer than the {LONGEST_QUERY} characters that SkyServer takes; "
            "use fewer cuts under survey.sdss"
        )
    with conf.set_temp("skyserver_baseurl", server.url):
        try:
            # Not query_sql: its parser takes an HTML page for a table or a file name.
            response = SDSS.query_sql_async(
                query, timeout=server.timeout, data_release=server.release, cache=False
            )
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema):
            raise UserError(f"survey.sdss.url {server.url} is no address; correct it") from None
        except (requests.RequestException, OSError) as error:
            slow = isinstance(error, requests.Timeout) or _SLOW.search(str(error))
            raise BusyError(
                f"no whole answer ({type(error).__name__})",
                f"{_LATER}; {_FASTER}" if slow else _LATER,
            ) from None
    status, body = response.status_code, bytes(response.content)
    if status == requests.codes.ok:
        return body
    if status >= 500 or status in (requests.codes.request_timeout, requests.codes.too_many):
        raise _failure(f"status {status}", body)
    if status in (requests.codes.not_found, requests.codes.gone):
        raise UserError(
            f"SkyServer at {server.url} has no such service (status {status}); correct "
            "survey.sdss.url or survey.sdss.release"
        )
    raise UserError(
        f"SkyServer at {server.url} refuses (status {status}: {_gist(body)!r}); if that is a "
        "firewall's answer, ask from another network, else check survey.sdss"
    )


def _gist(body: bytes) -> str:
    """What a web page or an error says, in a few words."""
    text = re.sub(
        r"(?is)<(script|style).*?</\1>|<[^>]*>", " ", body[:20_000].decode(errors="replace")
    )
    return " ".join(text.split())[:200]


def _failure(what: str, body: bytes) -> BusyError | UserError:
    """The error for an answer that is an error's text: one that may pass, or a refusal."""
    said = _gist(body)
    # What stands before the query, which some errors repeat.
    words = re.split(r"\bSELECT\b", said)[0]
    if _MISTAKE.search(words):
        return UserError(f"SkyServer refuses the query: {said!r}; check survey.sdss")
    advice = f"{_LATER}; {_FASTER}" if _SLOW.search(words) else _LATER
    return BusyError(f"{what}: {said!r}", advice)


def _as_text(header: str) -> dict[str, pa.DataType]:
    from csv import reader

    return dict.fromkeys(next(iter(reader([header])), []), pa.string())


def read(body: bytes, types: Types) -> pa.Table:
    """Parse SkyServer's answer: `#Table1`, a header, rows; `null` is missing.

    Parameters
    ----------
    types : mapping of str to pyarrow.DataType, or None
        The columns, in order; each is parsed as its type and nothing else. None: text of any.

    Raises
    ------
    BusyError
        A page of HTML, the limit of queries, or a query that took too long.
    WrongTableError
        Something else than these columns, whole rows and these types.
    UserError
        SkyServer refuses the query.
    """
    from pyarrow import csv

    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongTableError("it is no text") from None
    start = text[:2000].lstrip()
    if start.startswith("<"):
        raise _failure("a web page instead of a table", body)
    if _THROTTLED.search(start):
        raise BusyError("too many queries in a minute")
    header, _, rows = start.removeprefix("#Table1").lstrip("\r\n").partition("\n")
    if header.strip().strip('"') == "error_message":
        said = re.split(r"\bSELECT\b", rows)[0]
        if _SLOW.search(said) or _PASSING.search(said):
            raise _failure("error_message", rows.encode())
        message = " ".join(rows.split())[:300].strip('"')
        raise UserError(f"SkyServer refuses the query: {message!r}; check survey.sdss")
    if not start.startswith("#Table1"):
        raise WrongTableError(f"it does not begin with #Table1 but {start[:40]!r}")
    types = types or _as_text(header)
    content = text.lstrip().removeprefix("#Table1").lstrip("\r\n").encode()
    try:
        table = csv.read_csv(
            io.BytesIO(content),
            read_options=csv.ReadOptions(use_threads=False),  # else errors name no row
            convert_options=csv.ConvertOptions(
                column_types=dict(types),
                null_values=["null", "NULL", ""],
                strings_can_be_null=True,
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
        raise WrongTableError(f"it cannot be read ({str(error).splitlines()[0][:200]})") from None
    if sorted(table.column_names) != sorted(types):
        missing = [name for name in types if name not in table.column_names]
        extra = [name for name in table.column_names if name not in types]
        raise WrongTableError(
            f"its columns are not those asked for (missing: {', '.join(missing) or 'none'}; "
            f"not asked for: {', '.join(extra) or 'none'})",
            "check survey.sdss.release",
        )
    return table.select(list(types))
