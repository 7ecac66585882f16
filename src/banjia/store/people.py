"""The tally's rows: census, persons, digests, exposures, sightings. None of them is in the proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from banjia.store.store import Row, Transaction

FIRST_PERSON = 1
MOST_MARKS = 500  # values in one statement
Way = Literal["country", "route", "form", "basis"]


@dataclass(slots=True)
class CensusRow:
    """The running tally of one entity and year, measured."""

    id: int
    entity: str
    year: int
    revision: int
    next_person: int
    ordinary_low: int
    ordinary_high: int
    sensitive_low: int
    sensitive_high: int


@dataclass(slots=True)
class PersonRow:
    """One recognised person. The counters speak of the whole cluster and stand on its leader (`cluster == id`)."""

    id: int
    cluster: int
    strength: int
    grade: int
    declared_ordinary: int = 0
    declared_sensitive: int = 0
    other_ordinary: int = 0
    other_sensitive: int = 0


_CENSUS = "id, entity, year, revision, next_person, ordinary_low, ordinary_high, sensitive_low, sensitive_high"
_PERSON = "id, cluster, strength, grade, declared_ordinary, declared_sensitive, other_ordinary, other_sensitive"


def census(tx: Transaction, entity: str, year: int) -> CensusRow | None:
    found = tx.rows(f"SELECT {_CENSUS} FROM census WHERE entity = ? AND year = ?", entity, year)  # noqa: S608
    return CensusRow(*found[0]) if found else None


def censuses(tx: Transaction) -> list[CensusRow]:
    return [CensusRow(*r) for r in tx.rows(f"SELECT {_CENSUS} FROM census ORDER BY entity, year")]  # noqa: S608


def claim_census(tx: Transaction, entity: str, year: int) -> CensusRow:
    """The census of the year, made if need be, locked against other processes to the end of the transaction."""
    tx.lock("census")
    row = census(tx, entity, year)
    if row is None:
        number = int(tx.rows("SELECT coalesce(max(id), 0) + 1 FROM census")[0][0])
        row = CensusRow(number, entity, year, 0, FIRST_PERSON, 0, 0, 0, 0)
        tx.run(
            f"INSERT INTO census ({_CENSUS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            row.id,
            entity,
            year,
            0,
            FIRST_PERSON,
            0,
            0,
            0,
            0,
        )
    return row


def save_census(tx: Transaction, row: CensusRow) -> None:
    tx.run(
        """UPDATE census SET revision = ?, next_person = ?, ordinary_low = ?, ordinary_high = ?,
        sensitive_low = ?, sensitive_high = ? WHERE id = ?""",
        row.revision,
        row.next_person,
        row.ordinary_low,
        row.ordinary_high,
        row.sensitive_low,
        row.sensitive_high,
        row.id,
    )


def owners(tx: Transaction, census_id: int, digests: Sequence[bytes]) -> dict[bytes, PersonRow]:
    """Which person each known digest belongs to."""
    columns = ", ".join(f"p.{name}" for name in _PERSON.split(", "))
    found: dict[bytes, PersonRow] = {}
    for start in range(0, len(digests), MOST_MARKS):
        some = digests[start : start + MOST_MARKS]
        marks = ", ".join("?" * len(some))
        query = f"""SELECT s.digest, {columns} FROM subject s JOIN person p ON p.census = s.census AND p.id = s.person
            WHERE s.census = ? AND s.digest IN ({marks})"""  # noqa: S608 - marks and column names only
        found.update((bytes(row[0]), PersonRow(*row[1:])) for row in tx.rows(query, census_id, *some))
    return found


def person(tx: Transaction, census_id: int, number: int) -> PersonRow:
    return PersonRow(*tx.rows(f"SELECT {_PERSON} FROM person WHERE census = ? AND id = ?", census_id, number)[0])  # noqa: S608


def persons(tx: Transaction, census_id: int) -> Iterator[PersonRow]:
    for batch in tx.stream(f"SELECT {_PERSON} FROM person WHERE census = ? ORDER BY id", census_id):  # noqa: S608
        for row in batch:
            yield PersonRow(*row)


def save_persons(tx: Transaction, census_id: int, rows: Sequence[PersonRow]) -> None:
    tx.many(
        f"""INSERT INTO person (census, {_PERSON}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (census, id) DO UPDATE SET
        cluster = excluded.cluster, strength = excluded.strength, grade = excluded.grade,
        declared_ordinary = excluded.declared_ordinary, declared_sensitive = excluded.declared_sensitive,
        other_ordinary = excluded.other_ordinary, other_sensitive = excluded.other_sensitive""",  # noqa: S608
        [
            (
                census_id,
                r.id,
                r.cluster,
                r.strength,
                r.grade,
                r.declared_ordinary,
                r.declared_sensitive,
                r.other_ordinary,
                r.other_sensitive,
            )
            for r in rows
        ],
    )


def save_digests(tx: Transaction, census_id: int, digests: Mapping[bytes, int]) -> None:
    tx.many(
        "INSERT INTO subject (census, digest, person) VALUES (?, ?, ?)",
        [(census_id, digest, number) for digest, number in digests.items()],
    )


def save_exposures(tx: Transaction, census_id: int, rows: Sequence[Row]) -> None:
    """Rows are (person, country, route, class, form, basis, first_at). A known exposure keeps its first time."""
    tx.many(
        "INSERT INTO exposure VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", [(census_id, *r) for r in rows]
    )


def save_sightings(tx: Transaction, census_id: int, rows: Sequence[Row]) -> None:
    """Rows are (person, log, index)."""
    tx.many("INSERT INTO sighting VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", [(census_id, *r) for r in rows])


def regroup(tx: Transaction, census_id: int, old: int, new: int) -> None:
    tx.run("UPDATE person SET cluster = ? WHERE census = ? AND cluster = ?", new, census_id, old)


def absorb(tx: Transaction, census_id: int, gone: int, kept: int) -> None:
    """Everything known of one person becomes the other's."""
    tx.run("UPDATE subject SET person = ? WHERE census = ? AND person = ?", kept, census_id, gone)
    tx.run(
        """INSERT INTO exposure SELECT census, ?, country, route, class, form, basis, first_at FROM exposure
        WHERE census = ? AND person = ?
        ON CONFLICT (census, person, country, route, class, form, basis) DO UPDATE SET first_at =
        CASE WHEN excluded.first_at < exposure.first_at THEN excluded.first_at ELSE exposure.first_at END""",
        kept,
        census_id,
        gone,
    )
    tx.run(
        """INSERT INTO sighting SELECT census, ?, log, idx FROM sighting WHERE census = ? AND person = ?
        ON CONFLICT DO NOTHING""",
        kept,
        census_id,
        gone,
    )
    for table, column in (("exposure", "person"), ("sighting", "person"), ("person", "id")):
        tx.run(f"DELETE FROM {table} WHERE census = ? AND {column} = ?", census_id, gone)  # noqa: S608


def forget(tx: Transaction, census_id: int, number: int) -> None:
    """Remove what could recognise the person or lead from them to an entry; that someone was counted remains."""
    tx.run("DELETE FROM subject WHERE census = ? AND person = ?", census_id, number)
    tx.run("DELETE FROM sighting WHERE census = ? AND person = ?", census_id, number)


def exposures(tx: Transaction, census_id: int, number: int) -> list[Row]:
    """(country, route, class, form, basis, first_at) of one person."""
    return tx.rows(
        """SELECT country, route, class, form, basis, first_at FROM exposure WHERE census = ? AND person = ?
        ORDER BY first_at, country, route, class""",
        census_id,
        number,
    )


def sightings(tx: Transaction, census_id: int, number: int) -> list[tuple[int, int]]:
    """(log, index) of the entries that concern one person."""
    found = tx.rows(
        "SELECT log, idx FROM sighting WHERE census = ? AND person = ? ORDER BY log, idx", census_id, number
    )
    return [(r[0], r[1]) for r in found]


def seen_in(tx: Transaction, log: int, index: int, route: str) -> list[Row]:
    """Whom one entry concerns: (census, person, cluster or None where not identified, whether ever sensitive there)."""
    return tx.rows(
        """SELECT s.census, s.person, CASE WHEN p.strength > 0 THEN p.cluster END, EXISTS (
            SELECT 1 FROM exposure e
            WHERE e.census = s.census AND e.person = s.person AND e.route = ? AND e.class = 'sensitive'
        ) FROM sighting s JOIN person p ON p.census = s.census AND p.id = s.person WHERE s.log = ? AND s.idx = ?""",
        route,
        log,
        index,
    )


def routes(tx: Transaction) -> set[str]:
    """The routes by which anybody's data left."""
    return {row[0] for row in tx.rows("SELECT DISTINCT route FROM exposure")}


def year_key(tx: Transaction, year: int) -> tuple[str, bool] | None:
    """Fingerprint of the year's subject key, and whether it was destroyed."""
    found = tx.rows("SELECT fingerprint, destroyed FROM year_key WHERE year = ?", year)
    return (found[0][0], bool(found[0][1])) if found else None


def save_year_key(tx: Transaction, year: int, fingerprint: str, *, destroyed: bool = False) -> None:
    tx.run(
        "INSERT INTO year_key VALUES (?, ?, ?) ON CONFLICT (year) DO UPDATE SET destroyed = excluded.destroyed",
        year,
        fingerprint,
        int(destroyed),
    )


def grades(tx: Transaction, census_id: int) -> dict[int, int]:
    """Person -> 2 where something sensitive left without an exemption, 1 where only ordinary, 0 where all is exempt."""
    found: dict[int, int] = {}
    query = """SELECT person, max(CASE WHEN basis <> '' THEN 0 WHEN class = 'sensitive' THEN 2 ELSE 1 END) FROM exposure
        WHERE census = ? GROUP BY person"""
    for batch in tx.stream(query, census_id):
        found.update((r[0], r[1]) for r in batch)
    return found


def ways(tx: Transaction, census_id: int, by: tuple[Way, ...], *, exempt: bool) -> Iterator[Row]:
    """(what `by` names, then strength, cluster, gravest class: 1 ordinary, 2 sensitive) of each person on each way."""
    columns = ", ".join(f"e.{name}" for name in by)
    query = f"""SELECT {columns}, p.strength, p.cluster, max(CASE WHEN e.class = 'sensitive' THEN 2 ELSE 1 END)
        FROM exposure e JOIN person p ON p.census = e.census AND p.id = e.person
        WHERE e.census = ? AND (e.basis <> '') = ? GROUP BY {columns}, e.person, p.strength, p.cluster
        ORDER BY {columns}"""  # noqa: S608 - column names of our own
    for batch in tx.stream(query, census_id, exempt):
        yield from batch


def newcomers(tx: Transaction, census_id: int, since: int) -> tuple[int, int]:
    """Persons, ordinary and sensitive, whose first export that counts was at that moment or later."""
    query = """SELECT count(*), coalesce(sum(grave), 0) FROM (
        SELECT max(CASE WHEN class = 'sensitive' THEN 1 ELSE 0 END) AS grave FROM exposure
        WHERE census = ? AND basis = '' GROUP BY person HAVING min(first_at) >= ?) AS fresh"""
    count, sensitive = tx.rows(query, census_id, since)[0]
    return int(count) - int(sensitive), int(sensitive)
