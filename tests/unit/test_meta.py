"""A model as data."""

import pytest

from dotorm import Char, ConfigurationError, DotModel, Integer, InvalidFilter, Many2one, One2many
from dotorm import field_types as f
from dotorm.meta import ModelMeta


class Role(DotModel):
    __table__ = "roles"

    id: int = Integer(primary_key=True)
    name: str = Char(column="Role Name")
    users = One2many(lambda: User, "role_id")


class User(DotModel):
    __table__ = "users"
    __indexes__ = (("name", "role_id"),)
    __unique__ = (("name", "city"),)

    id: int = Integer(primary_key=True)
    name: str = Char()
    city: str = Char()
    role_id: Role = Many2one(lambda: Role)
    loud = Char(store=False, compute=lambda user: user.name.upper())
    note = Char(store=False)


META = User.__meta__


def test_fields_by_what_they_are():
    assert list(META.fields) == ["id", "name", "city", "role_id", "loud", "note"]
    assert list(META.stored) == ["id", "name", "city", "role_id"]
    assert list(META.relations) == ["role_id"]
    assert META.key == META.key_fields() == (META.fields["id"],)
    assert META.key_names == ("id",)
    assert list(Role.__meta__.relations) == ["users"]


def test_names():
    assert (META.name, META.label, META.table, META.model) == ("User", "User", "users", User)
    assert repr(META) == "<meta of User>"
    assert META.fields["name"].label == "User.name"
    assert repr(META.fields["name"]) == "<Char User.name>"
    assert Role.__meta__.fields["name"].column == "Role Name"


def test_fields_are_copied():
    field = f.Char()
    one, other = ModelMeta("A", "a", {"x": field}), ModelMeta("B", "b", {"y": field})

    assert one.fields["x"] is not field
    assert (one.fields["x"].label, other.fields["y"].label) == ("A.x", "B.y")
    assert (one.fields["x"].column, other.fields["y"].column) == ("x", "y")
    assert field.meta is None
    assert repr(field) == "<Char Char>"


def test_indexes():
    assert META.indexes == ((META.fields["name"], META.fields["role_id"]),)
    assert META.unique == ((META.fields["name"], META.fields["city"]),)


@pytest.mark.parametrize(
    ("group", "message"),
    [
        (("nmae",), r"X\.__indexes__: no stored field 'nmae'; did you mean 'name'"),
        ((), "a list of tuples of field names"),
        ("name", "a list of tuples of field names"),
        (("loud",), "no stored field 'loud'"),
    ],
)
def test_indexes_that_cannot_be(group, message):
    fields = {"name": f.Char(), "loud": f.Char(store=False)}
    with pytest.raises(ConfigurationError, match=message):
        ModelMeta("X", "x", fields, indexes=[group])


def test_two_fields_of_one_column():
    fields = {"name": f.Char(), "title": f.Char(column="name")}
    with pytest.raises(ConfigurationError, match=r"X\.name and X\.title have one column name"):
        ModelMeta("X", "x", fields)


def test_no_key():
    with pytest.raises(ConfigurationError, match="X has no primary key"):
        ModelMeta("X", "x", {}).key_fields()


def test_no_table():
    meta = ModelMeta("X", None, {})
    assert meta.is_abstract
    with pytest.raises(ConfigurationError, match="X is an abstract base: it has no __table__"):
        _ = meta.table


class TestField:
    def test_by_name_by_field_by_path(self):
        assert META.field("name") is META.field(User.name) is META.fields["name"]
        assert META.field(User.role_id) is META.fields["role_id"]

    @pytest.mark.parametrize("name", ["nmae", "", None, 3, ("name",), ["name"], {}])
    def test_unknown(self, name):
        with pytest.raises(InvalidFilter, match="User: unknown field"):
            META.field(name)

    def test_nearest_or_all(self):
        with pytest.raises(InvalidFilter, match="did you mean 'name'"):
            META.field("nmae")
        with pytest.raises(InvalidFilter, match="there are city, id, loud, name, note, role_id"):
            META.field("zzz")

    def test_of_another_model(self):
        with pytest.raises(InvalidFilter, match=r"User: Role\.name is a field of another model"):
            META.field(Role.name)
        with pytest.raises(InvalidFilter, match="another model"):
            META.field(User.role_id.name)

    def test_relation(self):
        assert META.relation("role_id") is META.fields["role_id"]
        with pytest.raises(InvalidFilter, match=r"User\.name is not a relation"):
            META.relation("name")


class TestResolve:
    def test_own_column(self):
        column = META.resolve("name")
        assert (column.name, column.field, column.path) == ("name", META.fields["name"], ())

    def test_path(self):
        column = META.resolve("role_id.name")
        assert (column.name, column.path) == ("Role Name", ("role_id",))
        assert column.field is Role.__meta__.fields["name"]

    @pytest.mark.parametrize(
        ("path", "message"),
        [
            ("loud", r"User\.loud has no column"),
            ("name.x", r"User\.name is no Many2one"),
            ("role_id.users.name", r"Role\.users is no Many2one"),
            ("role_id.nmae", r"Role: unknown field 'nmae'"),
            (".", "unknown field ''"),
        ],
    )
    def test_no_column(self, path, message):
        with pytest.raises(InvalidFilter, match=message):
            META.resolve(path)


class TestTargets:
    def test_of_a_model_without_a_table(self):
        class Abstract(DotModel):
            name: str = Char()

        field = f.Many2one(lambda: Abstract)
        with pytest.raises(ConfigurationError, match="which is no model with a table"):
            _ = field.target

    def test_of_what_is_no_model(self):
        field = ModelMeta("X", "x", {"y": f.Many2one(lambda: int)}).fields["y"]
        with pytest.raises(ConfigurationError, match=r"X\.y leads to <class 'int'>"):
            _ = field.target

    def test_of_an_undefined_name(self):
        field = f.Many2one(lambda: Undefined)  # noqa: F821 - it is not there
        meta = ModelMeta("X", "x", {"y": field})
        with pytest.raises(
            ConfigurationError, match=r"^X\.y leads to a model that is not there: name 'Undefined'"
        ) as caught:
            _ = meta.fields["y"].target
        assert isinstance(caught.value.__cause__, NameError)

    def test_the_inverse_is_a_many2one(self):
        class Owner(DotModel):
            __table__ = "owners"
            id: int = Integer(primary_key=True)
            wrong = One2many(lambda: User, "name")
            unknown = One2many(lambda: User, "owner")
            single = f.One2one(lambda: User, "role_id")

        with pytest.raises(ConfigurationError, match="User has no Many2one named 'name'"):
            _ = Owner.__meta__.fields["wrong"].inverse_field
        with pytest.raises(ConfigurationError, match="User has no Many2one named 'owner'"):
            _ = Owner.__meta__.fields["unknown"].inverse_field
        with pytest.raises(ConfigurationError, match=r"role_id must be declared with unique=True"):
            _ = Owner.__meta__.fields["single"].inverse_field


def test_the_nearest_binding_counts():
    base = ModelMeta("Base", None, {})
    meta = ModelMeta("X", "x", {}, bases=(base,))
    assert (meta.bound_pool(), meta.given_dialect()) == (None, None)

    base.pool, base.dialect = "pool of the base", "dialect of the base"
    assert (meta.bound_pool(), meta.given_dialect()) == (base.pool, base.dialect)
    meta.pool, meta.dialect = "its own", "dialect of its own"
    assert (meta.bound_pool(), meta.given_dialect()) == ("its own", "dialect of its own")
