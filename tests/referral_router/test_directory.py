"""The directory: read from a file or from values, with every mistake named."""

import json
from pathlib import Path
from typing import Any

import pytest

from referral_router import DirectoryError, load_directory
from tests.referral_router.referrals import make_directory


def make_file(**parts: Any) -> dict[str, Any]:
    return {
        "fallback_team": "desk",
        "organisations": [{"id": "council", "name": "Example Council", "partnership": "Example"}],
        "teams": [
            {"id": "desk", "name": "Duty desk", "organisation": "council", "kind": "duty"},
            {"id": "help", "name": "Help team", "organisation": "council", "is_paused": True},
        ],
        "services": [{"id": "help", "name": "Help at home"}],
        "areas": [{"code": "north", "name": "North"}],
        "provision": [
            {"service": "help", "area": "north", "teams": ["help"]},
            {"service": "help", "area": "*", "teams": ["desk", "help"]},
        ],
        **parts,
    }


def test_a_directory_is_read_from_values_and_from_a_file_alike(tmp_path):
    path = tmp_path / "directory.json"
    path.write_text(json.dumps(make_file()), encoding="utf-8")
    directory = load_directory(path)
    assert directory == load_directory(make_file())
    assert directory.teams["help"].is_paused
    assert directory.teams["desk"].organisation_name == "Example Council"
    assert directory.teams_for("help", "north") == ("help", "desk")
    assert directory.teams_for("help", "elsewhere") == ("desk", "help")
    assert directory.teams_for("unknown", "north") == ()


def test_names_are_those_of_the_directory_or_else_the_ids():
    directory = make_directory()
    assert directory.team_name("desk") == "Team desk"
    assert directory.service_name("help") == "Help at home"
    assert directory.area_name("north") == "North"
    assert (
        directory.team_name("x") == directory.service_name("x") == directory.area_name("x") == "x"
    )


@pytest.mark.parametrize(
    ("parts", "message", "fix"),
    [
        ({"fallback_team": "dsek"}, "‘dsek’ is no team", "‘desk’"),
        ({"fallback_team": None}, "there is no fallback team", "fallback_team"),
        ({"teams": {}, "provision": [], "organisations": []}, "‘teams’ has to be a list", "[ … ]"),
        ({"areas": [{"code": "north"}]}, "‘name’ is missing", "name"),
        ({"areas": [{"code": "north", "name": "North", "nmae": ""}]}, "‘nmae’", "‘name’"),
        ({"areas": [{"code": "north", "name": "N"}] * 2}, "another entry has", "Keep one"),
        ({"services": [{"id": "help", "name": 3}]}, "cannot be ‘name’", "quotation marks"),
        ({"provision": [{"service": "hlep", "area": "*", "teams": []}]}, "‘hlep’", "‘help’"),
        ({"provision": [{"service": "help", "area": "nort", "teams": []}]}, "‘nort’", "‘north’"),
        ({"provision": [{"service": "help", "area": "*", "teams": ["dek"]}]}, "‘dek’", "‘desk’"),
        ({"provision": [{"service": "help", "area": "*", "teams": "desk"}]}, "‘teams’", "ids"),
        ({"tems": []}, "‘tems’ is not known here", "‘teams’"),
        ({"organisations": [{"id": "cuoncil", "name": "C"}]}, "is no organisation", "‘cuoncil’"),
    ],
)
def test_what_is_wrong_in_a_directory_is_refused_with_a_fix(parts, message, fix):
    with pytest.raises(DirectoryError) as refused:
        load_directory(make_file(**parts))
    told = [(problem.message, problem.fix) for problem in refused.value.problems]
    assert any(message in said and fix in how for said, how in told), told


def test_a_problem_in_a_directory_file_names_its_line(tmp_path: Path):
    path = tmp_path / "directory.json"
    path.write_text('{\n  "fallback_team": "desk",\n  "teams": []\n}', encoding="utf-8")
    with pytest.raises(DirectoryError) as refused:
        load_directory(path)
    assert str(refused.value).startswith(f"{path}:2:20: ‘desk’ is no team of this directory.")
    path.write_text("[1,]", encoding="utf-8")
    with pytest.raises(DirectoryError, match=f"{path}:1:3"):
        load_directory(path)


def test_many_unknown_words_are_all_told_without_looking_long_for_what_is_near_to_each():
    areas = [{"code": f"area-{number}", "name": "Area"} for number in range(200)]
    services = [{"id": "help", "name": "Help"}]
    provision = [
        {"service": "help", "area": f"arae-{number}", "teams": []} for number in range(120)
    ]
    raw = {"areas": areas, "services": services, "provision": provision, "teams": []}
    with pytest.raises(DirectoryError) as refused:
        load_directory(raw)
    told = [each for each in refused.value.problems if "no area" in each.message]
    assert len(told) == 120
    assert sum("Did you mean" in each.fix for each in told) == 50
    assert max(len(each.fix) for each in told) < 1000
