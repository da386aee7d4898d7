"""The data that everyone reads and writes: their shape, their size, and every row of them.

Rows are made by number, so that each process knows them without being told.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

type Row = tuple[Any, ...]

ROLE = ("id", "name", "description")
USER = ("id", "name", "email", "active", "role_id", "created_at", "age", "note")
USER_PLAIN = tuple(name for name in USER if name not in {"created_at", "role_id"})
ARTICLE = ("id", "title")
TAG = ("id", "name")
LINK = ("article_id", "tag_id")
NEW_USER = USER[1:]

_START = datetime(2024, 1, 1, tzinfo=UTC)
_IN_A_ROW = 10  # neighbours who share a role
_TAGS_EACH = 5


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many rows there are, and how many each scenario takes."""

    users: int = 100_000
    roles: int = 1000
    articles: int = 20_000
    tags: int = 100
    batch: int = 1000  # rows of an ordinary scenario
    many: int = 10_000  # rows of the larger insert
    most: int = 100_000  # rows of the largest insert
    parents: int = 10  # roles whose users are read: each has users / roles of them
    linked: int = 200  # articles whose tags are read
    tasks: int = 50
    pool: int = 10

    def plain(self) -> dict[str, int]:
        """The sizes for JSON."""
        return asdict(self)

    @classmethod
    def tiny(cls) -> Self:
        """Sizes for a test."""
        return cls(200, 20, 40, 10, 20, 30, 40, 2, 8, 5, 2)


def user(number: int, sizes: Sizes) -> Row:
    """The user of a number, without its key; numbers beyond the table are those of new users."""
    return (
        f"user {number}",
        f"user{number}@example.com",
        number % 2 == 0,
        1 + (number - 1) // _IN_A_ROW % sizes.roles,
        _START + timedelta(minutes=number, microseconds=number * 997 % 1_000_000),
        number % 90,
        None if number % 5 == 0 else f"note {number}",
    )


def users(sizes: Sizes) -> Iterator[Row]:
    """All users with their keys."""
    return ((number, *user(number, sizes)) for number in range(1, sizes.users + 1))


def new_users(count: int, sizes: Sizes) -> list[Row]:
    """Users to insert, without keys."""
    return [user(sizes.users + number, sizes) for number in range(1, count + 1)]


def roles(sizes: Sizes) -> Iterator[Row]:
    """All roles with their keys."""
    return ((n, f"role {n}", f"what role {n} may do") for n in range(1, sizes.roles + 1))


def articles(sizes: Sizes) -> Iterator[Row]:
    """All articles with their keys; the first users wrote one each."""
    return ((n, f"article {n}", 1 + (n - 1) % sizes.users) for n in range(1, sizes.articles + 1))


def tags(sizes: Sizes) -> Iterator[Row]:
    """All tags with their keys."""
    return ((n, f"tag {n}") for n in range(1, sizes.tags + 1))


def links(sizes: Sizes) -> Iterator[Row]:
    """Which article has which tags."""
    for article in range(1, sizes.articles + 1):
        for step in range(_TAGS_EACH):
            yield article, 1 + (article * 3 + step * 7) % sizes.tags


def tables(sizes: Sizes) -> dict[str, tuple[tuple[str, ...], Iterator[Row]]]:
    """The columns and rows of every table."""
    return {
        "roles": (ROLE, roles(sizes)),
        "users": (USER, users(sizes)),
        "articles": ((*ARTICLE, "author_id"), articles(sizes)),
        "tags": (TAG, tags(sizes)),
        "article_tags": (LINK, links(sizes)),
    }
