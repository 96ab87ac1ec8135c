"""Tables that only grow: the SQL of triggers by which the database itself refuses to change or remove a row.

The same statements for SQLite and PostgreSQL are asked for by the migrations of every such table (registrations, the
access log, notes), so that neither a fault in the program nor a hand at the database rewrites what was.
"""

from __future__ import annotations

REFUSED = "is append-only: what was written stays. Add a row instead."


def refusing(table: str, vendor: str) -> list[str]:
    """Statements that make `table` append-only on a database of this kind (`sqlite`, `postgresql`)."""
    if vendor == "postgresql":
        return [
            f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$BEGIN RAISE EXCEPTION '{table} {REFUSED}' USING ERRCODE = 'integrity_constraint_violation'; END$$",
            f"CREATE TRIGGER {table}_refuse BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        ]
    return [
        f"CREATE TRIGGER {table}_refuse_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} {REFUSED}'); END"
        for verb in ("UPDATE", "DELETE")
    ]


def allowing(table: str, vendor: str) -> list[str]:
    """Statements that take the triggers away again: for migrations backwards, and for tests that empty tables."""
    if vendor == "postgresql":
        return [f"DROP TRIGGER IF EXISTS {table}_refuse ON {table}", f"DROP FUNCTION IF EXISTS {table}_refuse()"]
    return [f"DROP TRIGGER IF EXISTS {table}_refuse_{verb}" for verb in ("update", "delete")]
