"""How a form looks: GOV.UK markup rendered once per form version and joined for each request."""

from renderers.controls import MAX_ITEMS
from renderers.documents import SAVE_ACTION
from renderers.environment import add_languages, environment, loader
from renderers.fields import PageForm, page_form
from renderers.given_files import Files, GivenFile
from renderers.groups import item_title
from renderers.language_switch import LANGUAGE_ACTION
from renderers.markdown import to_html
from renderers.moments import LONDON, day_in_words, in_words
from renderers.page import Around
from renderers.plain_upload import PlainUpload, plain_upload
from renderers.print import PrintingNotInstalled, answers_pdf, blank_form_pdf, can_print
from renderers.renderer import FormRenderer, compile_form
from renderers.setting_apart import NotSet, set_pdf_apart
from renderers.site import Site
from renderers.task_list import TaskRow

__all__ = [
    "LANGUAGE_ACTION",
    "LONDON",
    "MAX_ITEMS",
    "SAVE_ACTION",
    "Around",
    "Files",
    "FormRenderer",
    "GivenFile",
    "NotSet",
    "PageForm",
    "PlainUpload",
    "PrintingNotInstalled",
    "Site",
    "TaskRow",
    "add_languages",
    "answers_pdf",
    "blank_form_pdf",
    "can_print",
    "compile_form",
    "day_in_words",
    "environment",
    "in_words",
    "item_title",
    "loader",
    "page_form",
    "plain_upload",
    "set_pdf_apart",
    "to_html",
]
