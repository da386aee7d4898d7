"""Schemas from models: which fields, which types, what is told of them, and there and back."""

import copy
import decimal
import pickle
import uuid

import pytest
from pydantic import ValidationError

import dotorm
from dotorm import (
    UUID,
    Boolean,
    Char,
    Decimal,
    DotModel,
    FieldNotLoaded,
    Integer,
    InvalidFilter,
    InvalidValue,
    JSONField,
    Load,
    Many2many,
    Many2one,
    One2many,
    One2one,
)
from dotorm.pydantic import (
    CreateSchema,
    ReadSchema,
    UpdateSchema,
    create_schema,
    from_record,
    load_options,
    read_schema,
    to_record,
    update_schema,
)
from tests.given import given


class Role(DotModel):
    """What users may do."""

    __table__ = "roles"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=20, required=True, description="What it is called")
    users: list["User"] = One2many(lambda: User, "role_id")


class User(DotModel):
    __table__ = "users"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=10, required=True)
    active: bool = Boolean(required=True, default=True)
    role_id: Role = Many2one(lambda: Role)
    boss_id: "User" = Many2one(lambda: User)
    card: "Card" = One2one(lambda: Card, "user_id")
    friends: list["User"] = Many2many(lambda: User, "friends", "a", "b")
    shout: str = Char(store=False, compute=lambda user: user.name.upper())
    phrase: str = Char(store=False)


class Card(DotModel):
    __table__ = "cards"

    code: str = Char(primary_key=True, max_length=4)
    user_id: User = Many2one(lambda: User, unique=True, required=True)


class Preset(DotModel):
    __table__ = "presets"

    id: uuid.UUID = UUID(primary_key=True, default=uuid.uuid4)
    sizes: list = JSONField(default=[1])
    token: uuid.UUID = UUID(required=True, default=uuid.uuid4)
    price: decimal.Decimal = Decimal(5, 2, default="1.5")


class Base(DotModel):
    id: int = Integer(primary_key=True)


def properties(schema, mode="validation"):
    return schema.model_json_schema(mode=mode)["properties"]


def problems(schema, **payload):
    """The place and kind of each error."""
    with pytest.raises(ValidationError) as caught:
        schema.model_validate(payload)
    return [(error["loc"][0], error["type"]) for error in caught.value.errors()]


def loaded(model, **values):
    """A record as one that was read: what it was not given was not loaded."""
    record = model(**values)
    record._plan = object()
    return record


# ---------------------------------------------------------------- which fields


def test_usual_fields():
    assert list(create_schema(User).model_fields) == ["name", "active", "role_id", "boss_id"]
    assert list(update_schema(User).model_fields) == ["name", "active", "role_id", "boss_id"]
    assert list(read_schema(User).model_fields) == ["id", "name", "active", "role_id", "boss_id"]


def test_a_key_that_nobody_makes_is_asked_for():
    assert "code" in create_schema(Card).model_fields
    assert "id" not in create_schema(Preset).model_fields
    given = create_schema(User, ["id", "name"])
    assert given(name="x").model_fields_set == {"name"}
    assert problems(given, id=None, name="x") == [("id", "int_type")]


def test_required_fields_and_defaults():
    schema = create_schema(User).model_json_schema()
    assert schema["required"] == ["name"]
    assert schema["properties"]["active"]["default"] is True
    assert schema["properties"]["role_id"]["default"] is None
    told = properties(create_schema(Preset))
    assert told["sizes"]["default"] == [1]
    assert told["price"]["default"] == "1.50"
    assert "default" not in told["token"]


def test_an_update_requires_nothing_and_tells_of_no_default():
    schema = update_schema(User).model_json_schema()
    assert "required" not in schema
    assert not any("default" in told for told in schema["properties"].values())


def test_all_that_is_shown_is_required():
    for mode in ("validation", "serialization"):
        schema = read_schema(User).model_json_schema(mode=mode)
        assert schema["required"] == ["id", "name", "active", "role_id", "boss_id"]


@pytest.mark.parametrize(
    ("make", "fields", "text"),
    [
        (create_schema, ["nmae"], "User: unknown field 'nmae'"),
        (update_schema, ["nmae"], "User: unknown field 'nmae'"),
        (read_schema, ["nmae"], "User: unknown field 'nmae'"),
        (read_schema, [{"role_id": ["nope"]}], "Role: unknown field 'nope'"),
        (read_schema, [{"name": ["id"]}], "User.name is not a relation"),
        (read_schema, ["name", "name"], "User.name is named twice"),
        (read_schema, ["role_id", {"role_id": ["id"]}], "User.role_id is named twice"),
        (read_schema, "name", "fields is a list of names, not 'name'"),
        (read_schema, [{"role_id": "id"}], "Role: fields is a list of names, not 'id'"),
        (read_schema, 7, "fields is a list of names, not 7"),
        (create_schema, ["shout"], "User.shout is computed"),
        (update_schema, ["shout"], "User.shout is computed"),
        (update_schema, ["id"], "User.id is the key"),
        (create_schema, ["friends"], "User.friends has no column"),
        (create_schema, [{"role_id": ["name"]}], "User.role_id takes a key"),
        (update_schema, [{"role_id": ["name"]}], "User.role_id takes a key"),
    ],
)
def test_wrong_fields_are_refused(make, fields, text):
    with pytest.raises(InvalidFilter, match=text):
        make(User, fields)


