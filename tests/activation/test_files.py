"""Sites, people and ranges from files as people bring them: looked through by line, brought in whole or not at all."""

from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from accounts.access import access_for
from accounts.keeping import Training
from accounts.models import Membership, Site, User
from accounts.planned import NotBroughtIn
from activation.checklist import analytes_of
from activation.files import KINDS, SetUpPreview, actor_for, bring_in_all, look_through
from audit.models import Event
from laboratory.models import ReferenceRange
from protocol import current
from tests.activation.opened import new_site
from tests.cast import Trial
from values.unreadable import UnreadableValue

SITES = "code,name,time_zone,country\n201,Klinikum Nord,Europe/Berlin,Germany\n202,Hôpital Sud,Europe/Paris,France\n"
PEOPLE = (
    "user_name;first_name;last_name;email;role;sites;training;training_date\n"
    "anna.weber;Anna;Weber;Anna.Weber@nord.example;Investigator;101 102;GCP;2 Mar 2026\n"
    "olga;Ольга;Іваненко;olga@nord.example;data manager;;;\n"
)
RANGES = (
    "site;analyte;unit;low;high;valid_from;sex;age_from\n"
    "101;HGB;g/dL;12,0;16,0;1 Jan 2026;F;18\n"
    "101;Haemoglobin;g/dL;13,5;17,5;1 Jan 2026;M;18\n"
    "102;NEUT;10*9/L;1,8;7,5;2026-01-01;;\n"
)


def of(trial: Trial, kind: str) -> Any:
    return access_for(trial.data_manager if kind == "ranges" else trial.administrator)


def looked(trial: Trial, kind: str, content: bytes | str) -> SetUpPreview:
    return look_through(KINDS[kind], content, of(trial, kind))


def brought(trial: Trial, kind: str, content: bytes | str) -> int:
    preview = looked(trial, kind, content)
    assert not preview.wrong, [line.errors for line in preview.wrong]
    return bring_in_all(preview, by=actor_for(KINDS[kind], of(trial, kind)), name="a.csv")


def errors(trial: Trial, kind: str, content: bytes | str) -> list[str]:
    return [f"{line.number} {error}" for line in looked(trial, kind, content).wrong for error in line.errors]


def test_the_page_shows_what_each_line_does_and_brings_it_in(trial: Trial, as_user: Any) -> None:
    desk = as_user(trial.administrator)
    page = desk.post("/set-up/sites/", {"file": SimpleUploadedFile("sites.csv", SITES.encode()), "action": "look"})
    assert page.status_code == 200
    text = page.content.decode()
    assert "opened; it accepts subjects once it is live" in text
    assert "Import 2 lines" in text
    assert not Site.objects.filter(code="201").exists()
    answer = desk.post("/set-up/sites/", {"content": SITES, "name": "sites.csv", "action": "import"})
    assert answer.status_code == 302
    site = Site.objects.get(code="201")
    assert (site.name, site.time_zone, site.country) == ("Klinikum Nord", "Europe/Berlin", "Germany")
    entry = Event.objects.get(table_name="accounts_site", row_id=site.pk)
    assert (entry.actor_name, entry.channel, entry.reason) == ("adam", "import", "Sites from the file sites.csv")
    assert "All of this already exists" in desk.post("/set-up/sites/", {"pasted": SITES}).content.decode()


def test_people_come_with_their_roles_and_trainings_and_no_password(trial: Trial) -> None:
    assert brought(trial, "people", PEOPLE) == 2
    anna = User.objects.get(username="anna.weber")
    assert not anna.has_usable_password()
    assert {(held.role, held.site.code) for held in Membership.objects.filter(user=anna)} == {
        ("investigator", "101"),
        ("investigator", "102"),
    }
    assert Training.objects.get(user=anna).held_on == date(2026, 3, 2)
    olga = User.objects.get(username="olga")
    assert (olga.first_name, olga.memberships.get().site) == ("Ольга", None)
    assert brought(trial, "people", PEOPLE) == 0


