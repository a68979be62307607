"""Loading and compiling a 200-question form: file, meaning, validators and skeletons."""

from benchmarks.forms import make_form
from benchmarks.measuring import Figure, median, shown
from form_definitions import parse_form
from renderers import Site, compile_form

QUESTIONS = 200


def measure() -> list[Figure]:
    """Seconds from the file's text to a form that can be served."""
    text = make_form(QUESTIONS, per_page=10, conditional=True)

    def load() -> object:
        definition = parse_form(text, "measured.json")
        renderer = compile_form(definition, Site())
        for page in definition.pages:  # a page is compiled when it is first asked for
            renderer.page(page.id, {}, csrf="token")
        return renderer

    took = median(load, rounds=5)
    return [Figure("Loading a 200-question form", shown(took), "–", round(took, 3), 0.5, "s")]
