"""The Markdown in which notes and replies are written."""

import nh3
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

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
