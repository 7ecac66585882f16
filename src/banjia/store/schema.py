"""Schema: the tables, as numbered migrations in one text for both engines."""

from __future__ import annotations

from typing import Literal

Engine = Literal["sqlite", "postgresql"]

APPLICATION_ID = 0x42414E4A  # "BANJ", in the header of an SQLite file

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL){plain}",
        # the proof: everything in these three tables is covered by a signature
        """CREATE TABLE log (
            id INTEGER PRIMARY KEY, origin TEXT NOT NULL, size INTEGER NOT NULL, peaks BLOB NOT NULL, head TEXT NOT NULL
        ){plain}""",
        """CREATE TABLE entry (
            log INTEGER NOT NULL, idx INTEGER NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL,
            salt BLOB, body TEXT, leaf BLOB NOT NULL, PRIMARY KEY (log, idx)
        ){keyed}""",
        "CREATE UNIQUE INDEX entry_id ON entry (id)",
        "CREATE INDEX entry_at ON entry (at)",
        """CREATE TABLE checkpoint (
            log INTEGER NOT NULL, size INTEGER NOT NULL, note TEXT NOT NULL, PRIMARY KEY (log, size)
        ){keyed}""",
        # subjects: outside the proof, so that one person can be erased
        """CREATE TABLE year_key (
            year INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL, destroyed INTEGER NOT NULL
        ){plain}""",
        """CREATE TABLE census (
            id INTEGER PRIMARY KEY, entity TEXT NOT NULL, year INTEGER NOT NULL,
            revision INTEGER NOT NULL, next_person INTEGER NOT NULL,
            ordinary_low INTEGER NOT NULL, ordinary_high INTEGER NOT NULL,
            sensitive_low INTEGER NOT NULL, sensitive_high INTEGER NOT NULL, UNIQUE (entity, year)
        ){plain}""",
        """CREATE TABLE subject (
            census INTEGER NOT NULL, digest BLOB NOT NULL, person INTEGER NOT NULL, PRIMARY KEY (census, digest)
        ){keyed}""",
        "CREATE INDEX subject_person ON subject (census, person)",
        """CREATE TABLE person (
            census INTEGER NOT NULL, id INTEGER NOT NULL, cluster INTEGER NOT NULL,
            strength INTEGER NOT NULL, grade INTEGER NOT NULL,
            declared_ordinary INTEGER NOT NULL, declared_sensitive INTEGER NOT NULL,
            other_ordinary INTEGER NOT NULL, other_sensitive INTEGER NOT NULL, PRIMARY KEY (census, id)
        ){keyed}""",
        "CREATE INDEX person_cluster ON person (census, cluster)",
        """CREATE TABLE exposure (
            census INTEGER NOT NULL, person INTEGER NOT NULL, country TEXT NOT NULL, route TEXT NOT NULL,
            class TEXT NOT NULL, form TEXT NOT NULL, basis TEXT NOT NULL, first_at INTEGER NOT NULL,
            PRIMARY KEY (census, person, country, route, class, form, basis)
        ){keyed}""",
        """CREATE TABLE sighting (
            census INTEGER NOT NULL, person INTEGER NOT NULL, log INTEGER NOT NULL, idx INTEGER NOT NULL,
            PRIMARY KEY (census, person, log, idx)
        ){keyed}""",
        "CREATE INDEX sighting_entry ON sighting (log, idx)",
        # shared state of the gateways
        """CREATE TABLE expiring (
            space TEXT NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL, until INTEGER NOT NULL,
            PRIMARY KEY (space, name)
        ){keyed}""",
        "CREATE INDEX expiring_until ON expiring (until)",
        """CREATE TABLE lease (
            queue TEXT NOT NULL, name TEXT NOT NULL, holder TEXT NOT NULL, until INTEGER NOT NULL,
            done INTEGER NOT NULL, state TEXT NOT NULL, PRIMARY KEY (queue, name)
        ){keyed}""",
        """CREATE TABLE setting (
            name TEXT PRIMARY KEY, value TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL
        ){plain}""",
        """CREATE TABLE approval (
            subject TEXT PRIMARY KEY, by TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL
        ){plain}""",
    ),
)

VERSION = len(MIGRATIONS)


def statements(engine: Engine, since: int) -> list[str]:
    """The statements that bring a store from version `since` to the present one."""
    return [translated(s, engine) for group in MIGRATIONS[since:] for s in group]


def translated(statement: str, engine: Engine) -> str:
    if engine == "sqlite":
        return statement.replace("{plain}", " STRICT").replace("{keyed}", " STRICT, WITHOUT ROWID")
    for ours, theirs in (("{plain}", ""), ("{keyed}", ""), (" INTEGER", " BIGINT"), (" BLOB", " BYTEA")):
        statement = statement.replace(ours, theirs)
    return statement
