"""Schemas from models, for pydantic: what a client may send, and what it is answered.

::

    UserCreate = create_schema(User)
    UserUpdate = update_schema(User, fields=["name", "email"])
    UserRead = read_schema(User, fields=["id", "name", {"role_id": ["id", "name"]}])

    await User.create(to_record(UserCreate(name="Ada")))
    await user.update(to_record(UserUpdate(email=None)))  # writes the one field that was set
    from_record(UserRead, user).model_dump_json()

A schema is made once and answered again for the same question. Where a type is needed, in an
annotation, ``CreateSchema[User]`` is the class that ``create_schema(User)`` answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypedDict, TypeVar

from pydantic import BaseModel, ConfigDict, create_model, model_validator

from dotorm.exceptions import ConfigurationError, FieldNotLoaded, InvalidValue
from dotorm.field_types import Field, is_record, key_of
from dotorm.model import DotModel
from dotorm.orm.loads import Load
from dotorm.schemas import Kind, Shape, admitted, hidden, presented, shape_of, taken_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import SupportsIndex

    from dotorm.meta import ModelMeta
    from dotorm.orm.loads import FieldsInfo

__all__ = [
    "CreateSchema",
    "LoadOptions",
    "ReadSchema",
    "UpdateSchema",
    "create_schema",
    "from_record",
    "load_options",
    "read_schema",
    "to_record",
    "update_schema",
]


class _Schema(BaseModel):
    """What all schemas share: their shape, and that instances can be pickled."""

    # A field of a model may be called model_year, and Float keeps an infinity.
    model_config = ConfigDict(
        protected_namespaces=(), serialize_by_alias=True, ser_json_inf_nan="strings"
    )
    __kind__: ClassVar[Kind]
    __shape__: ClassVar[Shape]

    def __class_getitem__(cls, model: Any) -> Any:
        if isinstance(model, TypeVar):
            return cls
        return _schema_of(shape_of(_meta_of(model), cls.__kind__))

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        shape = vars(type(self)).get("__shape__")
        if shape is None:  # a class of its own, derived from a schema, has a name to be found by
            return super().__reduce_ex__(protocol)
        return _blank, (shape,), self.__getstate__()

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


class CreateSchema[M: DotModel](_Schema):
    """What a new record may be given; ``CreateSchema[User]`` is ``create_schema(User)``."""

    model_config = ConfigDict(extra="forbid")
    __kind__ = "create"

    if TYPE_CHECKING:

        def __init__(self, **values: Any) -> None: ...


class UpdateSchema[M: DotModel](_Schema):
    """What may be changed in a record; ``UpdateSchema[User]`` is ``update_schema(User)``."""

    model_config = ConfigDict(extra="forbid")
    __kind__ = "update"

    if TYPE_CHECKING:

        def __init__(self, **values: Any) -> None: ...


class ReadSchema[M: DotModel](_Schema):
    """What of a record is shown; ``ReadSchema[User]`` is ``read_schema(User)``."""

    __kind__ = "read"

    if TYPE_CHECKING:

        def __init__(self, **values: Any) -> None: ...

    @model_validator(mode="before")
    @classmethod
    def _of_record(cls, value: Any) -> Any:
        return _shown(cls.__shape__, value) if is_record(value) else value


class _Links(_Schema):
    """Which related records to relate and which no more."""

    model_config = ConfigDict(extra="forbid")
    __kind__: ClassVar[Kind] = "links"


class _Changes(_Links):
    """Which related records to relate, to relate no more, to create and to delete."""

    __kind__: ClassVar[Kind] = "changes"


class LoadOptions(TypedDict):
    """What `search` and `get_with_relations` are to read."""

    fields: list[str]
    fields_info: dict[str, list[str] | Load]


def create_schema[M: DotModel](
    model: type[M], fields: Sequence[Any] | None = None, *, name: str | None = None
) -> type[CreateSchema[M]]:
    """The schema of what a client may give a new record.

    A field is required unless it may be NULL or has a default. A Many2one takes a key. Unknown
    names in the payload are errors.

    Args:
        model: The model.
        fields: The names of the fields; by default all stored ones but a key that is made by the
            database or by its default.
        name: The name of the class; by default it is made from the model's and the fields' names.

    Raises:
        InvalidFilter: A field is unknown, computed, or a relation of many.
    """
    schema: type[CreateSchema[M]] = _schema_of(
        shape_of(_meta_of(model), "create", fields, None, name)
    )
    return schema


def update_schema[M: DotModel](
    model: type[M], fields: Sequence[Any] | None = None, *, name: str | None = None
) -> type[UpdateSchema[M]]:
    """The schema of what a client may change in a record: nothing is required.

    Only what the payload holds counts; None is taken where NULL is. A relation of many takes
    ``selected`` and ``unselected``, lists of keys; named as ``{"users": ["name"]}`` it also takes
    ``created``, a list of new records with these fields, and ``deleted``. Write these with
    ``update_with_relations``.

    Args:
        model: The model.
        fields: The names of the fields; by default all stored ones but the key.
        name: The name of the class; by default it is made from the model's and the fields' names.

    Raises:
        InvalidFilter: A field is unknown, computed or the key.
    """
    schema: type[UpdateSchema[M]] = _schema_of(
        shape_of(_meta_of(model), "update", fields, None, name)
    )
    return schema


def read_schema[M: DotModel](
    model: type[M],
    fields: Sequence[Any] | None = None,
    *,
    fields_info: FieldsInfo | None = None,
    name: str | None = None,
) -> type[ReadSchema[M]]:
    """The schema of what a client is shown of a record: all of it is required.

    ``UserRead.model_validate(user)`` and ``from_record(UserRead, user)`` are the same, so a
    FastAPI route with ``response_model=UserRead`` may return the record.

    Args:
        model: The model.
        fields: The names of the fields, and for related records ``{"role_id": ["id", "name"]}``,
            to any depth. A Many2one that is merely named shows its key, a relation of many all
            stored fields. By default all stored fields.
        fields_info: By relation among the fields, the fields of the related records, or a `Load`:
            the same that ``search`` takes.
        name: The name of the class; by default it is made from the model's and the fields' names.

    Raises:
        InvalidFilter: A field is unknown or named twice.
    """
    schema: type[ReadSchema[M]] = _schema_of(
        shape_of(_meta_of(model), "read", fields, fields_info, name)
    )
    return schema


def to_record[M: DotModel](payload: CreateSchema[M] | UpdateSchema[M]) -> M:
    """A record that was given exactly the fields that the payload was given.

    Fields that a class of yours adds to a schema are left out: they are not the model's.

    Raises:
        InvalidValue: It is no instance of a schema made by `create_schema` or `update_schema`.
    """
    if not isinstance(payload, CreateSchema | UpdateSchema):
        raise InvalidValue(
            f"to_record takes what create_schema and update_schema made, not {payload!r}"
        )
    values = {name: _plain(value) for name, value in _given(payload)}
    record: M = payload.__shape__.model(**values)
    return record


def from_record[S: ReadSchema[Any]](schema: type[S], record: DotModel) -> S:
    """What a schema shows of a record, and of the related records.

    Raises:
        FieldNotLoaded: The record was read without something that the schema shows.
        InvalidValue: The record is none of the schema's model.
        pydantic.ValidationError: A new record lacks a value, or has one of another type.
    """
    return schema.model_validate(_shown(schema.__shape__, record))


def load_options(schema: type[ReadSchema[Any]]) -> LoadOptions:
    """What has to be read for a schema: ``User.search(**load_options(UserRead), limit=10)``.

    It does not know what a computed field is computed from: name that in the schema too. Nor does
    a schema keep the filter, order or limit of a `Load`: these are up to the search.
    """
    return _to_load(schema.__shape__)


# ---------------------------------------------------------------- from a shape to a class


def _meta_of(model: Any) -> ModelMeta:
    meta: ModelMeta | None = getattr(model, "__meta__", None)
    if not isinstance(model, type) or meta is None or meta.is_abstract:
        raise ConfigurationError(
            f"a schema is made from a model with a __table__, not from {model!r}"
        )
    return meta


def _schema_of(shape: Shape) -> Any:
    """The class with the shape: the same one each time."""
    made: dict[Shape, Any] = shape.meta.schemas
    return made.get(shape) or made.setdefault(shape, _made(shape))


def _made(shape: Shape) -> Any:
    is_change = shape.kind in {"links", "changes"}
    fields: Any = _lists(shape) if is_change else dict(_places(shape))
    module = shape.model.__module__
    made: Any = create_model(shape.name, __base__=_BASES[shape.kind], __module__=module, **fields)
    made.__doc__ = vars(shape.model).get("__doc__")
    made.__shape__ = shape
    return made


def _places(shape: Shape) -> Iterator[tuple[str, Any]]:
    """The attributes of a schema."""
    for name, nested in shape.parts:
        field, attribute = shape.meta.field(name), _attribute(shape, name)
        told = {} if attribute == name else {"alias": name}
        inner = None if nested is None else _schema_of(nested)
        if shape.kind == "read":
            yield attribute, presented(field, inner, **told)
        else:
            place = admitted(field, shape.kind, **told) if inner is None else hidden(inner, **told)
            yield attribute, place


def _lists(shape: Shape) -> dict[str, Any]:
    """The lists by which a relation of many is changed; none of them is required."""
    key = taken_key(shape.meta.key_fields())
    items = {"selected": key, "unselected": key}
    for name, created in shape.parts:
        assert created is not None  # noqa: S101 - what is created has a shape
        items |= {name: _schema_of(created), "deleted": key}
    return {name: hidden(list[item]) for name, item in items.items()}  # type: ignore[valid-type]


def _attribute(shape: Shape, name: str) -> str:
    """The field's attribute: its name, with a ``_`` where pydantic has an attribute of the name."""
    return f"{name}_" if hasattr(_BASES[shape.kind], name) else name


