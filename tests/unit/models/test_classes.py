"""How models are made, and what is refused."""

import enum
import inspect

import pytest

from dotorm import (
    Array,
    Char,
    ConfigurationError,
    DotModel,
    Enum,
    Field,
    Integer,
    Many2many,
    Many2one,
    RecordNotFound,
)
from dotorm.databases.abstract import PoolSession
from dotorm.meta import ModelMeta
from dotorm_postgres import POSTGRES
from dotorm_sqlite import SQLITE


class Size(enum.Enum):
    SMALL = "s"


class User(DotModel):
    """A person."""

    __table__ = "users"

    id: int = Integer(primary_key=True)
    name: str = Char()
    boss = Many2one(lambda: User)

    def greeting(self):
        return f"I am {self.name}"


def test_fields_leave_the_class():
    assert not {"id", "name", "boss", "__table__"} & vars(User).keys()
    assert User.__table__ == "users"
    assert User.name is User.__meta__.fields["name"]
    assert isinstance(User.__meta__, ModelMeta)


def test_dir_and_signature_show_them():
    assert {"id", "name", "boss", "greeting", "search"} <= set(dir(User))
    assert {"id", "name", "boss", "greeting", "search"} <= set(dir(User(name="x")))
    parameters = inspect.signature(User).parameters
    assert list(parameters) == ["id", "name", "boss"]
    assert {p.kind for p in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}
    assert User.__doc__ == "A person."
    assert User(name="x").greeting() == "I am x"


def test_what_a_class_does_not_have():
    with pytest.raises(AttributeError, match="User has no attribute 'nmae'; did you mean 'name'"):
        _ = User.nmae
    with pytest.raises(AttributeError, match="User has no attribute '_x'"):
        _ = User._x
    assert not hasattr(User, "__len__")


@pytest.mark.parametrize(
    "name",
    ["get", "update", "create", "search", "json", "exists", "delete", "mro"],
)
def test_taken_names(name):
    body = {"__table__": "x", "id": Integer(primary_key=True), name: Char()}
    with pytest.raises(ConfigurationError, match=rf"X\.{name}: .*column='{name}'"):
        type(DotModel)("X", (DotModel,), body)


@pytest.mark.parametrize("name", ["_hidden", "class", "with space", "__dunder__", "1st"])
def test_names_that_are_none(name):
    body = {"__table__": "x", "id": Integer(primary_key=True), name: Char()}
    with pytest.raises(ConfigurationError, match="an identifier without a leading underscore"):
        type(DotModel)("X", (DotModel,), body)


def test_the_way_out_of_a_taken_name():
    class Change(DotModel):
        __table__ = "changes"
        id: int = Integer(primary_key=True)
        update_: str = Char(column="update")

    assert Change.__meta__.fields["update_"].column == "update"


def test_a_table_needs_a_key():
    with pytest.raises(ConfigurationError, match="X has no primary key"):

        class X(DotModel):
            __table__ = "x"
            name: str = Char()


def test_a_field_with_a_comma_after_it():
    with pytest.raises(ConfigurationError, match=r"^X\.name is a tuple, not a field: .* a comma"):

        class X(DotModel):
            name = (Char(),)


@pytest.mark.parametrize(
    ("name", "meant"),
    [("__tablename__", "__table__"), ("__uniques__", "__unique__"), ("__indices__", "__indexes__")],
)
def test_an_option_that_is_none(name, meant):
    with pytest.raises(ConfigurationError, match=rf"^X\.{name}: did you mean {meant}\?$"):
        type(DotModel)("X", (DotModel,), {name: "x"})
    type(DotModel)("X", (DotModel,), {"__index__": lambda self: 1, "__slots__": (), "__x__": 1})


def test_a_field_without_brackets():
    with pytest.raises(ConfigurationError, match=r"^X\.name is the class Char, .* write Char\(\)$"):

        class X(DotModel):
            __table__ = "x"
            id: int = Integer(primary_key=True)
            name: str = Char


def test_a_field_class_of_its_own_in_the_body():
    class X(DotModel):
        __table__ = "x"

        class Short(Char):
            pass

        id: int = Integer(primary_key=True)
        name: str = Short()

    assert list(X.__meta__.fields) == ["id", "name"]


@pytest.mark.parametrize("table", [5, "", ["x"]])
def test_a_table_without_a_name(table):
    body = {"__table__": table, "id": Integer(primary_key=True)}
    with pytest.raises(ConfigurationError, match=r"^X\.__table__: a name .* not empty, not "):
        type(DotModel)("X", (DotModel,), body)


@pytest.mark.parametrize(
    "field",
    [
        Integer(default="abc"),
        Integer(default=1 << 31),
        Char(max_length=2, default="abc"),
        Array(Integer(), default=["x"]),
        Enum(Size, default="huge"),
    ],
)
def test_a_default_that_does_not_fit(field):
    body = {"__table__": "x", "id": Integer(primary_key=True), "size": field}
    with pytest.raises(ConfigurationError, match=r"^X\.size cannot take .*the field's default"):
        type(DotModel)("X", (DotModel,), body)


def test_defaults_that_are_left_alone():
    def fails():
        raise AssertionError

    class X(DotModel):
        __table__ = "x"
        id: int = Integer(primary_key=True)
        made: int = Integer(default=fails)
        size: Size = Enum(Size, default="s")
        tags: list[int] = Array(Integer(), default=[1])
        boss: "X" = Many2one(lambda: Later, default="any")  # noqa: F821 - it is never asked

    assert X(id=1).size == "s"


