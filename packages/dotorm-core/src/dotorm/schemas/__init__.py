"""What `dotorm.pydantic` makes its classes from: shapes, and the types of fields."""

from __future__ import annotations

from dotorm.schemas.shapes import Kind, Shape, shape_of
from dotorm.schemas.types import admitted, hidden, presented, taken, taken_key

__all__ = ["Kind", "Shape", "admitted", "hidden", "presented", "shape_of", "taken", "taken_key"]
