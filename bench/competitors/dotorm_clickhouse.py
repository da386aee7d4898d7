"""DotORM on ClickHouse, where the client makes the keys."""

from itertools import count
from typing import Any, ClassVar

from bench.competitor import Place
from bench.competitors.asynch_raw import FIRST_KEY
from bench.competitors.dotorm_orm import DotORM, User
from bench.data import USER, Row


class DotORMClickhouse(DotORM):
    """The same models; each new record is given its key."""

    packages: ClassVar[tuple[str, ...]] = ("dotorm-core", "dotorm-clickhouse", "asynch")

    async def open(self, place: Place) -> None:
        """Connect."""
        await super().open(place)
        self._keys = count(FIRST_KEY)

    async def insert(self, rows: list[Row]) -> Any:
        """User.create_bulk"""
        keyed = zip(self._keys, rows, strict=False)
        made = await User.create_bulk(
            [User(**dict(zip(USER, (key, *row), strict=True))) for key, row in keyed]
        )
        return [row["id"] for row in made]
