"""`DotModel`: the base of all models, and the metaclass that makes them."""

from __future__ import annotations

from difflib import get_close_matches
from keyword import iskeyword
from types import MethodType
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

from dotorm import plugins
from dotorm.builder import Builder, lay_out
from dotorm.components.dialect import Dialect
from dotorm.components.filter_parser import shown, suggestion
from dotorm.containers import Container
from dotorm.databases.abstract.given import a_pool
from dotorm.exceptions import ConfigurationError
from dotorm.field_types import Field, key_value
from dotorm.field_types.relations import forget_targets
from dotorm.meta import ModelMeta
from dotorm.orm.mixins import (
    DDLMixin,
    OrmMany2manyMixin,
    OrmPrimaryMixin,
    OrmRelationsMixin,
)
from dotorm.records import begin, lacking, make_init, record_json

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from dotorm.builder import RowPlan
    from dotorm.databases.abstract import Pool, Session
    from dotorm.ddl import TableOptions

__all__ = ["DotModel", "ModelType"]

# Taken out of a class body: they live in ModelMeta, and the class answers them from there. Plain
# class attributes that are rewritten often exhaust CPython's type versions and slow every record.
_BINDINGS = ("_dialect", "_pool", "_no_transaction")
_OPTIONS = ("__table__", "__indexes__", "__unique__", "__storage__", *_BINDINGS)


@dataclass_transform(kw_only_default=True, eq_default=False)
class ModelType(type):
    """Makes models: takes the fields out of the class body and into a `ModelMeta`."""

    __meta__: ModelMeta

    def __new__(
        mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any
    ) -> ModelType:
        """A model from its class body."""
        own = {n: value for n, value in namespace.items() if isinstance(value, Field)}
        given = {n: namespace[n] for n in _OPTIONS if n in namespace}
        body = {n: v for n, v in namespace.items() if n not in own and n not in given}
        cls = super().__new__(mcls, name, bases, body, **options)
        fields = _inherited(cls)
        _check_names(cls, own, fields, body)
        fields.update(own)
        cls.__meta__ = meta = _meta(cls, fields, given)
        for option in given.keys() & set(_BINDINGS):
            setattr(cls, option, given[option])
        if sum("__getattr__" in vars(base) for base in cls.__mro__) > 1:
            cls._plan = cls._row = None  # its own __getattr__ need not ask ours
        if not meta.is_abstract:
            meta.key_fields()
            if "__init__" not in body:
                cls.__init__ = make_init(meta)  # type: ignore[misc]
            lay_out(cls, meta.fields)
            forget_targets()
            plugins.model_ready(cls, meta)
        return cls

    # Type checkers know the fields, and must not think that any other name is there.
    if not TYPE_CHECKING:

        def __getattr__(cls, name: str) -> Any:
            if not name.startswith("_"):
                meta: ModelMeta = cls.__meta__
                field = meta.fields.get(name)
                if field is not None:
                    return field.at_class()
                hint = suggestion(name, meta.fields)
                raise AttributeError(
                    f"{cls.__name__} has no attribute {name!r}{hint}", name=name, obj=cls
                )
            raise AttributeError(f"{cls.__name__} has no attribute {name!r}", name=name, obj=cls)

    def __setattr__(cls, name: str, value: Any) -> None:
        if isinstance(value, Field):
            raise ConfigurationError(f"{cls.__name__}.{name}: fields are given in the class body")
        super().__setattr__(name, value)

    def __dir__(cls) -> Iterable[str]:
        return [*super().__dir__(), *cls.__meta__.fields]

    @property
    def __table__(cls) -> str:
        """The table's name."""
        return cls.__meta__.table

    @property
    def _pool(cls) -> Pool | None:
        """The pool that the model is bound to."""
        pool: Pool | None = cls.__meta__.bound_pool()
        return pool

    @_pool.setter
    def _pool(cls, pool: Pool | None) -> None:
        cls.__meta__.pool = None if pool is None else a_pool(pool, f"{cls.__name__}._pool")

    @property
    def _no_transaction(cls) -> Callable[[Pool], Session] | None:
        """What makes a session of the pool."""
        factory: Callable[[Pool], Session] | None = cls.__meta__.no_transaction
        return factory

    @_no_transaction.setter
    def _no_transaction(cls, factory: Callable[[Pool], Session] | None) -> None:
        if isinstance(factory, MethodType) and isinstance(factory.__self__, Container):
            raise ConfigurationError(f"{cls.__name__}._no_transaction: call {factory.__name__}()")
        if factory is not None and not callable(factory):
            raise ConfigurationError(
                f"{cls.__name__}._no_transaction takes what makes a session of a pool, not "
                f"{shown(factory)}: give container.get_no_transaction_session()"
            )
        cls.__meta__.no_transaction = factory

    @property
    def _dialect(cls) -> Dialect | None:
        """The dialect of the database that the model is bound to, else the one it was given."""
        pool = cls._pool
        dialect: Dialect | None = cls.__meta__.given_dialect() if pool is None else pool.dialect
        return dialect

    @_dialect.setter
    def _dialect(cls, dialect: Dialect | None) -> None:
        if dialect is not None and not isinstance(dialect, Dialect):
            raise ConfigurationError(
                f"{cls.__name__}._dialect takes a Dialect, not {shown(dialect)}"
            )
        cls.__meta__.dialect = dialect

    @property
    def _builder(cls) -> Builder:
        """Shows the model's statements.

        Raises:
            ConfigurationError: The model has no dialect and is bound to no database.
        """
        dialect = cls._dialect
        if dialect is None:
            raise ConfigurationError(
                f"{cls.__name__} has no dialect: bind it to a database, or give it _dialect"
            )
        return Builder.of(cls.__meta__, dialect)


