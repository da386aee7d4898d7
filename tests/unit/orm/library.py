"""Models of a small club, and the rows that a recording backend answers of it."""

from dotorm import Char, DotModel, Integer, JSONField, Many2many, Many2one, One2many, One2one


class Team(DotModel):
    __table__ = "teams"

    id = Integer(primary_key=True)
    name = Char(max_length=5, required=True)
    city = Char(default="Rome")
    members = One2many(lambda: Member, "team")


class Skill(DotModel):
    __table__ = "skills"

    id = Integer(primary_key=True)
    name = Char(unique=True)


class Member(DotModel):
    __table__ = "members"

    id = Integer(primary_key=True)
    name = Char()
    prefs = JSONField()
    team = Many2one(lambda: Team)
    skills = Many2many(lambda: Skill, "member_skills", "skill_id", "member_id")
    card = One2one(lambda: Card, "member")
    loud = Char(store=False, compute=lambda member: member.name.upper())


class Card(DotModel):
    __table__ = "cards"

    code = Char(primary_key=True)
    member = Many2one(lambda: Member, unique=True)


MODELS = (Team, Skill, Member, Card)
