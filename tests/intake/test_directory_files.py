"""A directory leaves for a spreadsheet or another system, and comes back the same."""

import json
import re
import zipfile
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.directory_files.open_referral import written_open_referral
from intake.directory_files.open_referral_reading import read_open_referral
from intake.directory_files.reading import DirectoryRefused, read_any_directory, written_json
from intake.directory_files.table_reading import TablesRefused, read_tables
from intake.directory_files.tables import written_tables
from intake.directory_files.values import changes, whole
from referral_router import load_directory
from tests.examples import examples

# what people and spreadsheets do to names: accents, separators, quotation marks, formulas
NAMES = (
    st.text("aÀß ŵ,;\"'=+-@\u202f–1|(", min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda text: text and text.isprintable())
)
IDS = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))
HOURS = st.sampled_from(["09:00-17:00", "08:30-20:00", "20:00-08:00", "00:00-24:00"])
WEEK = st.dictionaries(
    st.sampled_from(["monday", "tuesday", "friday", "saturday", "sunday"]), HOURS, max_size=4
)


@st.composite
def directories(draw):
    organisations = draw(st.lists(IDS, min_size=1, max_size=3, unique=True))
    ids = draw(st.lists(IDS, min_size=1, max_size=4, unique=True))
    services = draw(st.lists(IDS, max_size=3, unique=True))
    areas = draw(st.lists(st.sampled_from(["E09000007", "W06000015", "north"]), unique=True))
    return whole(
        {
            "fallback_team": draw(st.sampled_from(ids)),
            "organisations": [
                {"id": each, "name": draw(NAMES), "partnership": draw(NAMES | st.just(""))}
                for each in organisations
            ],
            "teams": [
                draw(teams(each, organisations, [other for other in ids if other != each]))
                for each in ids
            ],
            "services": [{"id": each, "name": draw(NAMES)} for each in services],
            "areas": [{"code": each, "name": draw(NAMES)} for each in areas],
            "provision": [
                {"service": service, "area": area, "teams": [draw(st.sampled_from(ids))]}
                for service in services
                for area in draw(st.lists(st.sampled_from([*areas, "*"]), max_size=3))
            ],
        }
    )


@st.composite
def teams(draw, team, organisations, others):
    closures = draw(st.lists(st.tuples(DAYS, NAMES | st.just("")), max_size=2))
    return {
        "id": team,
        "name": draw(NAMES),
        "organisation": draw(st.sampled_from(organisations)),
        "kind": draw(NAMES | st.just("")),
        "email": draw(st.sampled_from(["", "team@example.org"])),
        "telephone": draw(st.sampled_from(["", "01632 960 400", "+44 1632 960400"])),
        "is_paused": draw(st.booleans()),
        "paused_until": draw(st.none() | DAYS.map(str)),
        "nation": draw(st.sampled_from(["scotland", "england-and-wales", "none"])),
        "hours": draw(WEEK),
        "closures": [
            {"first_day": str(day), "last_day": str(day), "why": why} for day, why in closures
        ],
        "capacity": draw(st.none() | st.integers(0, 99)),
        "cover": draw(st.sampled_from(["", *others])),
    }


@examples(20)
@given(directories())
def test_what_is_written_is_read_as_the_same_directory(values):
    load_directory(values)  # a directory that can be used
    tables = {name: text.encode("utf-8-sig") for name, text in written_tables(values).items()}
    read, remarks = read_tables(tables)
    assert (whole(read), remarks) == (values, [])
    told, remarks = read_open_referral(json.loads(written_json(written_open_referral(values))))
    assert (whole(told), remarks) == (values, [])
    assert changes(values, whole(told)) == ()


FILES = {
    "organisations.csv": "id,name\ncouncil,The council\n",
    "teams.csv": "id,name,organisation,fallback,capacity\ndesk,Duty desk,council,yes,3\n",
    "closing_days.csv": "team,first_day,last_day\ndesk,24/12/2026,2027-01-02\n",
    "services.csv": "id,name\nhelp,Help\n",
    "areas.csv": "code,name\nE09000007,\n",
    "provision.csv": "service,area,team\nhelp,E09000007,desk\n",
}


def read(**files):
    contents = {**FILES, **{f"{name}.csv": text for name, text in files.items()}}
    return read_tables(
        {
            name: text if isinstance(text, bytes) else text.encode()
            for name, text in contents.items()
            if text is not None
        }
    )


