"""What records answer, and what becomes of them when they are compared, copied and pickled."""

import copy
import pickle

import pytest

from dotorm import (
    Char,
    ConfigurationError,
    DotModel,
    FieldNotLoaded,
    Integer,
    JSONField,
    Many2one,
    One2many,
)
from dotorm.builder import RowPlan
from dotorm.orm.remembered import changed
from dotorm_sqlite import SQLITE
from tests.given import given


class Role(DotModel):
    __table__ = "roles"

    id: int = Integer(primary_key=True)
    name: str = Char()
    users = One2many(lambda: User, "role")


class User(DotModel):
    __table__ = "users"

    id: int = Integer(primary_key=True)
    name: str = Char(default="nobody")
    age: int = Integer()
    prefs = JSONField(default=[])
    token: str = Char(default=object)
    role = Many2one(lambda: Role)
    loud = Char(store=False, compute=lambda user: user.name.upper())
    note = Char(store=False)


class Stranger(DotModel):
    """A model that does everything its own way."""

    __table__ = "strangers"

    id: int = Integer(primary_key=True)
    name: str = Char()

    def __init__(self, name):
        self.name = name

    def __getattr__(self, name):
        return f"made up {name}"


class Keyless(DotModel):
    __table__ = "keyless"

    id: int = Integer(primary_key=True)


def loaded(*names, row, model=User):
    meta = model.__meta__
    return RowPlan(meta, [meta.stored[name] for name in names], SQLITE).hydrate([row])[0]


class TestNew:
    def test_values_and_defaults(self):
        user = User(age=3)
        assert (user.age, user.name, user.id, user.role, user.note) == (
            3,
            "nobody",
            None,
            None,
            None,
        )
        assert user.loud == "NOBODY"
        assert given(user) == {"age": 3}

    def test_a_default_is_made_once_a_record(self):
        one, other = User(), User()
        one.prefs.append(1)

        assert (one.prefs, other.prefs, User().prefs) == ([1], [], [])
        assert one.token is one.token is not other.token

    def test_what_is_no_field(self):
        with pytest.raises(TypeError, match="nmae"):
            User(nmae="x")
        with pytest.raises(TypeError):
            User("x")
        with pytest.raises(AttributeError, match="User has no attribute 'nmae'; did you mean"):
            _ = User().nmae
        assert not hasattr(User(), "nmae")

    def test_a_model_that_asks_neither_our_constructor_nor_our_getattr(self):
        new = Stranger("x")
        assert (new.color, new.json()) == ("made up color", {"name": "x"})
        assert changed(Stranger.__meta__, new) == ("name",)
        plan = RowPlan(Stranger.__meta__, list(Stranger.__meta__.stored.values()), SQLITE)
        (read,) = plan.hydrate([(1, "x")])
        read.name = "y"
        assert changed(Stranger.__meta__, read) == ("name",)

    def test_none_is_given_too(self):
        assert User(name=None).name is None
        assert given(User(name=None)) == {"name": None}

    def test_writing_is_plain(self):
        assert type(User()).__setattr__ is object.__setattr__
        assert type(User()).__getattribute__ is object.__getattribute__

    def test_attributes_of_ones_own(self):
        user = User()
        user.seen = True
        assert user.seen
        del user.seen
        assert not hasattr(user, "seen")

    def test_repr(self):
        assert repr(User(id=1, name="x", role=Role(id=2))) == "User(id=1, name='x')"
        assert repr(Keyless()) == "Keyless()"
        user = User()
        assert user.prefs == []
        assert repr(user) == "User()"


