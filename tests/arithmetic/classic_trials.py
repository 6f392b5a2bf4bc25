"""Two randomised trials whose data the literature prints, written as facts: (time, event, stratum) by arm.

Freireich et al., Blood 1963;21:699-716, weeks in remission of children with leukaemia; the stratum is the pair in
which they were randomised. Edmonson et al., Cancer Treat Rep 1979;63:241-247, days of women with ovarian cancer; the
stratum is 1 without and 2 with residual disease. R's packages MASS (gehan) and survival (ovarian) have them too.
"""

from typing import NamedTuple

Times = tuple[tuple[int, int, int], ...]


class Classic(NamedTuple):
    """What R prints of it: (hazard ratio, lower, upper, standard error of its logarithm) by ties and with strata or
    without, and the chi-square of the log-rank test."""

    reference: Times
    other: Times
    ratios: dict[tuple[str, bool], tuple[float, float, float, float]]
    log_rank: dict[bool, float]

    def lists(self, *, by_strata: bool) -> tuple[list[int], list[int], list[bool], list[int]]:
        rows = self.reference + self.other
        times, events, strata = (list(column) for column in zip(*rows, strict=True))
        arms = [False] * len(self.reference) + [True] * len(self.other)
        return times, events, arms, strata if by_strata else [0] * len(rows)


# Of this and the next, with x 1 in the arm other than the reference:
#   Rscript -e 'library(survival); d <- MASS::gehan; d$x <- d$treat == "6-MP"; m <- coxph(Surv(time, cens) ~ x +
#     strata(pair), d, ties = "efron"); print(c(exp(coef(m)), exp(confint(m)), sqrt(vcov(m))), digits = 12);
#     print(survdiff(Surv(time, cens) ~ x + strata(pair), d)$chisq, digits = 12)'
LEUKAEMIA = Classic(
    reference=tuple(
        (weeks, 1, pair)
        for pair, weeks in enumerate([1, 22, 3, 12, 8, 17, 2, 11, 8, 12, 2, 5, 4, 15, 8, 23, 5, 11, 4, 1, 8], 1)
    ),
    other=(
        *((10, 1, 1), (7, 1, 2), (32, 0, 3), (23, 1, 4), (22, 1, 5), (6, 1, 6), (16, 1, 7), (34, 0, 8), (32, 0, 9)),
        *((25, 0, 10), (11, 0, 11), (20, 0, 12), (19, 0, 13), (6, 1, 14), (17, 0, 15), (35, 0, 16), (6, 1, 17)),
        *((13, 1, 18), (9, 0, 19), (6, 0, 20), (10, 0, 21)),
    ),
    ratios={
        ("efron", False): (0.207603524842, 0.092512837262, 0.465872897234, 0.412396717709),
        ("breslow", False): (0.221088675224, 0.09907056565, 0.493387738239, 0.409564406367),
        ("efron", True): (0.166666666667, 0.0490943286978, 0.565804208237, 0.623609564462),
        ("breslow", True): (0.166666666667, 0.0490943286978, 0.565804208237, 0.623609564462),
    },
    log_rank={False: 16.7929409892, True: 10.7142857143},
)
#   library(survival); ovarian, x <- rx == 2, Surv(futime, fustat) ~ x + strata(resid.ds)
OVARIAN = Classic(
    reference=(
        *((59, 1, 2), (115, 1, 2), (156, 1, 2), (431, 1, 2), (448, 0, 1), (477, 0, 2), (638, 1, 1), (803, 0, 1)),
        *((855, 0, 1), (1040, 0, 2), (1106, 0, 1), (268, 1, 2), (329, 1, 2)),
    ),
    other=(
        *((421, 0, 2), (464, 1, 2), (475, 1, 2), (563, 1, 1), (744, 0, 1), (769, 0, 2), (770, 0, 2), (1129, 0, 1)),
        *((1206, 0, 2), (1227, 0, 1), (353, 1, 1), (365, 1, 2), (377, 0, 1)),
    ),
    ratios={
        ("efron", False): (0.550801907278, 0.174320733535, 1.740370952486, 0.586989526366),
        ("breslow", False): (0.550801907278, 0.174320733535, 1.740370952486, 0.586989526366),
        ("efron", True): (0.515492768989, 0.160451250442, 1.65615907727, 0.595487021452),
        ("breslow", True): (0.515492768989, 0.160451250442, 1.65615907727, 0.595487021452),
    },
    log_rank={False: 1.06273986129, True: 1.2796434512},
)
