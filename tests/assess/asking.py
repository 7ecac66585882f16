"""One assessment from plain facts, as the tests ask for it."""

from datetime import date

from banjia.assess.assess import assess_route
from banjia.facts.profile import Profile
from banjia.law.corpus import load as load_law
from banjia.routes.catalogue import load as load_routes

TODAY = date(2026, 11, 23)


def ask(facts, *, on=TODAY, **options):
    return assess_route(Profile.read(facts), on=on, law=load_law(), routes=load_routes(), **options)
