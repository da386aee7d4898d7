"""What a competitor is: one file with a class whose methods are the scenarios it can do.

A scenario names its method; a class without that method does not take part. The first line of a
method's docstring says which way of the library it uses, and is printed with the results.

    get(key)                         one user
    select(after, limit)             users with a key greater than `after`, by key
    select_plain(after, limit)       only the columns `USER_PLAIN`
    many2one(after, limit)           the same as `select`, and the role of each
    one2many(keys)                   roles by key, and the users of each
    many2many(after, limit)          articles by key, and the tags of each
    nested(keys)                     roles, their users, and the articles of each user
    filter(active, age, role)        users who are active, younger, and whose role has the name
    serialise(key)                   one user as JSON bytes, by a pydantic schema
    insert(rows)                     rows of `NEW_USER`; answers the keys, or None if it cannot
    update(keys, active, age)        the same values in all
    update_distinct(rows)            rows of (key, name, age)
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from bench.data import ROLE, USER, USER_PLAIN


@dataclass(frozen=True, slots=True)
class Place:
    """Where to connect to, and with how many connections."""

    url: str
    pool: int


class Competitor:
    """The base: how to open and close, and how to look into what a method answered."""

    title: ClassVar[str]
    packages: ClassVar[tuple[str, ...]]  # whose versions are told
    concurrent: ClassVar[bool] = True  # whether tasks may share it

    async def open(self, place: Place) -> None:
        """Connect."""
        raise NotImplementedError

    async def close(self) -> None:
        """Disconnect."""

    def column(self, record: Any, name: str) -> Any:
        """Answer a column of a record; for a reference, its key."""
        return getattr(record, name)

    def related(self, parents: Any, record: Any, relation: str) -> Any:
        """Answer what a record of `parents` has in a relation: a record or some."""
        return getattr(record, relation)

    def records(self, answer: Any) -> list[Any]:
        """Answer the records of what a method answered."""
        return list(answer)


@dataclass(slots=True)
class Grouped:
    """How a raw driver's user keeps rows and the rows that belong to them.

    `related` holds by relation the column of a row, and what belongs to each of its values.
    """

    rows: list[Any]
    related: dict[str, tuple[str, dict[Any, Any]]]


def grouped(rows: Iterable[Any], column: str | int) -> dict[Any, list[Any]]:
    """Rows in lists, by a column."""
    groups: defaultdict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return groups


class Raw(Competitor):
    """The base of raw drivers, whose rows are read by column name."""

    def column(self, record: Any, name: str) -> Any:
        """Answer an item of the row."""
        return record[name]

    def records(self, answer: Any) -> list[Any]:
        """Answer the rows."""
        return list(answer.rows if isinstance(answer, Grouped) else answer)

    def related(self, parents: Any, record: Any, relation: str) -> Any:
        """Look it up in the groups."""
        column, groups = parents.related[relation]
        return groups.get(self.column(record, column), ())


_PLACES = {len(columns): columns for columns in (USER, USER_PLAIN, (*USER, *ROLE))}
_FEW = {"id": 0, "name": 1, "title": 1, "description": 2}  # in rows of up to three columns


class Tuples(Raw):
    """The base of raw drivers whose rows are tuples: how long a row is tells its columns."""

    def column(self, record: Any, name: str) -> Any:
        """Answer an item of the tuple."""
        columns = _PLACES.get(len(record))
        return record[columns.index(name) if columns else _FEW[name]]

    def related(self, parents: Any, record: Any, relation: str) -> Any:
        """Look it up in the groups; a row of a JOIN has it after the user."""
        if isinstance(parents, Grouped):
            return super().related(parents, record, relation)
        return record[len(USER) :]
