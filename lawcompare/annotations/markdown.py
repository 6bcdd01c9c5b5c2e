"""The Markdown in which notes and replies are written."""

from typing import Any

import nh3
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from lawcompare.core.translations.texts import localised
from lawcompare.laws.html import joined

TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "a", "code"}
MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable(["image", "heading", "lheading"])
WITH_HTML = MarkdownIt("commonmark", {"html": True, "linkify": False})


class BodyError(ValueError):
    """A body holds what is no Markdown of ours."""


def check_body(body: str) -> None:
    """Refuse tags of HTML, which would be shown as letters. Raises ``BodyError``."""
    for token in WITH_HTML.parse(body):
        if token.type == "html_block" or any(inner.type == "html_inline" for inner in token.children or []):
            raise BodyError(_("Tags of HTML are not accepted here. Write Markdown, or put code between backquotes."))


def render_body(body: str) -> str:
    """Markdown to HTML, sanitised: once, on writing, so that no page has to trust it again."""
    return nh3.clean(MARKDOWN.render(body), tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https"})


def body_in_reader_language(annotation: Any) -> SafeString:
    """Returns the body of a note as HTML: rendered in the language of the page, or as its author wrote it."""
    words = localised(annotation.body)
    return joined(annotation.body_html if words == annotation.body else render_body(words))
