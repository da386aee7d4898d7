"""What fields are told when they are declared."""

import ast
import inspect
from itertools import repeat
from pathlib import Path

import pytest

import dotorm.fields
from dotorm import field_types
from dotorm.exceptions import ConfigurationError
from dotorm.field_types import Field
from dotorm.meta import ModelMeta

SCALARS = [
    field_types.Integer,
    field_types.BigInteger,
    field_types.SmallInteger,
    field_types.Char,
    field_types.Text,
    field_types.Boolean,
    field_types.Float,
    field_types.Decimal,
    field_types.Date,
    field_types.Time,
    field_types.Datetime,
    field_types.JSONField,
    field_types.Binary,
    field_types.UUID,
]
NAMES = [name for name in dotorm.fields.__all__ if name not in ("Field", "Ref")]


class Target:
    __meta__ = ModelMeta("Target", "targets", {"id": field_types.BigInteger(primary_key=True)})


def target():
    return Target


RELATIONS = {
    "Many2one": (target,),
    "One2many": (target, "owner_id"),
    "One2one": (target, "owner_id"),
    "Many2many": (target, "links", "target_id", "owner_id"),
}
EVERY = [(field, ()) for field in SCALARS] + [
    (getattr(field_types, name), arguments) for name, arguments in RELATIONS.items()
]

every_scalar = pytest.mark.parametrize("kind", SCALARS, ids=lambda kind: kind.__name__)
every_field = pytest.mark.parametrize(
    ("kind", "arguments"), EVERY, ids=[kind.__name__ for kind, _ in EVERY]
)


@every_scalar
def test_what_is_not_given(kind):
    field = kind()
    assert (field.primary_key, field.unique, field.index, field.required) == (False,) * 4
    assert (field.null, field.store) == (True, True)
    assert (field.default, field.description, field.compute, field.column) == (None,) * 4
    assert not field.has_default
    assert field.is_column


def shout(record):
    return "!"


@every_scalar
@pytest.mark.parametrize(
    "given",
    [
        {"unique": True},
        {"index": True},
        {"null": False},
        {"default": "x"},
        {"description": "what it is"},
        {"column": "Other Name"},
        {"store": False},
        {"store": False, "compute": shout},
    ],
    ids="+".join,
)
def test_what_is_given(kind, given):
    field = kind(**given)
    assert {name: getattr(field, name) for name in given} == given


@every_scalar
def test_required_and_primary_key_exclude_null(kind):
    for given in ({"required": True}, {"null": False}, {"primary_key": True}):
        field = kind(**given)
        assert (field.null, field.required) == (False, True)
    assert kind(primary_key=True).primary_key


@every_field
def test_a_misspelt_parameter_is_a_type_error(kind, arguments):
    names = "|".join(owner.__name__ for owner in kind.__mro__[: kind.__mro__.index(Field)])
    with pytest.raises(
        TypeError, match=rf"^({names})(\.__init__)?\(\) got an unexpected .* 'requried'"
    ):
        kind(*arguments, requried=True)


@every_scalar
def test_parameters_are_given_by_name(kind):
    if kind is field_types.Decimal:
        kind(10, 2)
        with pytest.raises(TypeError):
            kind(10, 2, True)
    else:
        with pytest.raises(TypeError):
            kind(True)


@every_scalar
def test_contradictions(kind):
    with pytest.raises(ConfigurationError, match="also needs store=False"):
        kind(compute=shout)
    with pytest.raises(ConfigurationError, match="a primary key is stored"):
        kind(primary_key=True, store=False)


@pytest.mark.parametrize("length", [0, -1, 1.5, "3", True])
def test_char_lengths_that_are_none(length):
    with pytest.raises(ConfigurationError, match="give a number of at least 1"):
        field_types.Char(max_length=length)


@pytest.mark.parametrize(("digits", "places"), [(1, 0), (1, 1), (1000, 1000), (18, 2)])
def test_decimal_limits(digits, places):
    field = field_types.Decimal(digits, places)
    assert (field.max_digits, field.decimal_places) == (digits, places)


@pytest.mark.parametrize(("digits", "places"), [(0, 0), (1001, 0), (2, 3), (2, -1), (-1, -2)])
def test_beyond_decimal_limits(digits, places):
    with pytest.raises(ConfigurationError, match="max_digits is 1 to 1000"):
        field_types.Decimal(max_digits=digits, decimal_places=places)


def test_decimal_without_arguments():
    assert (field_types.Decimal().max_digits, field_types.Decimal().decimal_places) == (18, 2)