@pytest.mark.parametrize("model", [Base, int, DotModel, User(name="x")])
def test_only_models_with_a_table_have_schemas(model):
    with pytest.raises(dotorm.ConfigurationError, match="made from a model with a __table__"):
        create_schema(model)


# ---------------------------------------------------------------- a payload into a record


def test_a_record_is_given_what_the_payload_was_given_and_no_more():
    assert given(to_record(create_schema(User)(name="x"))) == {"name": "x"}
    assert given(to_record(update_schema(User)())) == {}
    assert given(to_record(update_schema(User)(role_id=None))) == {"role_id": None}
    assert type(to_record(UpdateSchema[User]())) is User


def test_none_is_taken_where_null_is():
    assert problems(update_schema(User), name=None) == [("name", "string_type")]
    assert problems(update_schema(User), active=None) == [("active", "bool_type")]
    assert update_schema(User)(role_id=None).role_id is None


def test_a_field_that_is_not_stored_can_be_sent_when_it_is_named():
    record = to_record(create_schema(User, ["name", "phrase"])(name="x", phrase="open"))
    assert record.phrase == "open"


def test_changes_of_a_relation():
    schema = update_schema(Role, ["name", {"users": ["name"]}])
    payload = schema.model_validate(
        {"users": {"selected": ["3"], "created": [{"name": "x"}], "deleted": [4]}}
    )
    record = to_record(payload)
    assert list(record.users) == ["selected", "created", "deleted"]
    assert (record.users["selected"], record.users["deleted"]) == ([3], [4])
    assert [given(user) for user in record.users["created"]] == [{"name": "x"}]
    assert problems(schema, users={"created": [{"name": "longer than ten"}]})
    assert problems(schema, users=None)
    assert problems(schema, users={"selected": [2**31]})


def test_a_relation_that_is_merely_named_can_be_linked_only():
    schema = update_schema(User, ["friends"])
    assert given(to_record(schema(friends={"unselected": [1]}))) == {"friends": {"unselected": [1]}}
    for part in ("created", "deleted"):
        assert problems(schema, friends={part: []}) == [("friends", "extra_forbidden")]


def test_a_class_of_ones_own_may_have_more():
    record = to_record(SignUp(name="x", captcha="y"))
    assert given(record) == {"name": "x"}
    assert SignUp.model_json_schema()["title"] == "SignUp"


def test_only_payloads_become_records():
    for value in (User(name="x"), {"name": "x"}, read_schema(Role, ["id"])(id=1)):
        with pytest.raises(InvalidValue, match="to_record takes"):
            to_record(value)


# ---------------------------------------------------------------- a record into a schema


def test_relations_to_any_depth():
    schema = read_schema(
        User, ["id", {"role_id": ["name", {"users": ["id", {"boss_id": ["name"]}]}]}]
    )
    boss = User(id=1, name="boss")
    role = Role(id=5, name="admin")
    user = User(id=2, name="x", role_id=role, boss_id=boss)
    role.users = [user]
    shown = from_record(schema, user)
    assert shown.model_dump() == {
        "id": 2,
        "role_id": {"name": "admin", "users": [{"id": 2, "boss_id": {"name": "boss"}}]},
    }
    assert schema.model_validate(user) == shown
    assert schema.model_validate(user, from_attributes=True) == shown


def test_a_many2one_that_is_merely_named_shows_its_key():
    schema = read_schema(User, ["role_id"])
    assert from_record(schema, User(role_id=4)).role_id == 4
    assert from_record(schema, User(role_id=Role(id=4))).role_id == 4
    assert from_record(schema, User()).role_id is None


def test_a_relation_of_many_that_is_merely_named_shows_all_stored_fields():
    schema = read_schema(Role, ["users"])
    assert schema.model_fields["users"].annotation == list[read_schema(User)]
    one = read_schema(User, ["card"])
    assert one.model_json_schema()["properties"]["card"]["anyOf"] == [
        {"$ref": "#/$defs/CardRead"},
        {"type": "null"},
    ]


def test_fields_info_as_search_takes_it():
    listed = read_schema(User, ["id", {"role_id": ["name", {"users": ["id"]}]}])
    load = Load(fields=["name", "users"], fields_info={"users": ["id"]}, limit=3)
    assert read_schema(User, ["id", "role_id"], fields_info={"role_id": load}) is listed
    assert read_schema(User, ["id", {"role_id": load}]) is listed
    for wrong in ({"users": ["id"]}, {"role_id": ["id"]}):
        with pytest.raises(InvalidFilter):
            read_schema(User, ["id"], fields_info=wrong)
    with pytest.raises(InvalidFilter, match="fields_info is a dict"):
        read_schema(User, ["role_id"], fields_info=["role_id"])


