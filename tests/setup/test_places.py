"""Folders, sockets and passwords hold for long paths, paths with spaces, other users' folders and cut-off starts."""

import json
import os
from pathlib import Path

import pytest

from embedded import places as where
from embedded.database import APPLICATION, THROWN_AWAY, Database
from embedded.installation import remove, thrown_away
from embedded.passwords import secrets_of
from embedded.places import CannotStart, Places


def test_sockets_stay_in_the_folder_where_the_address_fits() -> None:
    assert Places(Path("/srv/my trial/var/run")).server_folder("s").parent.name == "run"


def test_sockets_move_to_a_short_folder_where_the_address_would_be_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(where, "server_user", lambda: None)
    moved = Places(Path("/srv") / ("long" * 30)).sockets
    assert len(os.fsencode(moved / ".s.PGSQL.5432.lock")) <= 107
    assert moved != Places(Path("/srv") / ("lang" * 30)).sockets


def test_servers_that_drop_their_rights_get_folders_that_they_can_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(where, "server_user", lambda: 65534)
    monkeypatch.setattr(where, "open_to_all", lambda folder: False)
    assert Places(Path("/root") / "trial/var/run").server_folder("postgres").is_relative_to("/var/lib/oncology-edc")


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CannotStart, match="belongs to another user"):
        Places(tmp_path / "run").prepare()


def test_passwords_are_made_once_and_are_for_their_owner_alone(tmp_path: Path) -> None:
    made = secrets_of(tmp_path / "secrets.json")
    assert secrets_of(tmp_path / "secrets.json") == made
    assert (tmp_path / "secrets.json").stat().st_mode & 0o077 == 0
    assert len({*json.loads((tmp_path / "secrets.json").read_text()).values()}) == 9


def test_an_installation_of_before_the_keys_goes_on_verifying_what_it_sealed(tmp_path: Path) -> None:
    kept = {"superuser": "s", "owner": "o", "application": "a", "django": "d"}
    (tmp_path / "secrets.json").write_text(json.dumps(kept))
    made = secrets_of(tmp_path / "secrets.json")
    assert (made.owner, made.django, made.seal.split(",")[1]) == ("o", "d", "d")
    assert len(made.seal.split(",")[0]) > 50
    assert secrets_of(tmp_path / "secrets.json") == made


def test_servers_work_in_a_path_with_spaces_and_a_cut_off_creation_is_begun_anew() -> None:
    installation = thrown_away(Path("/tmp") / f"edc test {os.getpid()}" / "run")  # open to the servers' user
    database = installation.database
    assert isinstance(database, Database)
    (database.folder.parent / "unfinished").mkdir()
    server, broker = installation.start_database(), installation.start_broker()
    try:
        with database.connect() as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
            assert connection.execute("SELECT datcollate FROM pg_database WHERE datname = 'edc'").fetchone() == (
                "C.UTF-8",
            )
        assert installation.broker is not None
        assert installation.broker.answers()
        assert "edc%20test" in database.url(APPLICATION)
    finally:
        for process in (broker, server):
            assert process is not None
            process.stop()
        remove(installation.places)
        installation.places.root.parent.rmdir()


def test_only_a_thrown_away_database_lets_the_disk_lag_behind(tmp_path: Path) -> None:
    lasting = Database(Places(tmp_path), secrets_of(tmp_path / "secrets.json"))
    assert not {"fsync=off", *THROWN_AWAY} & {str(part) for part in lasting.process().command}