def _meta(cls: type, fields: dict[str, Field[Any]], given: dict[str, Any]) -> ModelMeta:
    """What is known of a class that was made."""
    return ModelMeta(
        cls.__name__,
        given.get("__table__"),
        fields,
        model=cls,
        indexes=given.get("__indexes__", ()),
        unique=given.get("__unique__", ()),
        storage=given.get("__storage__", ()),
        bases=tuple(base.__meta__ for base in cls.__mro__[1:] if isinstance(base, ModelType)),
    )


def _inherited(cls: type) -> dict[str, Field[Any]]:
    """The fields of the bases, the nearest base winning."""
    fields: dict[str, Field[Any]] = {}
    for base in reversed(cls.__mro__[1:]):
        if isinstance(base, ModelType):
            fields.update(base.__meta__.fields)
            continue
        for name, value in vars(base).items():
            if isinstance(value, Field):
                raise ConfigurationError(
                    f"{cls.__name__}: {base.__name__}.{name} is a field in a class that is no "
                    f"model; derive {base.__name__} from DotModel, without __table__"
                )
    return fields


def _check_names(
    cls: type, own: dict[str, Field[Any]], inherited: dict[str, Field[Any]], body: dict[str, Any]
) -> None:
    _check_brackets(cls, body)
    _check_options(cls, body)
    metaclass: type = type(cls)
    taken = {name for base in (*cls.__mro__, *metaclass.__mro__) for name in vars(base)}
    for name in own:
        if name.startswith("_") or not name.isidentifier() or iskeyword(name):
            raise ConfigurationError(
                f"{cls.__name__}.{name}: a field's name is an identifier without a leading "
                f"underscore; the column can have any name: column={name!r}"
            )
        if name in taken:
            raise ConfigurationError(
                f"{cls.__name__}.{name}: models have a {name!r} of their own; give the field "
                f"another name and column={name!r}"
            )
    for name in inherited.keys() & body.keys():
        raise ConfigurationError(f"{cls.__name__}.{name} hides the field that is inherited")


def _check_options(cls: type, body: dict[str, Any]) -> None:
    options = [option for option in _OPTIONS if option.startswith("__")]
    for name, value in body.items():
        special = name.startswith("__") and name.endswith("__")
        if special and not callable(value) and not hasattr(object, name):
            near = get_close_matches(name, options, cutoff=0.8)
            if near:
                raise ConfigurationError(f"{cls.__name__}.{name}: did you mean {near[0]}?")