_BASES: dict[Kind, type[_Schema]] = {
    base.__kind__: base for base in (CreateSchema, UpdateSchema, ReadSchema, _Links, _Changes)
}


def _blank(shape: Shape) -> Any:
    """An empty instance, whose state comes next out of the pickle."""
    schema = _schema_of(shape)
    return schema.__new__(schema)


# ---------------------------------------------------------------- values


def _given(payload: CreateSchema[Any] | UpdateSchema[Any]) -> Iterator[tuple[str, Any]]:
    """The names and values that a payload was given, of the fields that its model has."""
    shape = payload.__shape__
    for name, _ in shape.parts:
        attribute = _attribute(shape, name)
        if attribute in payload.model_fields_set:
            yield name, getattr(payload, attribute)


def _plain(value: Any) -> Any:
    """A value for a record: the changes of a relation become a dict of lists."""
    if not isinstance(value, _Links):
        return value
    given = [part for part in type(value).model_fields if part in value.model_fields_set]
    changes = {part: getattr(value, part) for part in given}
    if "created" in changes:
        changes["created"] = [to_record(payload) for payload in changes["created"]]
    return changes


def _shown(shape: Shape, record: Any) -> dict[str, Any]:
    """What a schema shows of a record, taken from what was loaded and nothing else."""
    if not is_record(record) or not shape.meta.owns(record):
        raise InvalidValue(f"{shape.name} shows a {shape.meta.name}, not {type(record).__name__}")
    return {name: _loaded(record, shape.meta.field(name), nested) for name, nested in shape.parts}


def _loaded(record: Any, field: Field[Any], nested: Shape | None) -> Any:
    """A field of a record, in the form that its schema has.

    Raises:
        FieldNotLoaded: It was not read, or of a relation only the key was.
    """
    value = getattr(record, field.name)
    if nested is None:
        return key_of(value) if is_record(value) else value
    if isinstance(value, list):
        return [_shown(nested, related) for related in value]
    if is_record(value):
        return _shown(nested, value)
    if value is None and (field.holders or field.name in vars(record)):
        return None
    raise FieldNotLoaded(
        f"{field.label} is {value!r}, what it leads to was not loaded: name {field.name!r} in "
        "fields of search or get_with_relations",
        name=field.name,
        obj=record,
    )


def _to_load(shape: Shape) -> LoadOptions:
    info: dict[str, list[str] | Load] = {}
    for name, nested in shape.parts:
        if nested is not None:
            inner = _to_load(nested)
            info[name] = Load(**inner) if inner["fields_info"] else inner["fields"]
    return {"fields": [name for name, _ in shape.parts], "fields_info": info}
