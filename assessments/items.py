"""The items of a case form: typed model fields that carry what the catalogue says of them.

An item is a column. Its plain name is the field's, its label the verbose name; beside them stand its CDASH name, unit,
expected range, whether *complete* needs it, whether it is critical for source data verification, and where it goes in
SDTM. Pages, API, checks and the data dictionary all read it from here.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator, MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from protocol import Protocol, current, known
from values import UnreadableValue
from values.dates import read_iso_date
from values.numbers import Result, read_result


@dataclass(frozen=True)
class Item:
    """What is known of an item beyond its column. `expected` is the range outside of which a check asks back.

    `identifying` are items that could tell who a subject is: see assessments.reading.deidentified. `may_lack` says
    where an item differs from the rule by which a needed one may be without a value, with a reason: see
    assessments.entering.absences.
    `follows` names an item that this one puts in other words: it holds no longer once that one says something else.
    `part_of` names the item without which this one says nothing, as the unit of a result: where two people saved, one
    of them is right about both. Where the names say so already it is left out: see `heads_of`.
    """

    cdash: str
    sdtm: str = ""
    unit: str = ""
    required: bool = True
    critical: bool = False
    identifying: bool = False
    expected: tuple[Decimal | int, Decimal | int] | None = None
    only_if: tuple[str, tuple[str, ...]] | None = None
    # As `only_if`: asked for in any case, and needed to complete the form where this holds.
    needed_if: tuple[str, tuple[str, ...]] | None = None
    # Found out by the save from other items: not asked for.
    computed: bool = False
    may_lack: bool | None = None
    follows: str = ""
    part_of: str = ""
    # What it asks is the protocol file's to say: it has no words of its own.
    free: bool = False

    def applies(self, values: Mapping[str, Any]) -> bool:
        """A conditional item applies while the item that it hangs on has one of the answers that call for it."""
        return self.only_if is None or str(values.get(self.only_if[0])) in self.only_if[1]


# How the names of parts end, and what stands there in the name of the item that they belong to.
PARTS = {"_time": "_date", "_unit": "", "_uln": "", "_detail": ""}


def check_partial_date(value: str) -> None:
    """Refuse anything but YYYY, YYYY-MM or an existing YYYY-MM-DD."""
    try:
        read_iso_date(value)
    except UnreadableValue as refusal:
        raise ValidationError(str(refusal)) from None


class PartialDateField(models.CharField):
    """A date of which the day, or day and month, may be unknown: ISO 8601 text. Compared as text
    2008-04 comes before 2008-04-03: values.dates.middle_of says where a date stands among others."""

    default_validators = [check_partial_date]
    holds_dates = True

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max_length": 10, "blank": True, "default": ""} | options)


class ClockTimeField(models.CharField):
    """A time of day by the clocks of the subject's site, as ISO 8601 text: HH:MM; empty where it is not known."""

    default_validators = [RegexValidator(r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z", "Enter a time as HH:MM, 00:00 to 23:59.")]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max_length": 5, "blank": True, "default": ""} | options)


# The words of a column that the protocol file gives its own.
FREE = "Not in use"
LONGEST_CHOICE = 60
RESULT = r"^[<>]?[0-9]+([.][0-9]+)?$"


class ResultField(models.Field):
    """A measured result, a `values.numbers.Result` in Python: a decimal of at most `decimal_places`, or the limit of
    the method behind < or >. Text in the database, `7.2` or `<0.1`: what the trail keeps is what was reported."""

    description = "A measured result"

    def __init__(self, *args: Any, decimal_places: int, **options: Any) -> None:
        self.decimal_places = decimal_places
        super().__init__(*args, **{"max_length": 21, "null": True, "blank": True} | options)

    def deconstruct(self) -> Any:
        name, path, arguments, options = super().deconstruct()
        return name, path, arguments, options | {"decimal_places": self.decimal_places}

    def get_internal_type(self) -> str:
        return "CharField"

    def from_db_value(self, value: str | None, *_: Any) -> Result | None:
        return None if value is None else self.to_python(value)

    def to_python(self, value: Any) -> Result | None:
        """With all its decimals, as `exact` tells them."""
        if value is None or isinstance(value, Result):
            return value
        result = read_result(str(value), decimal_mark=".")
        return replace(result, value=result.value.quantize(Decimal(1).scaleb(-self.decimal_places)))

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else str(value)


def _item(field: models.Field, **known: Any) -> Any:
    field.item = Item(**known)
    return field


def date(label: str, **known: Any) -> Any:
    """A whole calendar date."""
    return _item(models.DateField(label, null=True, blank=True), **known)


def partial_date(label: str, **known: Any) -> Any:
    """A date whose day or month may be unknown."""
    return _item(PartialDateField(label), **known)


def clock_time(label: str, **known: Any) -> Any:
    """A time of day. That of `x_time` belongs to the day `x_date`; both make the instant `x_at` (see `instant_of`)."""
    return _item(ClockTimeField(label), **known)


def instant_of(label: str) -> Any:
    """The column `x_at`, as UTC, which each save finds from `x_date`, `x_time` and the site's time zone."""
    return models.DateTimeField(f"{label}, UTC", null=True, blank=True, editable=False)


