"""Settings and approvals that all gateways on one store share: who said so, and when."""

from __future__ import annotations

from dataclasses import dataclass

from banjia.store.store import Store, Transaction


@dataclass(frozen=True, slots=True)
class Setting:
    name: str
    value: str
    by: str
    at: int  # milliseconds since 1970, UTC


@dataclass(frozen=True, slots=True)
class Approval:
    subject: str  # what is approved: the hash of a policy
    by: str
    reason: str
    at: int


def put_setting(store: Store, setting: Setting) -> None:
    with store.transaction() as tx:
        put(tx, setting)


def put(tx: Transaction, setting: Setting) -> None:
    """As `put_setting`, within a transaction."""
    tx.run(
        """INSERT INTO setting (name, value, by, at) VALUES (?, ?, ?, ?) ON CONFLICT (name)
        DO UPDATE SET value = excluded.value, by = excluded.by, at = excluded.at""",
        setting.name,
        setting.value,
        setting.by,
        setting.at,
    )


def first(store: Store, setting: Setting) -> bool:
    """Put a setting that is not there yet; False where it is."""
    with store.transaction() as tx:
        return (
            tx.run(
                "INSERT INTO setting (name, value, by, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                setting.name,
                setting.value,
                setting.by,
                setting.at,
            )
            == 1
        )


def drop_setting(tx: Transaction, name: str) -> bool:
    return tx.run("DELETE FROM setting WHERE name = ?", name) == 1


def settings_under(tx: Transaction, prefix: str) -> list[Setting]:
    """The settings whose names begin so, by name."""
    found = tx.rows("SELECT name, value, by, at FROM setting ORDER BY name")
    return [Setting(*row) for row in found if row[0].startswith(prefix)]


def get_setting(store: Store, name: str) -> Setting | None:
    with store.snapshot() as tx:
        found = tx.rows("SELECT name, value, by, at FROM setting WHERE name = ?", name)
    return Setting(*found[0]) if found else None


def approve(store: Store, approval: Approval) -> bool:
    """Keep the first approval of a subject; False where there is one already."""
    with store.transaction() as tx:
        return (
            tx.run(
                "INSERT INTO approval (subject, by, reason, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                approval.subject,
                approval.by,
                approval.reason,
                approval.at,
            )
            == 1
        )


def approval_of(store: Store, subject: str) -> Approval | None:
    with store.snapshot() as tx:
        found = tx.rows("SELECT subject, by, reason, at FROM approval WHERE subject = ?", subject)
    return Approval(*found[0]) if found else None


def approvals(store: Store) -> list[Approval]:
    with store.snapshot() as tx:
        return [Approval(*r) for r in tx.rows("SELECT subject, by, reason, at FROM approval ORDER BY at, subject")]