def test_a_field_in_a_plain_class():
    class Mixin:
        created = Char()

    with pytest.raises(
        ConfigurationError, match=r"Mixin\.created .* derive Mixin from DotModel, without __table__"
    ):

        class X(Mixin, DotModel):
            __table__ = "x"
            id: int = Integer(primary_key=True)


def test_a_field_that_comes_later():
    with pytest.raises(ConfigurationError, match="fields are given in the class body"):
        User.age = Integer()
    assert not hasattr(User, "age")


class Stamped(DotModel):
    created: str = Char(max_length=10)
    changed: str = Char()


class Named(DotModel):
    name: str = Char()
    changed: str = Char(max_length=20)


class Document(Stamped, Named):
    __table__ = "documents"

    id: int = Integer(primary_key=True)
    created: str = Char(max_length=99)


class TestInheritance:
    def test_fields_of_all_bases_the_nearest_winning(self):
        fields = Document.__meta__.fields
        assert set(fields) == {"id", "name", "created", "changed"}
        assert fields["created"].max_length == 99
        assert fields["changed"].max_length is None
        assert fields["name"].label == "Document.name"
        assert fields["name"] is not Named.__meta__.fields["name"]

    def test_an_abstract_base_makes_no_records(self):
        with pytest.raises(ConfigurationError, match="Stamped is an abstract base"):
            Stamped(created="x")
        with pytest.raises(ConfigurationError, match="Stamped is an abstract base"):
            _ = Stamped.__table__

    def test_a_field_is_not_hidden_by_something_else(self):
        with pytest.raises(ConfigurationError, match=r"X\.name hides the field that is inherited"):

            class X(Named):
                __table__ = "x"
                id: int = Integer(primary_key=True)
                name = "fixed"

    def test_a_field_does_not_hide_a_method_of_a_base(self):
        class Base(DotModel):
            def label(self):
                return "x"

        with pytest.raises(ConfigurationError, match="have a 'label' of their own"):

            class X(Base):
                __table__ = "x"
                id: int = Integer(primary_key=True)
                label: str = Char()

    def test_methods_of_plain_mixins(self):
        class Loud:
            def shout(self):
                return self.name.upper()

        class X(Loud, Named):
            __table__ = "x"
            id: int = Integer(primary_key=True)

        assert X(name="a").shout() == "A"

    def test_a_table_is_not_inherited(self):
        class Special(Document):
            pass

        assert Special.__meta__.is_abstract

    def test_a_constructor_of_its_own(self):
        class X(Named):
            __table__ = "x"
            id: int = Integer(primary_key=True)

            def __init__(self, name):
                super().__init__(name=name.strip())

        assert X(" a ").name == "a"
        with pytest.raises(TypeError, match="X has no field 'nmae'; did you mean 'name'"):
            DotModel.__init__(X("a"), nmae="b")


def test_a_class_written_twice():
    class Team(DotModel):
        __table__ = "teams"
        id: int = Integer(primary_key=True)
        members = Many2many(lambda: Member, "links", "member_id", "team_id")

    first = Team

    class Member(DotModel):
        __table__ = "members"
        id: int = Integer(primary_key=True)
        team = Many2one(lambda: Team)

    assert Member.team.relation.target is first.__meta__

    class Team(DotModel):
        __table__ = "teams"
        id: int = Integer(primary_key=True)
        name: str = Char()

    assert Member.team.relation.target is Team.__meta__
    assert Member.team.name.relation is Team.name
    assert Member(team=first(id=1)).team == Team(id=1)
    assert Member.__meta__.fields["team"].accept(first(id=1)) == 1


class TestOptions:
    def test_a_dialect_of_its_own(self):
        class X(Named):
            __table__ = "x"
            _dialect = SQLITE
            id: int = Integer(primary_key=True)

        assert X._dialect is SQLITE
        assert "_dialect" not in vars(X)
        X._dialect = POSTGRES
        assert X._dialect is X._builder.dialect is POSTGRES
        assert X(name="a")._dialect is POSTGRES
        assert X(name="a")._builder.table == X(name="a").__table__ == "x"

    def test_no_dialect(self):
        assert User._dialect is None
        with pytest.raises(ConfigurationError, match="User has no dialect: bind it"):
            _ = User._builder

    def test_binding(self, recorder):
        pool, other = recorder.database().pool, recorder.database().pool

        class Base(DotModel):
            _pool = pool

        class X(Base):
            __table__ = "x"
            id: int = Integer(primary_key=True)

        assert X._pool is pool
        assert X._dialect is X._builder.dialect is recorder.dialect
        X._pool, X._no_transaction = other, PoolSession
        assert (X._pool, Base._pool, X._no_transaction) == (other, pool, PoolSession)
        assert "_pool" not in vars(X)
        X._pool = None
        assert X._pool is pool

    @pytest.mark.parametrize("option", ["_pool", "_no_transaction", "_dialect"])
    def test_what_a_model_cannot_be_bound_to(self, option):
        class X(DotModel):
            pass

        for wrong in ("x", 5, SQLITE) if option == "_no_transaction" else ("x", 5, User, Char):
            with pytest.raises(ConfigurationError, match=rf"^X\.{option} takes"):
                setattr(X, option, wrong)
            with pytest.raises(ConfigurationError, match=rf"^Y\.{option} takes"):
                type(DotModel)("Y", (DotModel,), {option: wrong})
        setattr(X, option, None)
        assert getattr(X, option) is None

    async def test_an_operation_without_a_database(self):
        with pytest.raises(ConfigurationError, match=r"User is not bound.*models=\[User\]"):
            await User.search()
        with pytest.raises(ConfigurationError, match="session= takes a session, not str"):
            await User.search(session="x")


def test_field_is_its_own_annotation():
    assert Field[int] is not None
    assert issubclass(RecordNotFound, LookupError)
