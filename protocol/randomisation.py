"""Groups that subjects are randomised to by a list that is imported, and the strata that the list is in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise

from pydantic import Field, model_validator

from protocol.forms import FormCode
from protocol.part import Code, Part, Text


class Stratum(Part):
    """An item by which subjects are told apart before they are randomised; its name heads a column of the list.

    Its levels are the answers themselves, or, of a number, the stretches between `cuts`.
    """

    form: FormCode
    """The form that records it, once a subject."""
    item: str
    """The item: yes-no, a choice or a number."""
    label: Text
    """In words."""
    levels: tuple[Text, ...] = ()
    """Of a yes-no item `yes` and `no`; of a choice each of its terms, in small letters."""
    cuts: tuple[Decimal, ...] = ()
    """Of a number, where the next level begins: with 2 there are `below 2` and `2 or more`."""

    @model_validator(mode="after")
    def _has_levels(self) -> Stratum:
        if bool(self.levels) == bool(self.cuts):
            raise ValueError("state either levels or cuts")
        if len(self.levels) == 1 or len(set(self.levels)) < len(self.levels):
            raise ValueError("levels are two or more, each once")
        if any(later <= earlier for earlier, later in pairwise(self.cuts)):
            raise ValueError("cuts must rise")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """Every level, as the list writes it."""
        if self.levels:
            return self.levels
        between = (f"{low:f} to below {high:f}" for low, high in pairwise(self.cuts))
        return (f"below {self.cuts[0]:f}", *between, f"{self.cuts[-1]:f} or more")

    def level_of(self, answer: str | Decimal | None) -> str | None:
        """The level of an answer, a term in small letters or an exact number; None where it has none."""
        if isinstance(answer, Decimal):
            return self.names[sum(answer >= cut for cut in self.cuts)] if self.cuts else None
        return answer if answer in self.levels else None


class Randomisation(Part):
    """Groups that nobody chooses: the next number of the subject's stratum in an imported list gives one of them."""

    cohorts: tuple[Code, ...] = Field(min_length=2)
    """The codes of the cohorts, all of one phase."""
    by_site: bool = False
    """Whether each site has numbers of its own: the list then has a column `site`."""
    strata: tuple[Stratum, ...] = ()
    """What the list is stratified by, beside the site; none where all subjects share it."""

    @property
    def columns(self) -> tuple[str, ...]:
        sites = ("site",) if self.by_site else ()
        return ("number", *sites, *(stratum.item for stratum in self.strata), "group")

    def key(self, site: str, levels: Mapping[str, str]) -> str:
        """How a stratum is called, from the code of the site and the level of each item: `site 101, age=below 65`."""
        sites = [f"site {site}"] if self.by_site else []
        return ", ".join([*sites, *(f"{stratum.item}={levels[stratum.item]}" for stratum in self.strata)])

    @property
    def factors(self) -> dict[str, str]:
        """What tells its strata apart, in words, by the column of the list."""
        sites = {"site": "Site"} if self.by_site else {}
        return sites | {stratum.item: stratum.label for stratum in self.strata}

    def levels_in(self, key: str) -> dict[str, str] | None:
        """The level of each factor in what `key` made; None of what another version's strata made."""
        patterns = ["site (.+?)"] * self.by_site
        patterns += [f"{stratum.item}=({'|'.join(map(re.escape, stratum.names))})" for stratum in self.strata]
        read = re.fullmatch(", ".join(patterns), key)
        return dict(zip(self.factors, read.groups(), strict=True)) if read else None