@cache
def clock_times_of(model: type[models.Model]) -> tuple[str, ...]:
    """The `x` of each `x_time` among the items."""
    names = (field.name for field, _ in columns_of(model) if isinstance(field, ClockTimeField))
    return tuple(name.removesuffix("_time") for name in names)


def choice(label: str, codelist: type[models.TextChoices], *, length: int = 0, **known: Any) -> Any:
    """One term of a code list: its CDISC submission value is stored, its words are shown. `length` makes room for terms
    that the protocol file adds."""
    longest = length or max(len(value) for value in codelist.values)
    return _item(models.CharField(label, max_length=longest, choices=codelist.choices, blank=True, default=""), **known)


def free_choice(**known: Any) -> Any:
    """One of the answers that the protocol file names: what is stored is the answer in capitals."""
    return _item(models.CharField(FREE, max_length=LONGEST_CHOICE, blank=True, default=""), free=True, **known)


def text(label: str, length: int = 200, **known: Any) -> Any:
    return _item(models.CharField(label, max_length=length, blank=True, default=""), **known)


def whole(label: str, low: int, high: int, **known: Any) -> Any:
    """A whole number; `low` and `high` bound what can exist, `expected` what is usual."""
    bounds = [MinValueValidator(low), MaxValueValidator(high)]
    return _item(models.IntegerField(label, null=True, blank=True, validators=bounds), **known)


def number(label: str, low: str, high: str, places: int = 1, **known: Any) -> Any:
    """An exact decimal; `low` and `high` bound what can exist, `expected` what is usual."""
    bounds = [MinValueValidator(Decimal(low)), MaxValueValidator(Decimal(high))]
    digits = len(high.split(".")[0]) + places
    return _item(
        models.DecimalField(label, max_digits=digits, decimal_places=places, null=True, blank=True, validators=bounds),
        **known,
    )


def result(label: str, high: str, places: int, **known: Any) -> Any:
    """What a laboratory measured, from 0 to `high`, or the limit below or above which it could not measure."""
    digits = DecimalValidator(len(high) + places, places)
    bounds = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(high)), digits]
    return _item(ResultField(label, decimal_places=places, validators=bounds), **known)


Pairs = tuple[tuple[models.Field, Item], ...]
# How a model is made the form of a trial: from its columns, and by a version of the protocol.
Planned = Callable[[Sequence[tuple[models.Field, Item]], Protocol], Pairs]
# Versions of which the forms are kept: those in force at once are few.
MOST_VERSIONS = 16


@cache
def columns_of(model: type[models.Model]) -> Pairs:
    """Each column of a case form's model that can be an item, with what is known of it."""
    return tuple((field, field.item) for field in model._meta.get_fields() if hasattr(field, "item"))


def items_of(model: type[models.Model]) -> Pairs:
    """Each item of a case form, with what is known of it, in the order of the form.

    A model that says `as_planned` has those that the version of the protocol asks by which is judged (current), with
    its words and choices; the columns of the others are empty, and nobody sees them.
    """
    planned: Planned | None = getattr(model, "as_planned", None)
    return (
        columns_of(model)
        if planned is None or known() is None
        else by_version(f"items {model.__name__}", lambda: _made(model))
    )


def _made(model: type[models.Model]) -> Pairs:
    planned: Planned = model.as_planned  # type: ignore[attr-defined]
    return planned(columns_of(model), current())


_kept: "OrderedDict[int, tuple[Protocol, dict[str, Any]]]" = OrderedDict()


def by_version(name: str, make: Callable[[], Any]) -> Any:
    """What follows from the version by which is judged alone: made once a version."""
    version = known()
    if version is None:
        return make()
    # By the object: two that tests make of one file differ, and have its hash.
    _, made = _kept.setdefault(id(version), (version, {}))
    if name not in made:
        made[name] = make()
        while len(_kept) > MOST_VERSIONS:
            _kept.popitem(last=False)
    return made[name]


def planned_field(model: type[models.Model], name: str) -> models.Field | None:
    """A column as the version by which is judged has it; None where the model's own field holds, or it is not asked."""
    if not hasattr(model, "as_planned"):
        return None
    return next((field for field, _ in items_of(model) if field.name == name), None)


def label_of(model: type[models.Model], name: str) -> str:
    """The words of a column, as the version by which is judged has them."""
    return str((planned_field(model, name) or model._meta.get_field(name)).verbose_name)  # type: ignore[union-attr]


@cache
def heads_of(model: type[models.Model]) -> dict[str, str]:
    """By name, the item with which an item says one thing: of a unit its result, of a time its day.

    The names tell it (`x_date` and `x_time`, `x` and `x_unit`), elsewhere `part_of` does. What belongs together is
    chosen together of two versions, and waits together to be taken.
    """
    known = {field.name: item for field, item in columns_of(model)}
    return {name: _head_of(name, item, known) for name, item in known.items()}


def _head_of(name: str, item: Item, known: dict[str, Item]) -> str:
    of_its_name = (f"{name.removesuffix(end)}{of}" for end, of in PARTS.items() if name.endswith(end))
    return item.part_of or item.follows or next((head for head in of_its_name if head in known), name)
