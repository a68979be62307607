"""Reads a page as the HTML contract promises it: one form, named controls, named buttons."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag

PARTS = ("Day", "Month", "Year", "Weeks", "Days")


@dataclass(frozen=True)
class Option:
    """One choice of a radio group, a set of checkboxes or a select."""

    value: str
    label: str
    is_chosen: bool
    is_exclusive: bool = False  # "none of these"


@dataclass(frozen=True)
class Control:
    """One named thing to fill in."""

    name: str
    kind: str  # text, textarea, radio, checkbox, select, or the input's own type
    label: str
    ids: tuple[str, ...]
    value: str = ""
    options: tuple[Option, ...] = ()
    autocomplete: str = ""
    inputmode: str = ""
    is_conditional: bool = False  # lies inside a reveal under another choice


@dataclass(frozen=True)
class Summary:
    """One line of the error summary."""

    href: str
    text: str


@dataclass(frozen=True)
class PostForm:
    """One form of a page that has several, as staff pages do."""

    action: str
    hidden: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Page:
    """What a person meets on one page."""

    url: str
    status: int
    title: str
    heading: str
    has_form: bool
    action: str
    hidden: tuple[tuple[str, str], ...]
    controls: tuple[Control, ...]
    buttons: tuple[str, ...]
    errors: tuple[Summary, ...]
    ids: frozenset[str]
    links: tuple[tuple[str, str], ...]
    forms: tuple[PostForm, ...]
    reference: str
    text: str
    html: str

    def control(self, name: str) -> Control:
        """The control of that name."""
        return next(control for control in self.controls if control.name == name)


def read_page(url: str, status: int, html: str) -> Page:
    """Read one page."""
    soup = BeautifulSoup(html, "html.parser")
    form = the_form(soup)
    panel = soup.select_one(".govuk-panel__body strong")
    return Page(
        url=url,
        status=status,
        title=words(soup.title),
        heading=words(soup.h1),
        # one without a button of its own is only for the language switch
        has_form=form is not None and form.select_one("button") is not None,
        action=urljoin(url, str(form.get("action") or "")) if form else url,
        hidden=tuple(hidden_fields(form)) if form else (),
        controls=tuple(read_controls(form, soup)) if form else (),
        buttons=tuple(buttons(form)) if form else (),
        errors=tuple(
            Summary(str(link.get("href")), words(link))
            for link in soup.select(".govuk-error-summary__list a")
        ),
        ids=frozenset(str(tag["id"]) for tag in soup.select("[id]")),
        links=tuple((words(a), urljoin(url, str(a["href"]))) for a in soup.select("a[href]")),
        forms=tuple(
            PostForm(urljoin(url, str(each.get("action") or "")), tuple(hidden_fields(each)))
            for each in soup.select("form[method=post]")
        ),
        reference=words(panel),
        text=words(soup.body),
        html=html,
    )


def the_form(soup: BeautifulSoup) -> Tag | None:
    """The page's one form; more than one breaks the contract."""
    forms = [form for form in soup.select("main form, form") if form.get("method") == "post"]
    forms = [form for form in forms if form.find_parent("header") is None]
    return forms[0] if forms else None


def words(tag: Tag | None) -> str:
    """The text of a tag on one line."""
    return " ".join(tag.get_text(" ").split()) if tag else ""


def hidden_fields(form: Tag) -> Iterator[tuple[str, str]]:
    for field in form.select("input[type=hidden][name]"):
        yield str(field["name"]), str(field.get("value") or "")


def buttons(form: Tag) -> Iterator[str]:
    for button in form.select("button"):
        if button.get("name") == "action":
            yield str(button.get("value") or "")
        elif button.get("type", "submit") == "submit":
            yield ""


def read_controls(form: Tag, soup: BeautifulSoup) -> Iterator[Control]:
    """Each control once: radios and checkboxes of one name are one control."""
    seen = set()
    for tag in form.select("input[name], textarea[name], select[name]"):
        name, kind = str(tag["name"]), kind_of(tag)
        if kind == "hidden" or name in seen:
            continue
        seen.add(name)
        yield read_control(tag, name, kind, form, soup)


def read_control(tag: Tag, name: str, kind: str, form: Tag, soup: BeautifulSoup) -> Control:
    tags = [tag]
    options: tuple[Option, ...] = ()
    if kind in ("radio", "checkbox"):
        tags = [t for t in form.select("input[name]") if t["name"] == name]
        options = tuple(choice(t, soup) for t in tags)
    elif kind == "select":
        options = tuple(
            Option(str(o.get("value", words(o))), words(o), o.has_attr("selected"))
            for o in tag.select("option")
        )
    return Control(
        name=name,
        kind=kind,
        label=label_of(tag, soup),
        ids=tuple(str(t.get("id")) for t in tags),
        value=tag.get_text() if kind == "textarea" else str(tag.get("value") or ""),
        options=options,
        autocomplete=str(tag.get("autocomplete") or ""),
        inputmode=str(tag.get("inputmode") or ""),
        is_conditional=tag.find_parent(class_=["govuk-radios__conditional"]) is not None
        or tag.find_parent(class_=["govuk-checkboxes__conditional"]) is not None,
    )


def kind_of(tag: Tag) -> str:
    return tag.name if tag.name != "input" else str(tag.get("type") or "text")


def choice(tag: Tag, soup: BeautifulSoup) -> Option:
    label = soup.find("label", attrs={"for": tag.get("id")})
    return Option(
        str(tag.get("value") or "on"),
        words(label if isinstance(label, Tag) else None),
        tag.has_attr("checked"),
        tag.get("data-behaviour") == "exclusive",
    )


def label_of(tag: Tag, soup: BeautifulSoup) -> str:
    """The words of a control: of its fieldset for a choice or date part, else of its label."""
    fieldset = tag.find_parent("fieldset")
    label = soup.find("label", attrs={"for": tag.get("id")})
    own = words(label if isinstance(label, Tag) else None)
    legend = words(fieldset.legend) if fieldset and fieldset.legend else ""
    if tag.get("type") in ("radio", "checkbox"):
        return legend or own
    return f"{legend} {own}".strip() if own in PARTS else own