def test_what_to_load_for_a_schema():
    schema = read_schema(User, ["id", "shout", {"role_id": ["name"], "friends": ["id", "card"]}])
    options = load_options(schema)
    assert options["fields"] == ["id", "shout", "role_id", "friends"]
    assert options["fields_info"]["role_id"] == ["name"]
    friends = options["fields_info"]["friends"]
    assert isinstance(friends, Load)
    assert (friends.fields, friends.fields_info) == (["id", "card"], {"card": ["code", "user_id"]})


@pytest.mark.parametrize(
    ("fields", "record", "text"),
    [
        (["name"], loaded(User, id=1), "User.name was not loaded"),
        (["shout"], loaded(User, id=1), "User.name was not loaded"),
        ([{"role_id": ["id"]}], loaded(User, role_id=3), "User.role_id is 3"),
        (["friends"], loaded(User, id=1), "User.friends was not loaded"),
        (["friends"], User(id=1), "User.friends is None"),
        (["card"], User(id=1), "User.card is None"),
        ([{"role_id": ["name"]}], User(role_id=loaded(Role, id=1)), "Role.name was not loaded"),
    ],
)
def test_what_was_not_loaded_is_an_error(fields, record, text):
    schema = read_schema(User, fields)
    with pytest.raises(FieldNotLoaded, match=text):
        from_record(schema, record)
    with pytest.raises(FieldNotLoaded, match=text):
        schema.model_validate(record, from_attributes=True)


def test_a_record_of_another_model_is_refused():
    for wrong in (Role(id=1), None, {"id": 1}):
        with pytest.raises(InvalidValue, match="UserRead_id shows a User"):
            from_record(read_schema(User, ["id"]), wrong)


def test_a_new_record_without_a_value_is_refused():
    with pytest.raises(ValidationError):
        from_record(read_schema(User), User(name="x"))


# ---------------------------------------------------------------- identity and names


class SignUp(create_schema(User)):
    captcha: str


def test_a_schema_is_made_once():
    assert create_schema(User) is create_schema(User)
    assert create_schema(User) is create_schema(User, ["name", "active", "role_id", "boss_id"])
    assert CreateSchema[User] is create_schema(User)
    assert UpdateSchema[User] is update_schema(User)
    assert ReadSchema[User] is read_schema(User)
    assert read_schema(User, ("id", User.name)) is read_schema(User, ["id", "name"])
    assert read_schema(User, ["id"]) is not read_schema(User, ["id"], name="UserKey")


def test_a_schema_of_any_model_is_a_type():
    def stored[M: DotModel](payload: CreateSchema[M]) -> M:
        return to_record(payload)

    assert stored(create_schema(User)(name="x")).name == "x"


def test_names_are_made_from_what_is_named():
    assert create_schema(User).__name__ == "UserCreate"
    assert read_schema(User, ["id", "name"]).__name__ == "UserRead_id_name"
    nested = read_schema(User, ["id", {"role_id": ["id", {"users": ["id"]}]}])
    assert nested.__name__ == "UserRead_id_role_id__id__users___id"
    assert read_schema(User, ["id"], name="UserKey").__name__ == "UserKey"
    assert create_schema(User).__module__ == __name__
    fields = ["id", "active", "name", "role_id", "boss_id"]
    long = read_schema(User, [*fields, {"friends": [*fields, {"card": ["code"]}]}])
    assert len(long.__name__) == 69
    assert long.__name__.startswith("UserRead_id_active_name_role_id_boss_id_friends__id__active_")


def test_a_target_that_is_written_again_makes_a_new_schema():
    def models():
        class Land(DotModel):
            __table__ = "lands"
            id: int = Integer(primary_key=True)

        return Land

    newest = [models()]

    class Town(DotModel):
        __table__ = "towns"
        id: int = Integer(primary_key=True)
        land: object = Many2one(lambda: newest[-1])

    before = read_schema(Town, [{"land": ["id"]}])
    newest.append(models())
    assert read_schema(Town, [{"land": ["id"]}]) is not before


@pytest.mark.parametrize(
    "instance",
    [
        create_schema(User)(name="x"),
        update_schema(Role, [{"users": ["name"]}])(users={"created": [{"name": "x"}]}),
        read_schema(User, ["id", {"role_id": ["name"]}])(id=1, role_id={"name": "x"}),
        SignUp(name="x", captcha="y"),
    ],
    ids=lambda instance: type(instance).__name__,
)
def test_instances_are_pickled_and_copied(instance):
    for twin in (pickle.loads(pickle.dumps(instance)), copy.deepcopy(instance)):
        assert twin == instance
        assert type(twin) is type(instance)
        assert twin.model_fields_set == instance.model_fields_set