def test_who_is_there_already_gets_roles_and_is_changed_in_nothing_else(trial: Trial) -> None:
    carla, head = trial.coordinator, "user_name,first_name,last_name,email,role,sites\n"
    assert brought(trial, "people", f"{head}carla,Carla,,CARLA@Example.org,coordinator,102\n") == 1
    assert set(carla.memberships.values_list("site__code", flat=True)) == {"101", "102"}
    assert (User.objects.get(pk=carla.pk).email, carla.trainings.count()) == ("carla@example.org", 0)
    [wrong] = errors(trial, "people", f"{head}carla,Clara,,carla@example.org,coordinator,102\n")
    assert wrong.startswith("2 first_name: carla already exists, with “Carla”: a name or address is corrected on")


def test_a_line_each_gives_a_person_several_roles(trial: Trial) -> None:
    head = "user_name,first_name,last_name,role,sites\n"
    assert brought(trial, "people", f"{head}max,Max,Moe,monitor,101\nMAX,Max,Moe,Monitor,102\n") == 2
    assert User.objects.get(username="max").memberships.count() == 2


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            "zoe,Zoe,Zed,z@x.example,surgeon,101,,",
            "role: There is no role “surgeon”: investigator, coordinator, monitor",
        ),
        ("zoe,Zoe,Zed,z@x.example,investigator,,,", "sites: is missing: investigator is a role at a site."),
        ("zoe,Zoe,Zed,z@x.example,sponsor,101,,", "sites: Sponsor is a role at all sites: leave the sites empty."),
        ("zoe,Zoe,Zed,z@x.example,investigator,101 999,,", "sites: There is no site 999: import the sites first."),
        ("zoe,Zoe,Zed,z@x.example,,101,,", "role: is missing: say which role is held at these sites."),
        ("Zoé!,Zoe,Zed,z@x.example,,,,", "user_name: Small letters, digits and . _ @ + - only, two or more."),
        ("zoe,,Zed,z@x.example,,,,", "first_name: is missing."),
        ("zoe,=1+1,Zed,z@x.example,,,,", "first_name: “=1+1” begins as a formula of a spreadsheet does"),
        ("zoe,Zoe,@SUM(A1),z@x.example,,,,", "last_name: “@SUM(A1)” begins as a formula"),
        ("zoe,Zoe,Zed,zoe at home,,,,", "email: “zoe at home” is not an e-mail address."),
        ("zoe,Zoe,Zed,CARLA@EXAMPLE.ORG,,,,", "email: It is the address of carla"),
        ("zoe,Zoe,Zed,z@x.example,,,GCP,", "training_date: Enter both the name and the date of the training."),
        ("zoe,Zoe,Zed,z@x.example,,,,1 Mar 2026", "training: Enter both the name and the date of the training."),
        ("zoe,Zoe,Zed,z@x.example,,,GCP,1 Mar 2099", "training_date: The date of the training is in the future"),
        ("zoe,Zoe,Zed,z@x.example,,,GCP,03/04/2026", "training_date: "),
        ("carla,Carla,,carla@example.org,monitor,101,,", "role: Who is coordinator cannot be monitor too"),
        (f"zoe,{'Z' * 151},Zed,z@x.example,,,,", "first_name: 150 characters at most."),
        ("zoe,Zoe,Zed,z@x.example,,,,,more", "9 columns instead of 8."),
    ],
)
def test_each_error_of_a_person_is_told_by_line_and_column(trial: Trial, line: str, says: str) -> None:
    head = "user_name,first_name,last_name,email,role,sites,training,training_date\n"
    good = "yan,Yan,Yew,yan@x.example,coordinator,101,,\n"
    faults = errors(trial, "people", f"{head}{good}{line}\n")
    assert any(error.startswith("3 ") and says in error for error in faults), faults
    assert not User.objects.filter(username__in=("yan", "zoe")).exists()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("20-1,North,Europe/Paris,", "code: Digits and capital letters only, ten at most."),
        (",North,Europe/Paris,", "code: is missing."),
        ("203,,Europe/Paris,", "name: is missing."),
        ("203,North,Paris,", "time_zone: “Paris” is not a time zone. Write it by its name, for example Europe/Paris."),
        ("203,=A1,Europe/Paris,", "name: “=A1” begins as a formula"),
        ("101,Other Hospital,UTC,France", "name: Site 101 already exists, with “North Hospital”"),
        ("201,Klinikum Nord,Europe/Paris,", "code: Site 201 is in line 2 already, with another time_zone."),
    ],
)
def test_each_error_of_a_site_is_told_by_line_and_column(trial: Trial, line: str, says: str) -> None:
    good = "code,name,time_zone,country\n201,Klinikum Nord,Europe/Berlin,\n"
    faults = errors(trial, "sites", f"{good}{line}\n")
    assert any(error.startswith("3 ") and says in error for error in faults), faults


