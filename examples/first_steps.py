"""First steps: tables, many records at once, a search with relations, a transaction."""

import asyncio
import os

import dotorm
from dotorm import Boolean, Char, DotModel, Integer, Many2one, One2many


class Role(DotModel):
    __table__ = "roles"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=100, required=True)
    users: list["User"] = One2many(lambda: User, "role_id")


class User(DotModel):
    __table__ = "users"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=100, required=True)
    email: str | None = Char(max_length=255)
    active: bool = Boolean(default=True)
    role_id: Role = Many2one(lambda: Role, index=True)


async def main() -> None:
    url = os.environ.get("DOTORM_URL", "sqlite://")
    async with dotorm.connect(url, models=[Role, User]) as db:
        await db.create_and_update_tables([Role, User])

        admin = Role(name="admin")
        await Role.create(admin)
        people = [User(name=name, role_id=admin) for name in ("Ada", "Brook", "Chen")]
        print("created", await User.create_bulk(people))

        found = await User.search(
            fields=["name", "role_id"],
            filter=[("active", "=", True), ("role_id", "=", admin)],
            sort="name",
        )
        for user in found:  # the roles came with one statement for all users
            print(user.name, "is", user.role_id.name)

        async with db.transaction():  # commits at its end, rolls back on an exception
            await User.update_bulk(found, User(active=False))
            ada = await User.get_or_raise(found[0].id)
            ada.email = "ada@example.com"
            await ada.update()  # writes the one field that changed

        print("inactive:", await User.search_count([("active", "=", False)]))


asyncio.run(main())