class TestRelations:
    @pytest.mark.parametrize(
        ("given", "rule"),
        [
            ({}, "set null"),
            ({"required": True}, "restrict"),
            ({"null": False}, "restrict"),
            ({"ondelete": "cascade"}, "cascade"),
            ({"ondelete": "cascade", "required": True}, "cascade"),
            ({"ondelete": "no action"}, "no action"),
            ({"ondelete": "restrict"}, "restrict"),
            ({"ondelete": "set null"}, "set null"),
        ],
    )
    def test_ondelete(self, given, rule):
        assert field_types.Many2one(target, **given).ondelete == rule

    def test_ondelete_that_cannot_be(self):
        with pytest.raises(ConfigurationError, match="needs a field that may be null"):
            field_types.Many2one(target, ondelete="set null", required=True)
        with pytest.raises(ConfigurationError, match="'CASCADE': it is one of cascade, restrict"):
            field_types.Many2one(target, ondelete="CASCADE")

    @pytest.mark.parametrize("kind", RELATIONS)
    @pytest.mark.parametrize("wrong", [Target, "Target", None])
    def test_the_target_is_a_function(self, kind, wrong):
        with pytest.raises(ConfigurationError, match="give a function, such as lambda: Role"):
            getattr(field_types, kind)(wrong, *RELATIONS[kind][1:])

    def test_columns_of_links_differ(self):
        with pytest.raises(ConfigurationError, match="column1 and column2 are both 'id'"):
            field_types.Many2many(target, "links", "id", "id")

    def test_only_a_many2one_has_a_column(self):
        has = {kind: getattr(field_types, kind)(*given) for kind, given in RELATIONS.items()}
        assert [kind for kind, field in has.items() if field.is_column] == ["Many2one"]
        assert [kind for kind, field in has.items() if field.many] == ["One2many", "Many2many"]

    def test_a_foreign_key_has_the_type_of_its_target(self):
        assert field_types.Many2one(target).storage.kind == "big_integer"


# What type checkers see must be what Python runs.

SOURCE = ast.parse(Path(dotorm.fields.__file__).read_text())
SEEN = {node.name: node for node in ast.walk(SOURCE) if isinstance(node, ast.FunctionDef)}
SHARED = {
    node.name: [item.target.id for item in node.body if isinstance(item, ast.AnnAssign)]
    for node in ast.walk(SOURCE)
    if isinstance(node, ast.ClassDef)
}
COLUMN_ONLY = {"store", "compute"}


def shared_parameters(name):
    """The parameters that checkers see in ``**parameters: Unpack[…]``."""
    rest = SEEN[name].args.kwarg
    if rest is None:
        return set()
    (group,) = (part for part in SHARED if part in ast.unparse(rest.annotation))
    return set(SHARED[group])


def seen_parameters(name):
    """The parameters that checkers see: name to (positional, default as text)."""
    arguments = SEEN[name].args
    positional = [None] * (len(arguments.args) - len(arguments.defaults)) + arguments.defaults
    plain = zip(arguments.args, positional, repeat(True))
    named = zip(
        arguments.kwonlyargs,
        arguments.kw_defaults,
        [False] * len(arguments.kwonlyargs),
        strict=True,
    )
    return {
        argument.arg: (place, "required" if default is None else repr(ast.literal_eval(default)))
        for argument, default, place in (*plain, *named)
    }


def real_parameters(kind):
    """The parameters that the class takes, those that it passes on among them."""
    found = {}
    for owner in kind.__mro__:
        if "__init__" not in vars(owner):
            continue
        parameters = inspect.signature(owner.__init__).parameters.values()
        for parameter in list(parameters)[1:]:
            if parameter.kind is not parameter.VAR_KEYWORD:
                place = parameter.kind is parameter.POSITIONAL_OR_KEYWORD
                default = parameter.default
                text = "required" if default is parameter.empty else repr(default)
                found.setdefault(parameter.name, (place, text))
        if owner is Field:  # whatever else it is given, it refuses
            break
        if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
            break
    return found


def test_checkers_see_every_constructor():
    assert set(SEEN) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_checkers_see_what_runs(name):
    kind = getattr(field_types, name)
    real = real_parameters(kind)
    if name == "Many2one":
        real = {key: value for key, value in real.items() if key not in COLUMN_ONLY}
    shared = shared_parameters(name)
    assert shared <= set(real)
    assert seen_parameters(name) == {key: real[key] for key in real if key not in shared}


@pytest.mark.parametrize("name", NAMES)
def test_fields_are_exported(name):
    assert getattr(dotorm, name) is getattr(dotorm.fields, name) is getattr(field_types, name)
    assert issubclass(getattr(dotorm, name), Field)
