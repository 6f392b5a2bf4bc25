"""Derive response and survival of cases in a file: the analysis without a trial, for statisticians."""

import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.conf import settings as installation
from django.core.management.base import BaseCommand, CommandError

from endpoints.arithmetic import caseanswer, casefile, settings
from protocol.schema import AnalysisPlan


class Command(BaseCommand):
    help = "Read cases (JSON) and print, for each id, response and survival as the analysis plan derives them."
    requires_system_checks: list[str] = []

    def get_version(self) -> str:
        """What --version prints: which release derives."""
        return str(installation.RELEASE)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = "settings of the analysis plan (--set KEY=VALUE):\n" + "\n".join(settings.described())
        parser.add_argument("file", type=Path, help="a JSON file of cases")
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="KEY=VALUE",
            dest="changes",
            help="a setting of the analysis plan",
        )

    def handle(self, *args: Any, file: Path, changes: list[str], **options: Any) -> None:
        try:
            content = casefile.load(read(file))
            answers, problems, warnings = answered(content, changes)
        except ValueError as error:
            raise CommandError(f"{file}: {error}") from error
        for warning in warnings:
            self.stderr.write(f"{file}: {warning}")
        if problems:
            raise CommandError("\n".join(f"{file}: {problem}" for problem in problems))
        self.stdout.write(json.dumps(answers, indent=1))


def read(file: Path) -> str:
    """The file's text. Raises CommandError where it cannot be read."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{file}: is not text in UTF-8") from error


def answered(content: dict[str, Any], given: list[str]) -> tuple[dict[str, Any], list[str], list[str]]:
    """(answers by id, what is wrong, notes). Cases carry no investigator's response unless the settings ask for it."""
    plan = settings.with_params(AnalysisPlan(response_source="derived"), content.get("params") or {})
    plan = settings.with_settings(plan, given)
    answers: dict[str, Any] = {}
    problems: list[str] = []
    warnings: list[str] = []
    for case in casefile.cases(content, plan):
        if isinstance(case, casefile.CaseError):
            problems.append(str(case))
        else:
            warnings += case.warnings
            answers[case.id] = caseanswer.answer(case, plan)
    for number, raw in enumerate(content.get("lesion_validation") or [], start=1):
        try:
            name, verdict = caseanswer.lesion_answer(raw, number)
            answers.setdefault(name, {}).update(verdict)
        except casefile.CaseError as error:
            problems.append(str(error))
    return answers, problems, warnings
