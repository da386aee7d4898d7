"""Every import path of the contract answers, and each class exists once."""

import importlib
import pickle

import pytest

import dotorm

FIELDS = (
    *("Integer", "BigInteger", "SmallInteger", "Char", "Text", "Boolean", "Float", "Decimal"),
    *("Date", "Time", "Datetime", "JSONField", "Binary"),
    *("Many2one", "One2many", "Many2many", "One2one"),
)

PATHS = [
    ("dotorm", "DotModel"),
    *(("dotorm", name) for name in FIELDS),
    ("dotorm.model", "DotModel"),
    *(("dotorm.fields", name) for name in ("Field", *FIELDS)),
    ("dotorm.exceptions", "DotORMError"),
    ("dotorm.pydantic", "create_schema"),
    ("dotorm.orm.mixins", "OrmPrimaryMixin"),
    ("dotorm.orm.mixins.primary", "OrmPrimaryMixin"),
    ("dotorm.orm.mixins.many2many", "OrmMany2manyMixin"),
    ("dotorm.orm.mixins.relations", "OrmRelationsMixin"),
    ("dotorm.orm.mixins.ddl", "DDLMixin"),
    ("dotorm.builder", "Builder"),
    ("dotorm.builder.builder", "Builder"),
    ("dotorm.builder.request_builder", "RequestBuilder"),
    ("dotorm.builder.request_builder", "RequestBuilderForm"),
    ("dotorm.builder.mixins", "CRUDMixin"),
    ("dotorm.builder.mixins.crud", "CRUDMixin"),
    ("dotorm.builder.mixins.m2m", "Many2manyMixin"),
    ("dotorm.builder.mixins.relations", "RelationsMixin"),
    ("dotorm.components", "POSTGRES"),
    ("dotorm.components", "Dialect"),
    ("dotorm.components", "FilterParser"),
    ("dotorm.components.dialect", "Dialect"),
    ("dotorm.components.filter_parser", "FilterParser"),
    ("dotorm.databases.abstract", "PostgresPoolSettings"),
    ("dotorm.databases.abstract", "ContainerSettings"),
    ("dotorm.databases.abstract.pool", "Pool"),
    ("dotorm.databases.abstract.session", "Session"),
    ("dotorm.databases.abstract.types", "ContainerSettings"),
    ("dotorm.databases.postgres", "ContainerPostgres"),
    ("dotorm.databases.postgres", "ContainerTransaction"),
    ("dotorm.components", "MYSQL"),
    ("dotorm.databases.abstract", "MysqlPoolSettings"),
    ("dotorm.databases.mysql", "ContainerMysql"),
    ("dotorm.databases.mysql", "MysqlPoolSettings"),
    ("dotorm.databases.mysql.pool", "ContainerMysql"),
    ("dotorm.databases.mysql.session", "NoTransactionSession"),
    ("dotorm.databases.mysql.transaction", "ContainerTransaction"),
    ("dotorm.components", "CLICKHOUSE"),
    ("dotorm.databases.abstract", "ClickhousePoolSettings"),
    ("dotorm.databases.clickhouse", "ContainerClickhouse"),
    ("dotorm.databases.clickhouse", "ClickhousePoolSettings"),
    ("dotorm.databases.clickhouse.pool", "ContainerClickhouse"),
    ("dotorm.databases.clickhouse.session", "NoTransactionSession"),
    ("dotorm.databases.postgres.pool", "ContainerPostgres"),
    ("dotorm.databases.postgres.session", "NoTransactionSession"),
    ("dotorm.databases.postgres.session", "TransactionSession"),
    ("dotorm.databases.postgres.transaction", "ContainerTransaction"),
]


@pytest.mark.parametrize(("module", "name"), PATHS, ids=[f"{m}.{n}" for m, n in PATHS])
def test_a_path_answers(module: str, name: str) -> None:
    assert getattr(importlib.import_module(module), name) is not None


@pytest.mark.parametrize("name", ["postgres", "sqlite", "mysql"])
@pytest.mark.parametrize("part", ["", ".pool", ".session", ".transaction", ".settings"])
def test_a_path_is_the_module_of_the_plugin(name: str, part: str) -> None:
    path = importlib.import_module(f"dotorm.databases.{name}{part}")

    assert path is importlib.import_module(f"dotorm_{name}{part}")


def test_a_name_is_one_object_on_every_path() -> None:
    found: dict[str, set[int]] = {}
    for module, name in PATHS:
        found.setdefault(name, set()).add(id(getattr(importlib.import_module(module), name)))

    assert {name for name, objects in found.items() if len(objects) > 1} == set()


def test_a_class_of_a_plugin_can_be_pickled() -> None:
    container = importlib.import_module("dotorm.databases.postgres").ContainerPostgres

    assert pickle.loads(pickle.dumps(container)) is container


def test_an_unknown_backend_says_so() -> None:
    with pytest.raises(ImportError):
        importlib.import_module("dotorm.databases.nosuch")
    with pytest.raises(AttributeError, match="NOSUCH"):
        _ = importlib.import_module("dotorm.components").NOSUCH
    with pytest.raises(AttributeError, match="NosuchPoolSettings"):
        _ = importlib.import_module("dotorm.databases.abstract").NosuchPoolSettings


def test_the_front_door_names_what_it_has() -> None:
    assert all(hasattr(dotorm, name) for name in dotorm.__all__)
