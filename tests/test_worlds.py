"""Two worlds, a real account's and the demo's: which one the environment means, and that they never meet."""

from __future__ import annotations

from pathlib import Path

import pytest

from roster_pipeline.cli.ui import enter_instance
from roster_pipeline.config import DEMO, PROJECT_ROOT, load_settings, prepare_dagster_home, usable_settings
from roster_pipeline.errors import RosterError

REAL = {"CLEVER_CLIENT_ID": "id", "CLEVER_CLIENT_SECRET": "hidden"}


def demo_in(folder: Path) -> Path:
    """A folder as ROSTER_DATA names it, with the demo's people and nothing else."""
    (folder / "demo" / "sandbox").mkdir(parents=True)
    (folder / "demo" / "sandbox" / "district.json").write_text("{}")
    return folder


def test_without_credentials_everything_is_the_demos() -> None:
    settings = load_settings({})
    assert settings.is_demo
    places = settings.data, settings.warehouse, settings.dagster_home
    assert places == (DEMO, DEMO / "warehouse", DEMO / "dagster")


@pytest.mark.parametrize("credentials", [REAL, {"CLEVER_DISTRICT_TOKEN": "hidden"}])
def test_with_credentials_nothing_is_the_demos(credentials: dict[str, str]) -> None:
    settings = load_settings(credentials)
    data = PROJECT_ROOT / "data"
    assert (settings.data, settings.warehouse, settings.dagster_home) == (data, data / "warehouse", data / "dagster")


@pytest.mark.parametrize(
    "half",
    [
        {"CLEVER_CLIENT_ID": "id"},
        {"CLEVER_CLIENT_SECRET": "hidden"},
        {"CLEVER_CLIENT_ID": "id", "CLEVER_CLIENT_SECRET": " "},
        {"CLEVER_CLIENT_ID": "id", "CLEVER_DISTRICT_TOKEN": "hidden"},
        {**REAL, "CLEVER_DISTRICT_TOKEN": "hidden"},
        {"CLEVER_API_URL": "https://api.clever.com"},
    ],
)
def test_half_set_credentials_are_an_error_in_one_sentence(half: dict[str, str]) -> None:
    with pytest.raises(RosterError, match=r"half set: CLEVER_\w+ stands") as raised:
        usable_settings(half)
    assert "hidden" not in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["ROSTER_WAREHOUSE", "DAGSTER_HOME"])
def test_a_shell_without_credentials_stays_out_of_a_real_accounts_places(name: str, tmp_path: Path) -> None:
    with pytest.raises(RosterError, match=f"{name} is set, but no Clever credentials"):
        usable_settings({name: str(tmp_path)})


def test_a_real_accounts_data_without_credentials_is_not_the_demo(tmp_path: Path) -> None:
    with pytest.raises(RosterError, match=r"there is no demo in .*/demo\. Set the credentials, or unset ROSTER_DATA"):
        usable_settings({"ROSTER_DATA": str(tmp_path)})
    assert load_settings({"ROSTER_DATA": str(demo_in(tmp_path))}).warehouse == tmp_path / "demo" / "warehouse"


@pytest.mark.parametrize("name", ["ROSTER_DATA", "ROSTER_WAREHOUSE", "DAGSTER_HOME"])
@pytest.mark.parametrize("below", ["", "sandbox/generated/60/inputs"])
def test_a_real_account_stays_out_of_the_demo(name: str, below: str) -> None:
    place = DEMO / below / {"ROSTER_WAREHOUSE": "warehouse", "DAGSTER_HOME": "dagster"}.get(name, "")
    with pytest.raises(RosterError, match="belongs to a local Clever"):
        usable_settings({**REAL, name: str(place)})
    local = {**REAL, "CLEVER_API_URL": "http://127.0.0.1:8765", name: str(place)}
    assert place in (load_settings(local).data, load_settings(local).warehouse, load_settings(local).dagster_home)


def test_a_dagster_home_is_made_ready_and_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    home = prepare_dagster_home(load_settings({**REAL, "ROSTER_DATA": str(tmp_path)}))
    assert (home / "dagster.yaml").read_bytes() == (PROJECT_ROOT / "dagster.yaml").read_bytes()
    elsewhere = tmp_path / "elsewhere"
    settings = load_settings({**REAL, "DAGSTER_HOME": str(elsewhere)})
    with pytest.raises(RosterError, match="which is no folder"):
        prepare_dagster_home(settings)
    elsewhere.mkdir()
    assert prepare_dagster_home(settings) == elsewhere
    assert not list(elsewhere.iterdir())


@pytest.mark.parametrize(("credentials", "below"), [({}, "demo"), (REAL, ".")])
def test_the_ui_says_in_one_line_whose_instance_it_starts(
    credentials: dict[str, str], below: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    env = {"ROSTER_DATA": str(demo_in(tmp_path)), **credentials}
    home = enter_instance(env)
    assert home == tmp_path / below / "dagster"
    assert env["DAGSTER_HOME"] == str(home)
    (line,) = capsys.readouterr().err.splitlines()
    assert str(home) in line
    assert ("the demo" in line) == (not credentials)


def test_a_dotenv_that_dagster_would_obey_is_refused(tmp_path: Path) -> None:
    env = {**REAL, "ROSTER_DATA": str(tmp_path)}
    home = enter_instance(env)
    (home / ".env").write_text("CLEVER_CLIENT_ID=\n")
    with pytest.raises(RosterError, match=r"\.env would change the environment"):
        enter_instance(env)


def test_what_people_edit_is_shipped_with_headers_only() -> None:
    """But for the subjects, by which the demo goes as well."""
    files = sorted(f for f in (PROJECT_ROOT / "data").glob("*.csv") if f.name != "subjects.csv")
    assert [f.name for f in files] == sorted(f.name for f in DEMO.glob("*.csv"))
    for file in files:
        assert file.read_text().splitlines() == (DEMO / file.name).read_text().splitlines()[:1]
