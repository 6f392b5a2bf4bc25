"""Our trial made into a randomised one, everolimus or none: times from randomisation, everything compared by arm."""

from tests.randomisation.conftest import COHORT, EVEROLIMUS, OURS, STRATA

RANDOMISED = """[[analysis_sets]]
code = "all_randomised"
label = "All randomised"
description = "Randomised subjects, in the group that the list gave (intention to treat)"
headline_for = ["survival"]

"""
ARMS = (
    COHORT.format("WITH", "With everolimus", 'everolimus_mg = 10\nschedule = "daily"\n'),
    COHORT.format("WITHOUT", "Without everolimus", ""),
)


def two_arms(*settings: str, strata: tuple[str, ...] = STRATA, more: str = "", arms: tuple[str, ...] = ARMS) -> str:
    """The text of the protocol file; `settings` are lines of its analysis plan, `more` lines of its randomisation."""
    text = OURS.read_text()
    codes = ", ".join(arm.partition("code = ")[2].partition("\n")[0] for arm in arms)
    listed = f"[randomisation]\ncohorts = [{codes}]\nstrata = [{', '.join(strata)}]\n{more}"
    both = f'[[populations]]\ncode = "BOTH"\nlabel = "Randomised"\ncohorts = [{codes}]\nheadline = true\n'
    begin, end = text.index("[[cohorts]]"), text.index("[[analysis_sets]]")
    text = "\n".join(
        [text[:begin], *arms, listed, both, RANDOMISED + text[end:].replace(' = ["survival"]', " = []", 1)]
    )
    text = text.replace(EVEROLIMUS, f'{EVEROLIMUS}cohorts = ["WITH"]\n')
    plan = "\n".join(("[analysis]", 'origin = "randomisation"', 'reference_arm = "WITHOUT"', *settings))
    text = text.replace("[analysis]", plan)
    return "\n".join(line for line in text.splitlines() if not line.startswith('"cohorts.')) + "\n"