class TestLoaded:
    def test_what_was_read(self):
        user = loaded("id", "prefs", row=(1, "[2]"))
        assert (user.id, user.prefs) == (1, [2])
        assert user._row == (1, "[2]")

    def test_what_was_not_read(self):
        user = loaded("id", row=(1,))
        with pytest.raises(
            FieldNotLoaded, match=r"User\.name was not loaded: name 'name' in fields"
        ) as caught:
            _ = user.name
        assert (caught.value.name, caught.value.obj) == ("name", user)
        assert not hasattr(user, "name")
        assert getattr(user, "age", "nothing") == "nothing"
        assert user.note is None

    def test_relations_that_were_not_read(self):
        role = loaded("id", row=(1,), model=Role)
        with pytest.raises(FieldNotLoaded, match="of search or get_with_relations"):
            _ = role.users
        with pytest.raises(FieldNotLoaded, match=r"User\.role was not loaded"):
            _ = loaded("id", row=(1,)).role

    def test_computed(self):
        assert loaded("name", row=("x",)).loud == "X"
        with pytest.raises(FieldNotLoaded, match=r"User\.name was not loaded"):
            _ = loaded("id", row=(1,)).loud

    def test_writing_what_was_not_read(self):
        user = loaded("id", row=(1,))
        user.name = "x"
        assert user.name == "x"
        assert changed(User.__meta__, user) == ("name",)


def as_pickled(record):
    return pickle.loads(pickle.dumps(record))


@pytest.mark.parametrize("twin", [copy.copy, copy.deepcopy, as_pickled])
class TestTwins:
    def test_of_a_loaded_record(self, twin):
        user = twin(loaded("id", "name", "prefs", row=(1, "x", '{"a": 1}')))

        assert type(user) is User
        assert (user.id, user.name, user.prefs) == (1, "x", {"a": 1})
        with pytest.raises(FieldNotLoaded, match=r"User\.age was not loaded"):
            _ = user.age

    def test_changes_are_found(self, twin):
        user = twin(loaded("id", "name", "prefs", row=(1, "x", '{"a": 1}')))
        assert changed(User.__meta__, user) == ()
        user.prefs["a"] = 2
        user.name = "y"
        assert changed(User.__meta__, user) == ("name", "prefs")

    def test_changes_made_before_are_found(self, twin):
        user = loaded("id", "name", row=(1, "x"))
        user.name = "y"
        assert changed(User.__meta__, twin(user)) == ("name",)

    def test_of_a_new_record(self, twin):
        user = User(name="x", prefs={"a": 1})
        other = twin(user)

        assert vars(other) == vars(user)
        assert other.age is None
        assert (other.id, other._plan) == (None, None)

    def test_with_a_related_record(self, twin):
        user = loaded("id", "role", row=(1, 2))
        user.role = loaded("id", row=(2,), model=Role)
        other = twin(user)

        assert other.role.id == 2
        assert changed(User.__meta__, other) == ()
        with pytest.raises(FieldNotLoaded, match=r"Role\.name"):
            _ = other.role.name


def test_a_deep_copy_stands_for_itself():
    user = loaded("id", "prefs", row=(1, "[1]"))
    other = copy.deepcopy(user)
    other.prefs.append(2)
    assert user.prefs == [1]


def test_pickling_after_the_model_changed_its_dialect():
    rows = as_pickled(loaded("id", row=(1,)))._plan
    assert rows.names == ("id",)
    assert rows.meta is User.__meta__


class TestEquality:
    def test_one_key_one_record(self):
        assert User(id=1, name="a") == User(id=1, name="b")
        assert User(id=1) != User(id=2)
        assert User(id=1) == loaded("id", row=(1,))
        assert len({User(id=1), User(id=1), User(id=2)}) == 2

    def test_two_models(self):
        assert User(id=1) != Role(id=1)
        assert (User(id=1) == 1) is False
        assert User(id=1) in [Role(id=1), User(id=1)]

    def test_without_a_key(self):
        one, other = User(), User()
        assert one == one  # noqa: PLR0124 - a record is itself
        assert one != other
        with pytest.raises(TypeError, match="a User without a key has no hash: create it first"):
            hash(one)

    def test_of_a_subclass(self):
        class Base(DotModel):
            id: int = Integer(primary_key=True)

        class A(Base):
            __table__ = "a"

        class B(Base):
            __table__ = "b"

        assert A(id=1) != B(id=1)


def test_the_base_itself_makes_no_records():
    with pytest.raises(ConfigurationError, match="DotModel is an abstract base"):
        DotModel()
