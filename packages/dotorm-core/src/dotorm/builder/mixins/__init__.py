"""What `Builder` is put together from."""

from __future__ import annotations

from dotorm.builder.mixins.crud import CRUDMixin
from dotorm.builder.mixins.m2m import Many2manyMixin
from dotorm.builder.mixins.relations import RelationsMixin

__all__ = ["CRUDMixin", "Many2manyMixin", "RelationsMixin"]
