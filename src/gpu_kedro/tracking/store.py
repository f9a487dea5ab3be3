"""The local store of records: made where it is missing, and looked at before a run depends on it."""

import sqlite3
from contextlib import closing

from gpu_kedro.resolvers import sqlite_path

#: A run does not wait longer for somebody else who writes.
_SECONDS = 5


class StoreError(Exception):
    """The store cannot be written to; says why and what to do."""


def prepare_store(uri: str) -> str | None:
    """Make the folder of a SQLite store, and see that its file is whole and not locked.

    MLflow would repeat each attempt for two minutes, and then end the run.

    Returns:
        Where the files of new experiments go, beside the database; None when another server decides that.

    Raises:
        StoreError: it cannot be written to.
    """
    database = sqlite_path(uri)
    if database is None:
        return None
    try:
        (database.parent / "artifacts").mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(database, timeout=_SECONDS)) as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if found != "ok":
                raise StoreError(f"{database} is damaged ({found}): move it away, and the next run begins a new one")
            connection.execute("BEGIN IMMEDIATE")
            connection.rollback()
    except sqlite3.DatabaseError as err:
        if "locked" in str(err):
            raise StoreError(f"{database} is locked by another program: end that one") from err
        if isinstance(err, sqlite3.OperationalError):
            raise StoreError(f"{database} cannot be opened ({err}): give this user the right to write there") from err
        raise StoreError(f"{database} is damaged ({err}): move it away, and the next run begins a new one") from err
    except OSError as err:
        raise StoreError(f"{database.parent} cannot be made ({err.strerror})") from err
    return (database.parent / "artifacts").as_uri()