def test_a_line_that_is_said_twice_counts_once(trial: Trial) -> None:
    assert brought(trial, "sites", f"{SITES}201,Klinikum Nord,europe/berlin,Germany\n,,,\n\n") == 2
    assert brought(trial, "ranges", f"{RANGES}{RANGES.splitlines()[1]}\n") == 3


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_files_are_read_as_spreadsheets_write_them(trial: Trial, codec: str) -> None:
    written = SITES.replace(",", ";").replace("\n", "\r\n") + ";;;\r\n\r\n"
    assert brought(trial, "sites", written.encode(codec)) == 2
    assert Site.objects.get(code="202").name == "Hôpital Sud"


def test_ranges_are_read_with_decimal_commas_and_the_names_of_laboratories(trial: Trial) -> None:
    assert brought(trial, "ranges", RANGES) == 3
    women = ReferenceRange.objects.get(sex="F")
    assert (women.low, women.high, women.unit, women.age_from) == (Decimal("12.0"), Decimal("16.0"), "g/dL", 18)
    assert Event.objects.get(table_name="laboratory_referencerange", row_id=women.pk).actor_name == "dora"
    assert brought(trial, "ranges", RANGES) == 0


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("999,HGB,g/dL,12,16,2026-01-01,,,", "site: There is no site “999”: import the sites first."),
        ("101,XYZ,g/dL,12,16,2026-01-01,,,", "analyte: Unknown analyte “XYZ”."),
        ("101,HGB,furlong,12,16,2026-01-01,,,", "unit: Haemoglobin is not reported in “furlong”; known: "),
        ("101,HGB,g/dL,16,12,2026-01-01,,,", "low: The lower limit must be below the upper one."),
        ("101,HGB,g/dL,,,2026-01-01,,,", "low: Give a lower limit, an upper limit or both."),
        ("101,HGB,g/dL,120,160,2026-01-01,,,", "low: Haemoglobin of 120 g/dL cannot be."),
        ("101,HGB,g/dL,twelve,16,2026-01-01,,,", "low: “twelve” is not a number."),
        ("101,HGB,g/dL,=12,16,2026-01-01,,,", "low: "),
        ("101,HGB,g/dL,12,16,01/02/2026,,,", "valid_from: "),
        ("101,HGB,g/dL,12,16,,,,", "valid_from: is missing."),
        ("101,HGB,g/dL,12,16,2026-01-01,X,,", "sex: “X” is not one of F, M and empty for both."),
        ("101,HGB,g/dL,12,16,2026-01-01,,65,18", "age_from: The first age must not be above the last one."),
        ("101,HGB,g/dL,12,16,2026-01-01,,18.5,", "age_from: “18.5” is not an age"),
        (
            "101,NEUT,10^9/L,2,7,2026-03-01,F,,",
            "valid_from: The line from 1 Jan 2026, in line 2, holds for some of the",
        ),
    ],
)
def test_each_error_of_a_range_is_told_by_line_and_column(trial: Trial, line: str, says: str) -> None:
    head = "site,analyte,unit,low,high,valid_from,sex,age_from,age_to\n101,NEUT,10^9/L,1.8,7.5,2026-01-01,,,\n"
    faults = errors(trial, "ranges", f"{head}{line}\n")
    assert any(error.startswith("3 ") and says in error for error in faults), faults
    assert not ReferenceRange.objects.exists()


