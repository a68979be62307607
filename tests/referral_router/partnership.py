"""A partnership of made-up teams, for the rule files of the shipped forms."""

from referral_router import Area, Directory, Service
from tests.referral_router.referrals import make_team

TRUSTS = ("belfast-hsct", "northern-hsct", "south-eastern-hsct", "southern-hsct", "western-hsct")
CAMDEN, BRENT = "E09000007", "E09000005"


def make_partnership() -> Directory:
    provision = {("breast-pump-loan", trust): (f"{trust}-feeding",) for trust in TRUSTS}
    for borough in (CAMDEN, BRENT):
        for service in ("exploitation", "youth-justice"):
            provision[service, borough] = (f"{service}-{borough}",)
    provision["school-safeguarding", "*"] = ("schools",)
    given = [team for teams in provision.values() for team in teams]
    teams = ["duty-desk", "police-intelligence", "early-help", *given]
    return Directory(
        teams={team: make_team(team) for team in teams},
        services={service: Service(service, service.title()) for service, _ in provision},
        areas={area: Area(area, area.title()) for _, area in provision},
        provision=provision,
        fallback_team="duty-desk",
    )