def test_what_a_spreadsheet_saves_is_read():
    values, remarks = read(
        teams="ID;name;organisation;fallback;colour\r\n".lower() + "desk;D;council;Yes;red"
    )
    assert values["fallback_team"] == "desk"
    assert remarks == ["teams.csv:1:colour: This column is not known, and not read"]
    assert "capacity" not in values["teams"][0], "what no column says is not said"
    assert values["areas"] == [{"code": "E09000007", "name": "Camden"}]
    closing = {"first_day": "2026-12-24", "last_day": "2027-01-02", "why": ""}
    assert values["teams"][0]["closures"] == [closing]


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"teams": "id,name,organisation,fallback\ndesk,D,cuoncil,yes"},
         "teams.csv:2:organisation: ‘cuoncil’ is no organisation here. Did you mean ‘council’?"),
        ({"teams": "id,name,organisation,fallback\ndesk,D,council,"},
         "teams.csv:1:fallback: there is no fallback team, so a referral could go nowhere"),
        ({"teams": "id,name,organisation,fallback\na,A,council,yes\ndesk,D,council,yes"},
         "teams.csv:3:fallback: Another team is the fallback. Keep one"),
        ({"teams": "id,name,organisation,fallback,capacity\ndesk,D,council,yes,many"},
         "teams.csv:2:capacity: ‘many’ is not a whole number"),
        ({"teams": "id,name,organisation,fallback,monday\ndesk,D,council,yes,9-5"},
         "teams.csv:2:monday: ‘9-5’ is not a day's opening hours. Write “09:00-17:00”"),
        ({"teams": "id,name,organisation,fallback,telephone\ndesk,D,council,yes,1632960400"},
         "teams.csv:2:telephone: A spreadsheet has taken the first 0 away"),
        ({"teams": "id,name,organisation,fallback,paused\ndesk,D,council,yes,maybe"},
         "teams.csv:2:paused: ‘maybe’ is neither yes nor no"),
        ({"teams": "id,name\ndesk,D"}, "teams.csv:1:organisation: There is no column"),
        ({"teams": "id,name,organisation,fallback\ndesk,Caf\xe9,council,yes".encode("cp1252")},
         "teams.csv:2: A letter here is not in the encoding UTF-8. Open it"),
        ({"provision": "service,area,team\nhelp,nort,desk"}, "provision.csv:2:area: ‘nort’ is no"),
        ({"provision": "service,area,team\nhelp,*,dsek"}, "provision.csv:2:team: ‘dsek’ is no"),
        ({"provision": None}, "provision.csv:1: The file is missing."),
        ({"closing_days": "team,first_day\ndesk,soon"}, "closing_days.csv:2:first_day: ‘soon’"),
        ({"closing_days": "team,first_day\nnobody,2026-12-24"}, "closing_days.csv:2:team: There"),
        ({"areas": "code,name\nE09000099,\n"}, "areas.csv:2:name: ‘name’ is empty"),
    ],
)  # fmt: skip
def test_a_mistake_names_file_row_and_column_and_what_to_do(files, told):
    with pytest.raises(TablesRefused) as refused:
        read(**files)
    assert any(line.startswith(told) for line in refused.value.problems), refused.value.problems


def test_a_formula_is_a_text_in_the_file():
    values = whole({"fallback_team": "desk", "teams": [
        {"id": "desk", "name": '=HYPERLINK("x")', "organisation": "council"}
    ]})  # fmt: skip
    assert '"\'=HYPERLINK(""x"")"' in written_tables(values)["teams.csv"]


FEED = {
    "contents": [
        {
            "id": "ac148810-d857-441c-9679-408f346de14b",
            "name": "Young carers",
            "status": "active",
            "minimum_age": 8,
            "organization": {
                "id": "d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610",
                "name": "Example Charity",
                "description": "…",
                "contacts": [{"id": "c", "phones": [{"id": "p", "number": "01632 960 400"}]}],
            },
            "schedules": [
                {"id": "s", "freq": "WEEKLY", "byday": "TH,FR",
                 "opens_at": "10:00:00", "closes_at": "18:00Z"},
            ],
            "service_areas": [{"id": "a", "name": "Camden", "extent_type": "geojson"}],
        },
        {"id": "2", "name": "Old", "status": "defunct", "organization_id":
            "d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610"},
    ]
}  # fmt: skip