def test_a_range_that_meets_one_that_is_there_is_refused_with_its_days(trial: Trial) -> None:
    brought(trial, "ranges", RANGES)
    other = "site,analyte,unit,low,high,valid_from\n102,NEUT,10^9/L,2,7,2026-06-01\n"
    assert "from 1 Jan 2026, here already, holds for some" in errors(trial, "ranges", other)[0]


def test_a_file_with_passwords_is_refused_as_a_whole(trial: Trial) -> None:
    with pytest.raises(UnreadableValue, match="no password is ever in a file"):
        looked(trial, "people", "user_name,first_name,last_name,Password\nzoe,Zoe,Zed,secret\n")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"PK\x03\x04", "workbook"),
        (b"code,name\n1,A\n", "missing: time_zone"),
        (b"code,name,time_zone\n", "no sites"),
        (b'code,name,time_zone\n1,"A,UTC\n', "quotation mark"),
    ],
)
def test_what_is_no_such_table_is_said_at_the_field(trial: Trial, as_user: Any, content: bytes, says: str) -> None:
    answer = as_user(trial.administrator).post("/set-up/sites/", {"file": SimpleUploadedFile("s.csv", content)})
    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_what_somebody_else_wrote_meanwhile_brings_nothing_in(trial: Trial) -> None:
    preview = looked(trial, "sites", SITES)
    new_site("202")
    with pytest.raises(NotBroughtIn, match="Line 3: There is a site with this code"):
        bring_in_all(preview, by=actor_for(KINDS["sites"], of(trial, "sites")), name="sites.csv")
    assert not Site.objects.filter(code="201").exists()


def test_the_command_looks_through_tells_and_brings_in(trial: Trial, tmp_path: Path) -> None:
    file, output = tmp_path / "people.csv", StringIO()
    file.write_text(PEOPLE)
    call_command("set_up", "people", str(file), "--by", "adam", "--dry-run", stdout=output)
    assert (
        "line 2: account made; investigator at 101; investigator at 102; training “GCP” of 2 Mar 2026"
        in output.getvalue()
    )
    assert not User.objects.filter(username="olga").exists()
    call_command("set_up", "people", str(file), "--by", "adam", stdout=output)
    assert "2 lines imported." in output.getvalue()
    with pytest.raises(CommandError, match="may not import"):
        call_command("set_up", "people", str(file), "--by", "dora")
    file.write_text(PEOPLE.replace("Investigator", "Surgeon"))
    with pytest.raises(CommandError, match="1 of 2 lines cannot be imported"):
        call_command("set_up", "people", str(file), "--by", "adam", stdout=output)
    assert "line 2: role: There is no role “Surgeon”" in output.getvalue()


def to_fill(client: Any, kind: str) -> list[str]:
    answer = client.get(f"/set-up/{kind}/template/?separator=semicolon")
    return b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()


def test_the_file_to_fill_has_the_columns(trial: Trial, as_user: Any) -> None:
    for kind, user in (("sites", trial.administrator), ("people", trial.administrator), ("ranges", trial.data_manager)):
        columns, *lines = to_fill(as_user(user), kind)
        assert columns.split(";") == [*KINDS[kind].needed, *KINDS[kind].optional]
        assert not lines or kind == "ranges"


