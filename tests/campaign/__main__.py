"""Faults against a whole installation under load: kills and stops of every part, and what is left of the saves.

    make campaign SEED=7 KILLS=300

Coordinators save by pages and API while part after part is killed or held; each save is sent until it is acknowledged.
Afterwards each acknowledged save is there once with its values, each version is the one read plus one, trail and
signatures verify, figures equal a fresh derivation, and no process is left. The seed fixes who is hit, how, and for how
long, and what the clients type: a failure is replayed by its seed.
"""

import argparse
import random
import sys
import time

from tests.campaign.faults import FAULTS, Fault
from tests.campaign.load import Load
from tests.campaign.stage import Stage

PATIENCE_S = 120


def main() -> int:
    chosen = parser().parse_args()
    print(f"seed {chosen.seed}, {chosen.kills} faults")
    with Stage(chosen.port) as stage:
        load = Load(stage, random.Random(chosen.seed), chosen.clients)
        load.start()
        planned = faults(chosen.seed, chosen.kills)
        try:
            downtimes = [strike(stage, fault, number) for number, fault in enumerate(planned, 1)]
        finally:
            load.stop()
        from tests.campaign.checks import what_is_wrong

        wrong = [*load.complaints, *what_is_wrong(stage, load.ledger)]
    wrong += stage.left_running()
    print(f"{load.ledger.saves} saves acknowledged, {load.ledger.sent_again} of them sent more than once")
    middle = sorted(downtimes)[len(downtimes) // 2]
    print(f"longest without an answer {max(downtimes):.1f} s, median {middle:.1f} s")
    for sentence in wrong:
        print(f"WRONG: {sentence}")
    replay = f": replay with SEED={chosen.seed} KILLS={chosen.kills}" if wrong else ""
    print(f"{len(wrong)} wrong{replay}")
    return 1 if wrong else 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m tests.campaign", description=__doc__)
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--kills", type=int, default=20)
    made.add_argument("--clients", type=int, default=4)
    made.add_argument("--port", type=int, default=8799)
    return made


def faults(seed: int, number: int) -> list[Fault]:
    """Every kind comes before one comes again, in an order of the seed."""
    chance, drawn = random.Random(seed), list[Fault]()
    while len(drawn) < number:
        drawn += chance.sample(FAULTS, len(FAULTS))
    return [fault.with_chance(chance.random()) for fault in drawn[:number]]


def strike(stage: Stage, fault: Fault, number: int) -> float:
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


if __name__ == "__main__":
    sys.exit(main())