def test_the_feed_of_another_system_is_read_as_far_as_it_goes(tmp_path):
    path = tmp_path / "feed.json"
    path.write_text(json.dumps(FEED))
    with pytest.raises(DirectoryRefused, match="--fallback-team TEAM, one of: example-charity"):
        read_any_directory(path)
    values, remarks = read_any_directory(path, fallback_team="example-charity")
    assert values["teams"] == [
        {
            "id": "example-charity",
            "name": "Example Charity",
            "organisation": "example-charity",
            "telephone": "01632 960 400",
            "hours": {"thursday": "10:00-18:00", "friday": "10:00-18:00"},
        }
    ]
    assert values["provision"] == [
        {"service": "young-carers", "area": "E09000007", "teams": ["example-charity"]}
    ]
    assert remarks == [
        "feed.json: service: not read: minimum_age",
        "feed.json: service ‘Old’: left out: it is defunct",
    ]


@pytest.mark.parametrize(
    "content", ["[]", '{"contents": 3}', '{"organizations": [{"id": 1}]}', "[1"]
)
def test_what_is_no_directory_is_refused(tmp_path, content):
    path = tmp_path / "feed.json"
    path.write_text(content)
    with pytest.raises(DirectoryRefused, match=r"feed\.json"):
        read_any_directory(path)


def test_a_zip_that_was_damaged_on_its_way_is_refused(tmp_path):
    path = tmp_path / "directory.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("teams.csv", "id,name\n" * 20)
    damaged = bytearray(path.read_bytes())
    damaged[41:46] = b"\xff\x00\xff\x13\x37"
    path.write_bytes(damaged)
    with pytest.raises(DirectoryRefused, match="cannot be read"):
        read_any_directory(path)


def test_a_zip_may_hold_a_folder_and_what_a_mac_adds(tmp_path):
    path = tmp_path / "directory.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in FILES.items():
            archive.writestr(f"directory/{name}", text)
            archive.writestr(f"__MACOSX/directory/{name}", "x")
    values, _remarks = read_any_directory(path)
    assert [team["id"] for team in values["teams"]] == ["desk"]
    workbook = tmp_path / "teams.xlsx"
    with zipfile.ZipFile(workbook, "w") as archive:
        archive.writestr("xl/workbook.xml", "x")
    for empty in (workbook, tmp_path):
        with pytest.raises(DirectoryRefused, match="there is none of organisations"):
            read_any_directory(empty)


# what schema 3.0 of the standard says each must have
REQUIRED = {
    "organizations": ("id", "name", "description"),
    "organization_identifiers": ("id", "identifier_type", "identifier"),
    "services": ("id", "name", "status"),
    "phones": ("id", "number"),
    "schedules": ("id",),
    "service_areas": ("id",),
    "attributes": ("id",),
}


def objects(part, found):
    """Every object of the standard, with the name of its list."""
    for key, value in found.items():
        for each in value if isinstance(value, list) and key != "intake" else ():
            yield part or key, key, each
            yield from objects(part, each)


def test_an_export_has_what_open_referral_uk_asks_for():
    values, _remarks = read()
    made = written_open_referral(whole(values))
    del made["intake"]
    seen = list(objects("", made))
    assert {key for _part, key, _each in seen} >= {"organizations", "services", "service_areas"}
    for _part, key, each in seen:
        assert all(each.get(name) for name in REQUIRED[key]), (key, each)
        assert str(UUID(each["id"])) == each["id"]
    ids = [each["id"] for _part, key, each in seen]
    assert len(set(ids)) == len(ids)
    assert made["services"][0]["organization_id"] in ids


def test_the_example_in_the_documentation_can_be_read():
    text = (Path(__file__).parents[2] / "docs/administrators/directory.md").read_text("utf-8")
    teams, provision = re.findall(r"```csv\n(.*?)```", text, re.DOTALL)
    values, remarks = read(
        organisations="id,name\nexample-council,Example Council\n",
        teams=teams,
        closing_days=None,
        services="id,name\nexploitation,Exploitation\n",
        provision=provision,
    )
    assert remarks == []
    assert values["teams"][1]["cover"] == values["fallback_team"] == "duty-desk"
