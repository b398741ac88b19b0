import json
import os
from pathlib import Path

from click.testing import CliRunner

from floyd.cli import main


def test_users_and_facts_are_added_and_listed(runner: CliRunner) -> None:
    added = runner.invoke(main, ["users", "add", "(519) 555-0123", "Anna Berg"])
    assert added.output == "Anna Berg (+15195550123, America/Toronto) can text Floyd now.\n"
    runner.invoke(main, ["facts", "add", "+15195550123", "Mara's class", "3A"])
    runner.invoke(main, ["facts", "add", "+15195550123", "Mara's class", "3B"])
    listed = runner.invoke(main, ["facts", "list", "+15195550123"])
    assert listed.output == "Mara's class: 3B  (operator)\n"
    users = runner.invoke(main, ["users", "list"])
    assert users.output == "+15195550123  Anna Berg  America/Toronto\n"


def test_a_number_that_is_none_is_refused_by_name(runner: CliRunner) -> None:
    refused = runner.invoke(main, ["users", "add", "12", "Anna"])
    assert refused.exit_code == 1
    assert refused.output == "Error: 12 is not a valid phone number.\n"


def test_missing_settings_are_listed_all_at_once(runner: CliRunner) -> None:
    runner.env = {**runner.env, "OPENAI_API_KEY": None, "TWILIO_AUTH_TOKEN": None}
    refused = runner.invoke(main, ["run"])
    assert refused.exit_code == 1
    assert "TWILIO_AUTH_TOKEN: is not set" in refused.output
    assert "OPENAI_API_KEY: is not set" in refused.output


def test_texting_without_a_sandbox_says_how_to_start_one(runner: CliRunner) -> None:
    refused = runner.invoke(main, ["text", "Hello"])
    assert refused.exit_code == 1
    assert "make sandbox" in refused.output


def test_a_second_sandbox_is_refused(runner: CliRunner, tmp_path: Path) -> None:
    word = {"pid": os.getpid(), "environment": {}, "scenario": {}, "control": ""}
    (tmp_path / "sandbox.json").write_text(json.dumps(word), encoding="utf-8")
    refused = runner.invoke(main, ["sandbox"])
    assert refused.exit_code == 1
    assert "running" in refused.output


def test_migrating_twice_changes_nothing(runner: CliRunner) -> None:
    assert "0001" in runner.invoke(main, ["migrate"]).output
    assert runner.invoke(main, ["migrate"]).output == "The database is up to date.\n"
