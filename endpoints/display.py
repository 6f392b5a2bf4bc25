"""What the endpoints page shows of one estimate: headline numbers, tables, figures, footnotes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import reverse

from cohorts.following import read
from endpoints.downloads import canvas_of
from endpoints.figures import Figure, curves_of, curves_of_arms, figures_of
from endpoints.figures.arm_tables import tables_of
from endpoints.figures.comparing import arms_of
from endpoints.figures.style import Spec
from endpoints.figures.tables import FigureTable
from endpoints.headlines import Headline, headlines
from endpoints.models import Estimate
from endpoints.reading import Selection
from protocol import Protocol, current
from protocol.schema import AnalysisPlan, Assumption

# The other tables say the same as a figure and are fetched when they are unfolded.
SHOWN = ("response", "times", "landmarks", "sensitivity", "non_responders")
SHOWN_OF_ARMS = ("by_arm", "hazards", "differences")
FILE_KINDS = ("svg", "png", "pdf")
ONE_COLUMN_MM = "85"
RECIST = {
    "1.0": "RECIST 1.0 (Therasse, J Natl Cancer Inst 2000)",
    "1.1": "RECIST 1.1 (Eisenhauer, Eur J Cancer 2009)",
}
METHODS = (
    "where a response begins, FDA, Clinical Trial Endpoints, 2018; exact limits of a proportion, Clopper and Pearson, "
    "Biometrika 1934; curves, Kaplan and Meier, J Am Stat Assoc 1958, with Greenwood's variance (1926) and quantile "
    "limits after Brookmeyer and Crowley, Biometrics 1982; follow-up, Schemper and Smith, Control "
    "Clin Trials 1996"
)
METHODS_OF_COMPARISON = (
    "log-rank test, Mantel, Cancer Chemother Rep 1966; hazard ratio, Cox, J R Stat Soc B 1972, ties after Efron, J Am "
    "Stat Assoc 1977, or Breslow, Biometrics 1974; difference of rates, Newcombe, Stat Med 1998; tests of rates, "
    "Cochran, Biometrics 1954, Mantel and Haenszel, J Natl Cancer Inst 1959, and Fisher 1934"
)
# Longer tables than this are folded on the page; their files are whole anyway.
FOLDED_FROM = 25


class Earlier(NamedTuple):
    """What was estimated under an earlier version of the protocol, as it stood when the next one took force."""

    estimate: Estimate
    headlines: list[Headline]


class Drawn(NamedTuple):
    """One figure of the page; `spec` is None where there is nothing to draw, and `nothing` says why."""

    figure: Figure
    title: str
    spec: Spec | None
    nothing: str
    caption: str
    least_width: int
    downloads: list[tuple[str, str]]

    @property
    def fallback(self) -> str:
        """The same figure drawn by the server."""
        return self.downloads[0][1] if self.downloads else ""

    @property
    def spec_id(self) -> str:
        return f"spec-{self.figure.code}"


class PlanSetting(NamedTuple):
    meaning: str
    value: str
    assumed: str | None


def page_of(chosen: Selection) -> dict[str, Any]:
    """The context of the page: without an estimate the choices alone."""
    context = {"chosen": chosen, "populations": _populations(chosen), "sets": _sets(chosen)}
    if chosen.estimate is None:
        return context
    plan, figures = current().analysis, chosen.estimate.figures
    drawn = {code: draw(chosen, figure, links_of(figures)) for code, figure in figures_of(figures).items()}
    return context | {
        "estimate": chosen.estimate,
        "headlines": headlines(figures, plan),
        "tables": {
            code: (numbered(chosen, code), [("CSV", file_url(chosen, code, "csv"))]) for code in shown_of(figures)
        },
        "figures": drawn,
        "curves": [drawn[figure.code] for figure in curves_of(figures)],
        "curves_of_arms": [drawn[figure.code] for figure in curves_of_arms(figures)],
        "arms": arms_of(figures),
        "of_arms": set_of_arms(chosen),
        "settings": settings_of(current()),
        "assumptions": other_assumptions(current()),
        "sources": sources_of(plan),
        "plan": plan,
        "protocol_sets": [analysis_set for analysis_set in current().analysis_sets if analysis_set.headline_for],
        "is_outdated": chosen.estimate.protocol.sha256 != current().sha256,
        "earlier": [
            Earlier(estimate, headlines(estimate.figures, read(estimate.protocol_id).analysis))
            for estimate in chosen.by_version[1:]
        ],
    }


def shown_of(figures: dict[str, Any]) -> tuple[str, ...]:
    """The tables that stand by themselves in the order of their numbers: those by randomised group first."""
    return (*SHOWN_OF_ARMS, *SHOWN) if arms_of(figures) else SHOWN


def set_of_arms(chosen: Selection) -> str:
    """Whether the groups of this set are whole: nobody takes a part of the randomised for the intention to treat."""
    if chosen.analysis_set.code == "all_randomised":
        return "Intention to treat: all who were randomised, in the group that the list gave."
    return f"Not by intention to treat: of the randomised, the set {chosen.analysis_set.label} alone."


def _populations(chosen: Selection) -> list[dict[str, Any]]:
    set_code = chosen.analysis_set.code
    return [
        {
            "label": population.label,
            "url": reverse("endpoints_of", args=[population.code, set_code]),
            "current": population == chosen.population,
        }
        for population in current().populations
    ]


def _sets(chosen: Selection) -> list[dict[str, Any]]:
    return [
        {
            "label": analysis_set.label,
            "url": reverse("endpoints_of", args=[chosen.population.code, analysis_set.code]),
            "current": analysis_set == chosen.analysis_set,
        }
        for analysis_set in current().analysis_sets
    ]


def table(chosen: Selection, code: str) -> FigureTable:
    assert chosen.estimate is not None
    return tables_of(chosen.estimate.figures)[code](chosen.estimate.figures, current().analysis)


def numbered(chosen: Selection, code: str) -> FigureTable:
    """One of the tables that stand by themselves, under its whole title."""
    plain = table(chosen, code)
    return plain._replace(title=title_of_table(chosen, plain))


def draw(chosen: Selection, figure: Figure, links: dict[str, str]) -> Drawn:
    """A figure as the page shows it: as wide as its place, its marks leading to their subjects."""
    assert chosen.estimate is not None
    figures, plan = chosen.estimate.figures, current().analysis
    is_drawn = figure.is_there(figures)
    return Drawn(
        figure,
        title_of_figure(chosen, figure),
        figure.draw(figures, canvas_of(chosen, "container", links)) if is_drawn else None,
        "" if is_drawn else figure.nothing(figures),
        figure.caption(figures, plan) if is_drawn else "",
        figure.least(figure.counted(figures)),
        list(_files(chosen, figure.code)) if is_drawn else [],
    )


def _files(chosen: Selection, code: str) -> Iterator[tuple[str, str]]:
    """In two columns of a journal, and in one."""
    for kind in FILE_KINDS:
        yield kind.upper(), file_url(chosen, code, kind)
    for kind in FILE_KINDS:
        yield f"{kind.upper()} {ONE_COLUMN_MM} mm", f"{file_url(chosen, code, kind)}?mm={ONE_COLUMN_MM}"


def title_of_figure(chosen: Selection, figure: Figure) -> str:
    """Numbered, with population and how many subjects: what the page and the report call it."""
    assert chosen.estimate is not None
    figures = chosen.estimate.figures
    number = list(figures_of(figures)).index(figure.code) + 1
    return f"Figure {number}. {figure.title}, {chosen.title}, {figure.subjects(figures)}"


def title_of_table(chosen: Selection, table: FigureTable) -> str:
    assert chosen.estimate is not None
    shown = shown_of(chosen.estimate.figures)
    number = f"Table {shown.index(table.code) + 1}. " if table.code in shown else ""
    return f"{number}{table.title}, {chosen.title}, N = {chosen.estimate.subjects:,}"


def links_of(figures: dict[str, Any], version: int | None = None) -> dict[str, str]:
    """From the ref of each subject that is drawn to its page; to what was derived under an earlier version."""
    refs = {row["ref"] for part in ("swimmer", "waterfall", "spider") for row in figures[part]}
    return {ref: subject_url(ref, version) for ref in refs}


def subject_url(ref: str, version: int | None = None) -> str:
    subject = ref.partition(":")[2]
    if version is None:
        return reverse("endpoints_subject", args=[subject])
    return reverse("endpoints_subject_under", args=[subject, version])


def file_url(chosen: Selection, code: str, kind: str) -> str:
    if chosen.version is None:
        return reverse("endpoints_file", args=[*chosen.codes, code, kind])
    return reverse("endpoints_file_under", args=[*chosen.codes, chosen.version, code, kind])


def settings_of(protocol: Protocol) -> Iterator[PlanSetting]:
    """The analysis plan in words, each setting with the assumption behind it, if it is one."""
    for name, value, meaning in protocol.analysis.described():
        yield PlanSetting(meaning, in_words(value), protocol.assumption(f"analysis.{name}"))


def sources_of(plan: AnalysisPlan) -> str:
    """What the figures rest on: the version of RECIST that is in force, and that of the sensitivity analysis."""
    used = RECIST[plan.recist_version]
    other = "" if plan.recist_version == "1.1" else f"; thresholds of the sensitivity analysis, {RECIST['1.1']}"
    compared = f"; {METHODS_OF_COMPARISON}" if plan.reference_arm else ""
    return f"{used}{other}; {METHODS}{compared}."


def other_assumptions(protocol: Protocol) -> list[Assumption]:
    return [assumption for assumption in protocol.assumed() if not assumption.path.startswith("analysis")]


def in_words(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "none", True: "yes", False: "no"}[value]
    return (", ".join(map(str, value)) or "none") if isinstance(value, tuple) else str(value)