def test_the_file_of_ranges_has_a_line_for_each_analyte_that_a_site_lacks(trial: Trial, as_user: Any) -> None:
    dora, analytes = as_user(trial.data_manager), analytes_of(current())
    bare = [f"{site.code};{code};;;;;;;;" for site in (trial.site, trial.other_site) for code in analytes]
    assert to_fill(dora, "ranges")[1:] == bare
    assert "101;HGB;;;;;;;;" in bare
    assert brought(trial, "ranges", RANGES) == 3
    assert to_fill(dora, "ranges")[1:] == [line for line in bare if line[:8] not in ("101;HGB;", "102;NEUT")]


def test_many_lines_are_looked_through_in_as_many_statements_as_few(
    trial: Trial, django_assert_num_queries: Any
) -> None:
    lines = PEOPLE.splitlines()
    many = "\n".join([lines[0], *(f"user{n};A;B;u{n}@x.example;monitor;101;GCP;2 Mar 2026" for n in range(200))])
    for content in (PEOPLE, many):
        with django_assert_num_queries(4):
            looked(trial, "people", content)


@pytest.mark.parametrize(
    ("kind", "content", "says"),
    [
        ("people", 'user_name,first_name,last_name\nzoe,"Zoe\nAnn",Zed\n', "2 first_name: has a line break within"),
        ("sites", 'code,name,time_zone\n201,"Klinikum\r\nNord",UTC\n', "2 name: has a line break within"),
    ],
)
def test_a_name_in_two_lines_of_a_cell_is_told(trial: Trial, kind: str, content: str, says: str) -> None:
    assert errors(trial, kind, content)[0].startswith(says)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("2-Mar-26", "has no year of four digits"),
        ("02.03.2026", "does not say which number is the month"),
        ("46083", "may be read in more than one way"),
        ("29.02.2026", "is not a day of the calendar"),
    ],
)
def test_a_day_as_a_spreadsheet_leaves_it_is_never_guessed(trial: Trial, written: str, says: str) -> None:
    head = "user_name,first_name,last_name,training,training_date\n"
    assert says in errors(trial, "people", f"{head}zoe,Zoe,Zed,GCP,{written}\n")[0]


@pytest.mark.parametrize("written", ["2026-03-02", "2026-03-02 00:00:00", "02-MAR-2026", "2 März 2026", "20260302"])
def test_a_day_that_can_be_read_in_one_way_is_taken(trial: Trial, written: str) -> None:
    head = "user_name,first_name,last_name,training,training_date\n"
    assert brought(trial, "people", f"{head}zoe,Zoe,Zed,GCP,{written}\n") == 1
    assert Training.objects.get(user__username="zoe").held_on == date(2026, 3, 2)


def test_a_file_may_have_5000_lines_and_not_one_more(trial: Trial, django_assert_num_queries: Any) -> None:
    head = "user_name,first_name,last_name,role,sites\n"
    lines = [f"user{number},A,B,monitor,101\n" for number in range(5001)]
    with django_assert_num_queries(4):
        preview = looked(trial, "people", head + "".join(lines[:5000]) + "\n,,,,\n\n")
    assert (len(preview.planned), preview.wrong) == (5000, [])
    with pytest.raises(UnreadableValue, match="more than 5000 people: split it"):
        looked(trial, "people", head + "".join(lines))


def test_of_many_lines_one_wrong_one_brings_in_none_and_is_named(trial: Trial, as_user: Any) -> None:
    lines = [f"S{number},Site {number},UTC\n" for number in range(300)]
    lines[250] = "S250,Site 250,Utopia\n"
    content = "code,name,time_zone\n" + "".join(lines)
    answer = as_user(trial.administrator).post(
        "/set-up/sites/", {"content": content, "name": "s.csv", "action": "import"}
    )
    assert answer.status_code == 422
    assert "1 of 300 lines cannot be imported as it is." in " ".join(answer.content.decode().split())
    assert errors(trial, "sites", content) == [
        "252 time_zone: “Utopia” is not a time zone. Write it by its name, for example Europe/Paris."
    ]
    assert not Site.objects.filter(code__startswith="S").exists()
