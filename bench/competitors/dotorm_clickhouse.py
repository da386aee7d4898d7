"""DotORM on ClickHouse, where the client makes the keys."""

from itertools import count
from typing import Any, ClassVar

from bench.competitor import Place
from bench.competitors.clickhouse_raw import FIRST_KEY
from bench.competitors.dotorm_orm import DotORM, User
from bench.data import Row


class DotORMClickhouse(DotORM):
    """The same models; each new record is given its key."""

    packages: ClassVar[tuple[str, ...]] = ("dotorm-core", "dotorm-clickhouse", "asynch")

    async def open(self, place: Place) -> None:
        """Connect."""
        await super().open(place)
        self._keys = count(FIRST_KEY)

    async def insert(self, rows: list[Row]) -> Any:
        """User.create_bulk"""
        keyed = zip(rows, self._keys, strict=False)  # takes a key for each row, and no more
        users = [
            User(
                id=key,
                name=name,
                email=email,
                active=active,
                role_id=role,
                created_at=created_at,
                age=age,
                note=note,
            )
            for (name, email, active, role, created_at, age, note), key in keyed
        ]
        made = await User.create_bulk(users)
        return [row["id"] for row in made]