def _check_brackets(cls: type, body: dict[str, Any]) -> None:
    for name, value in body.items():
        if isinstance(value, tuple) and value and isinstance(value[0], Field):
            raise ConfigurationError(
                f"{cls.__name__}.{name} is a tuple, not a field: there is a comma after it"
            )
        # A class that was written in the body has its own name.
        if isinstance(value, type) and issubclass(value, Field) and value.__name__ != name:
            raise ConfigurationError(
                f"{cls.__name__}.{name} is the class {value.__name__}, not a field: write "
                f"{value.__name__}()"
            )


class DotModel(
    OrmPrimaryMixin, OrmRelationsMixin, OrmMany2manyMixin, DDLMixin, metaclass=ModelType
):
    """The base of models. A class with ``__table__`` is a model, one without an abstract base.

    ::

        class User(DotModel):
            __table__ = "users"
            __indexes__ = [("name", "city")]

            id: int = Integer(primary_key=True)
            name: str = Char(max_length=100, required=True)

    A new record answers its defaults, and None for what it was not given. A record from the
    database raises `FieldNotLoaded` for what was not read. Reading an attribute never queries.

    Two records are equal when they are of one model and have the same key.
    """

    if TYPE_CHECKING:
        __table__: ClassVar[str]
        __indexes__: ClassVar[Sequence[tuple[str, ...]]]
        __unique__: ClassVar[Sequence[tuple[str, ...]]]
        __storage__: ClassVar[TableOptions | Sequence[TableOptions]]
        _pool: ClassVar[Pool | None]
        _dialect: ClassVar[Dialect | None]
        _builder: ClassVar[Builder]
        _no_transaction: ClassVar[Callable[[Pool], Session] | None]
        # Those of records are their own: an attribute of the class would make storing them slow.
        _plan: ClassVar[RowPlan | None]
        _row: ClassVar[Any]

    def __init__(self, **values: Any) -> None:
        begin(self)
        meta = type(self).__meta__
        if meta.is_abstract:
            raise ConfigurationError(f"{meta.name} is an abstract base: it has no __table__")
        for name, value in values.items():
            if name not in meta.fields:
                hint = suggestion(name, meta.fields)
                raise TypeError(f"{meta.name} has no field {name!r}{hint}")
            setattr(self, name, value)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name in _OPTIONS or name == "_builder":
                return getattr(type(self), name)
            return lacking(self, name)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, DotModel) or not self.__meta__.owns(other):
            return NotImplemented
        key = self._key()
        return key is not None and key == other._key()

    def __hash__(self) -> int:
        key = self._key()
        if key is None:
            raise TypeError(f"a {self.__meta__.name} without a key has no hash: create it first")
        return hash((self.__meta__.name, key))

    def __repr__(self) -> str:
        shown = ", ".join(
            f"{name}={value!r}"
            for name, value in self.__dict__.items()
            if name in self.__meta__.stored and not isinstance(value, DotModel)
        )
        return f"{type(self).__name__}({shown})"

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *self.__meta__.fields]

    def __getstate__(self) -> dict[str, Any]:
        state = dict(self.__dict__)
        row = state.get("_row")
        if row is not None:
            state["_row"] = tuple(row)
        return state

    def json(
        self, include: Collection[str] | None = None, exclude: Collection[str] = ()
    ) -> dict[str, Any]:
        """The record as a dict that `json.dumps` takes.

        It holds what was loaded or given, and computed fields where what they need was loaded.
        Dates and times are ISO 8601 text, Decimal and UUID text, bytes base64; related records are
        nested dicts, a record inside itself is its key.

        Args:
            include: These fields and no others.
            exclude: Not these fields.

        Raises:
            InvalidFilter: A name is no field of the model.
        """
        return record_json(self, include, exclude)

    def _key(self) -> Any:
        values = self.__dict__
        parts = tuple(key_value(values.get(field.name)) for field in self.__meta__.key)
        return None if None in parts else parts
