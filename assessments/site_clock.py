"""By which clocks the times of day of a site are read: set when the site is opened, and put right here."""

from datetime import date, datetime

from django.db import connection, models

from accounts.actor import Actor, acting
from accounts.models import Site
from assessments.catalogue import CATALOGUE
from assessments.items import clock_times_of
from values.times import instant

TIMED = tuple((form.record, item) for form in CATALOGUE.values() for item in clock_times_of(form.record))


def times_recorded(site: Site) -> int:
    """How many forms of the site hold a time of day."""
    return len({form for model, item in TIMED for form, _, _ in _times(model, item, site)})


def set_time_zone(*, site: Site, time_zone: str, by: Actor, reason: str) -> None:
    """From now on the site's times of day are those of this zone, those too that were typed before: their instants are
    found anew. Raises Locked where one of their forms is frozen or locked, ValidationError for no zone.
    """
    site.time_zone = time_zone
    site.full_clean()
    with acting(by, reason=reason):
        site.save(update_fields=["time_zone"])
        with acting(by, reason=f"time zone of site {site.code} is {time_zone}"):
            for model, item in TIMED:
                for form, day, at in _times(model, item, site):
                    _put(model, item, form, instant(day, at, site.zone) if day else None)


def _times(model: type[models.Model], item: str, site: Site) -> list[tuple[int, date | None, str]]:
    """Form, day and time: an administrator, to whom no site is shown, is told these alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM edc.times_of(%s, %s, %s)", [model._meta.db_table, item, site.pk])
        return cursor.fetchall()  # type: ignore[no-any-return]


def _put(model: type[models.Model], item: str, form: int, moment: datetime | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT edc.put_instant(%s, %s, %s, %s)", [model._meta.db_table, item, form, moment])
