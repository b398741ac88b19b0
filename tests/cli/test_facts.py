import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from floyd.cli import main

ANNA = "+15195550123"


@pytest.fixture
def anna(runner: CliRunner) -> CliRunner:
    runner.invoke(main, ["users", "add", ANNA, "Anna Berg"])
    runner.invoke(main, ["facts", "add", ANNA, "Mara's class", "3A"])
    return runner


def listed(runner: CliRunner) -> str:
    return runner.invoke(main, ["facts", "list", ANNA]).output


def test_facts_are_imported_after_a_look_at_what_would_change(
    anna: CliRunner, tmp_path: Path
) -> None:
    file = tmp_path / "facts.csv"
    file.write_text("subject,value\nMara's class,3B\nAnna's car,\"Honda, blue\"\n", "utf-8-sig")
    dry = anna.invoke(main, ["facts", "import", ANNA, str(file), "--dry-run"])
    assert dry.output.splitlines() == [
        "changed  Mara's class: 3B  (was: 3A)",
        "new      Anna's car: Honda, blue",
        "Nothing was changed: this was a dry run.",
    ]
    assert listed(anna) == "Mara's class: 3A  (operator)\n"

    anna.invoke(main, ["facts", "import", ANNA, str(file)])
    assert listed(anna) == "Mara's class: 3B  (operator)\nAnna's car: Honda, blue  (operator)\n"
    again = anna.invoke(main, ["facts", "import", ANNA, str(file), "--dry-run"])
    assert again.output.count("known ") == 2


@pytest.mark.parametrize("form", ["csv", "json"])
def test_what_is_exported_can_be_imported(anna: CliRunner, tmp_path: Path, form: str) -> None:
    file = tmp_path / f"facts.{form}"
    file.write_text(anna.invoke(main, ["facts", "export", ANNA, "--format", form]).output)
    anna.invoke(main, ["users", "add", "+15195550124", "Ben Berg"])
    anna.invoke(main, ["facts", "import", "+15195550124", str(file)])
    assert anna.invoke(main, ["facts", "list", "+15195550124"]).output == listed(anna)


def test_one_bad_row_imports_nothing_and_every_problem_is_told(anna: CliRunner) -> None:
    rows = [{"subject": "Anna's car", "value": "Honda"}, {"subject": "", "value": "x"}, "what?"]
    refused = anna.invoke(
        main, ["facts", "import", ANNA, "-", "--format", "json"], input=json.dumps(rows)
    )
    assert refused.exit_code == 1
    assert "row 2: subject" in refused.output
    assert "row 3:" in refused.output
    assert listed(anna) == "Mara's class: 3A  (operator)\n"


@pytest.mark.parametrize("text", ["{", "{}", "[1"])
def test_what_is_no_list_of_facts_is_refused(anna: CliRunner, text: str) -> None:
    refused = anna.invoke(main, ["facts", "import", ANNA, "-", "--format", "json"], input=text)
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: ")
