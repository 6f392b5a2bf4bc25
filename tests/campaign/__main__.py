"""Faults against a whole installation under load: kills and stops of every part, and what is left of what was done.

    make campaign SEED=7 KILLS=300

Users save, sign, verify, ask, answer, freeze and lock by pages and API while part after part is killed, held or away;
each act is sent until it is acknowledged, or given up. Afterwards each acknowledged act is there once, each that was
given up once or not at all, each version is the one read plus one, trail and signatures verify, figures equal a fresh
derivation, and no process is left. The seed fixes who is hit, how and for how long, and what each user does in which
order: a failure is replayed by its seed.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from hashlib import sha256

from tests.campaign.faults import PlannedFault, drawn
from tests.campaign.load import ActLedger, Channel, Load
from tests.campaign.plan import first_stories
from tests.campaign.stage import CampaignStage

PATIENCE_S = 120
# Stories of each client that the digest of a plan speaks for.
OF_THE_PLAN = 20
BEGAN = time.monotonic()


def main() -> int:
    chosen = parser().parse_args()
    planned = drawn(chosen.seed, chosen.kills)
    print(f"seed {chosen.seed}, {len(planned)} faults, {chosen.clients} clients, plan {plan_of(planned, chosen)}")
    with CampaignStage(chosen.name, chosen.port, chosen.kills, chosen.clients) as stage:
        stamp("all of it runs")
        load = Load(channels(stage), chosen.seed)
        load.start()
        try:
            downtimes = [strike(stage, fault, number) for number, fault in enumerate(planned, 1)]
        finally:
            load.stop()
        stamp("the load has ended")
        from tests.campaign.checks import left_running, what_is_wrong

        wrong = [*load.complaints, *what_is_wrong(load.ledger)]
    stamp("checked and stopped")
    wrong += left_running(stage.seen)
    tell(load.ledger, downtimes)
    for sentence in wrong:
        print(f"WRONG: {sentence}")
    print(f"{len(wrong)} wrong{f': replay with SEED={chosen.seed} KILLS={chosen.kills}' if wrong else ''}")
    if not wrong:
        stage.clear()
    return 1 if wrong else 0


def stamp(words: str) -> None:
    print(f"{time.monotonic() - BEGAN:4.0f} s: {words}", flush=True)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m tests.campaign", description=__doc__)
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--kills", type=int, default=20)
    made.add_argument("--clients", type=int, default=4)
    made.add_argument("--port", type=int, default=8799)
    made.add_argument("--name", default="campaign", help="of its installation, under var/")
    return made


def plan_of(planned: Sequence[PlannedFault], chosen: argparse.Namespace) -> str:
    """Of two runs with one plan it is the same: the faults, and how what the clients do begins."""
    stories = [first_stories(chosen.seed, client, OF_THE_PLAN) for client in range(chosen.clients)]
    return sha256(repr((planned, stories)).encode()).hexdigest()[:12]


def channels(stage: CampaignStage) -> list[Channel]:
    """By API and by page in turn."""
    from tests.campaign.by_api import ByApi
    from tests.campaign.by_page import ByPage

    return [(ByApi, ByPage)[number % 2](stage.address, team) for number, team in enumerate(stage.teams)]


def strike(stage: CampaignStage, fault: PlannedFault, number: int) -> float:
    """One fault, and the wait until the site answers; how many seconds it did not."""
    hit = fault.strike(stage)
    began = time.monotonic()
    while not stage.answers():
        if time.monotonic() - began > PATIENCE_S:
            raise RuntimeError(f"fault {number}, {fault}: the site does not come back\n{stage.last_lines()}")
        time.sleep(0.05)
    away = time.monotonic() - began
    print(f"{number:4} {fault} {hit}: away for {away:.1f} s", flush=True)
    time.sleep(fault.pause)
    return away


def tell(ledger: ActLedger, downtimes: Sequence[float]) -> None:
    kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(ledger.acts.items()))
    print(f"{sum(ledger.acts.values())} acts acknowledged ({kinds}) at {len(ledger.forms)} forms")
    print(f"{ledger.sent_again} of them sent more than once, {ledger.given_up} given up")
    middle = sorted(downtimes)[len(downtimes) // 2]
    print(f"longest without an answer {max(downtimes):.1f} s, median {middle:.1f} s")


if __name__ == "__main__":
    sys.exit(main())
