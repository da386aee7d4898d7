"""The faces of the operations: what a model's methods are called, take and answer."""

from __future__ import annotations

from dotorm.orm.mixins.ddl import DDLMixin
from dotorm.orm.mixins.many2many import OrmMany2manyMixin
from dotorm.orm.mixins.primary import OrmPrimaryMixin
from dotorm.orm.mixins.relations import OrmRelationsMixin

__all__ = ["DDLMixin", "OrmMany2manyMixin", "OrmPrimaryMixin", "OrmRelationsMixin"]
