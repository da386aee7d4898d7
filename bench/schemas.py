"""The pydantic schema of those who bring none: a user as a web service answers it."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict


class UserRead(BaseModel):
    """All columns of a user."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    email: str
    active: bool
    role_id: int | None
    created_at: datetime
    age: int
    note: str | None


def as_json(user: Any) -> str:
    """Validate a record by its attributes, or a mapping, and write it."""
    return UserRead.model_validate(user).model_dump_json()
