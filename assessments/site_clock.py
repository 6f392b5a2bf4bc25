"""By which clocks the times of day of a site are read: set when the site is opened, and put right here."""

from django.db import models
from django.db.models import QuerySet

from accounts.actor import SYSTEM, Actor, acting
from accounts.models import Site
from accounts.scope import EVERYWHERE, showing
from assessments.catalogue import CATALOGUE
from assessments.items import clock_times_of
from assessments.storing import instants

TIMED = tuple(form.record for form in CATALOGUE.values() if clock_times_of(form.record))


@showing(EVERYWHERE)
def times_recorded(site: Site) -> int:
    """How many forms of the site hold a time of day."""
    return sum(_timed_at(model, site).count() for model in TIMED)


@showing(EVERYWHERE)
def set_time_zone(*, site: Site, time_zone: str, by: Actor, reason: str) -> None:
    """From now on the site's times of day are those of this zone, those too that were typed before: their instants are
    found anew, by the system. Raises Locked where one of their forms is frozen or locked, ValidationError for no zone.
    """
    site.time_zone = time_zone
    site.full_clean()
    with acting(by, reason=reason):
        site.save(update_fields=["time_zone"])
        with acting(SYSTEM, reason=f"time zone of site {site.code} is {time_zone}"):
            for model in TIMED:
                _find_instants_anew(model, site)


def _find_instants_anew(model: type[models.Model], site: Site) -> None:
    records = list(_timed_at(model, site))
    for record in records:
        for name, moment in instants(model, vars(record), site.zone).items():
            setattr(record, name, moment)
    model._default_manager.bulk_update(records, [f"{name}_at" for name in clock_times_of(model)], batch_size=500)


def _timed_at(model: type[models.Model], site: Site) -> QuerySet[models.Model]:
    timed = models.Q()
    for name in clock_times_of(model):
        timed |= ~models.Q(**{f"{name}_time": ""})
    return model._default_manager.filter(timed, case_form__subject__site=site)
