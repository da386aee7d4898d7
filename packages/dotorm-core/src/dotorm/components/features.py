"""What a backend promises: one value that the code, the tests and the docs read."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Features"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """The abilities of a backend; every flag is off until the backend declares it.

    Attributes:
        returning: INSERT … RETURNING answers columns of the new rows.
        autoincrement: The database makes integer keys by itself.
        bulk_keys: It tells those that it made for many rows of one INSERT.
        transactions: BEGIN, COMMIT and ROLLBACK mean what SQL says.
        savepoints: A transaction can be rolled back to a point inside it.
        transactional_ddl: CREATE and ALTER are undone by ROLLBACK.
        read_only_transactions: The database itself refuses writes in a read-only transaction.
        isolation_levels: The levels a transaction may ask for, in lower case.
        foreign_keys: References between tables are enforced.
        unique_constraints: Uniqueness is enforced.
        alter_constraints: Constraints can be added to a table that exists.
        upsert: INSERT … ON CONFLICT updates the row that is there, or leaves it.
        row_locks: SELECT … FOR UPDATE, NOWAIT and SKIP LOCKED.
        streaming: Rows can be read in portions while the statement runs.
        counts_writes: UPDATE and DELETE tell how many rows they found.
        required_values: A row without a value for a required column is refused.
        arrays: A column can hold several values of one type.
        null_arrays: Such a column can be NULL, which is not an empty list.
        window_functions: ROW_NUMBER() OVER (PARTITION BY …).
        list_parameters: A list of any length is bound as one parameter.
        max_parameters: The most values that one statement can bind.
        max_identifier_bytes: The longest name, in bytes of UTF-8.
    """

    returning: bool = False
    autoincrement: bool = False
    bulk_keys: bool = False
    transactions: bool = False
    savepoints: bool = False
    transactional_ddl: bool = False
    read_only_transactions: bool = False
    isolation_levels: frozenset[str] = frozenset()
    foreign_keys: bool = False
    unique_constraints: bool = False
    alter_constraints: bool = False
    upsert: bool = False
    row_locks: bool = False
    streaming: bool = False
    counts_writes: bool = False
    required_values: bool = False
    arrays: bool = False
    null_arrays: bool = False
    window_functions: bool = False
    list_parameters: bool = False
    max_parameters: int = 999
    max_identifier_bytes: int = 63
