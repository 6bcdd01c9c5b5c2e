"""Filters and tags that every template has."""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import unescape
from itertools import takewhile
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from lawcompare.accounts.access import membership_of
from lawcompare.accounts.models import Confirmation
from lawcompare.core.mail import mail_trouble, prints_on_console
from lawcompare.core.numbers import seal
from lawcompare.core.translations.texts import localised
from lawcompare.crosswalk.access import SHOWN_VALUES
from lawcompare.crosswalk.models import ValueAction
from lawcompare.engine.text.words import clusters, language_of
from lawcompare.languages import digits, reader_language
from lawcompare.laws.access import name_to, private_until
from lawcompare.laws.citing import cite
from lawcompare.laws.formatting import format_date, number_in_reader_language
from lawcompare.laws.html import contents, joined, link, link_to_clause, marked, set_quotes, sign, with_links
from lawcompare.laws.models import Clause, Version, public_day
from lawcompare.laws.translations.services import label_of
from lawcompare.laws.version_page import ContentsEntry, VersionPage
from lawcompare.site.glossary import Term, first_uses, terms_in

register = template.Library()
register.filter(digits)
register.filter(format_date)
register.filter("written_in", language_of)
register.simple_tag(prints_on_console, name="emails_are_printed")
register.simple_tag(mail_trouble)
register.simple_tag(link)
register.simple_tag(link_to_clause)


@register.filter
def sealed(row: Any) -> str:
    """The number of a row as pages show it (``core.numbers``). The samples of the style guide are of no table."""
    return seal(row.pk, row._meta.model_name if hasattr(row, "_meta") else "sample")


@register.filter
def and_more(count: int) -> str:
    """Says that so many more follow: “and 3 more”."""
    return ngettext("and %(n)s more", "and %(n)s more", count) % {"n": digits(count)}


register.filter(sign)
register.filter(marked)
register.filter(localised)
register.filter(number_in_reader_language)


@register.filter
def in_quotes(words: str) -> str:
    """Returns words that stand between quotation marks, with the marks inside them as those of the inner level."""
    return set_quotes(f"“{words}")[1:]


@register.filter
def not_before(moment: datetime, row: Any) -> datetime:
    """Returns the day of something done on a text or to a correspondence; of what was done before others saw that, the
    day on which they did.
    """
    return public_day(moment, row.published_at if isinstance(row, Version) else getattr(row, "made_at", None))


@register.simple_tag(takes_context=True)
def told(context: Any, row: Any, history: Iterable[Any], *texts: Version) -> list[Any]:
    """Returns what the reader may know of the history of a correspondence or value on texts: of what others did before
    these were public, the last; nothing from before all saw what they state.
    """
    user, rows = context["request"].user, list(history)
    membership = membership_of(user)
    public = [private_until(user, *texts)]
    if row.organisation_id is not None and row.organisation_id != (membership and membership.organisation_id):
        rows = list(takewhile(lambda one: one.status in SHOWN_VALUES, reversed(rows)))[::-1]
        public.append(getattr(row, "made_at", None))  # of a correspondence, since when others see it
    since = max(filter(None, public), default=None)
    before = [one for one in rows if since and one.at <= since]
    # That a value is no longer disputed would tell that it was.
    disputes = ValueAction.DISPUTED, ValueAction.SETTLED
    last = [one for one in before if getattr(one, "action", "") not in disputes][-1:]
    return [one for one in rows if one not in before or one in last]


@register.simple_tag
def contents_list(entries: Sequence[ContentsEntry], page: int) -> SafeString:
    """Returns the table of contents as HTML, as seen from a page of the version."""
    return joined(contents(entries, page))


@register.simple_tag(takes_context=True)
def named(context: Any, version: Version | None) -> Version | None:
    """Returns a text that another one names, where the reader may know of it. Asks nothing where none is named."""
    return name_to(context["request"].user, version)


@register.simple_tag
def later_texts(version: Version, others: Iterable[Version]) -> list[tuple[Version, bool]]:
    """Returns the texts that name ``version`` as what they correct, each with whether that is only a proposal.

    Whoever brought a text corrects it; of anybody else it is a proposal, which is not named once staff refused it.
    """
    later = [other for other in others if version.pk and other.corrects_id == version.pk]
    refused = [one for one in later if one.brought_by and one.origin.confirmation == Confirmation.REFUSED]
    told = [(other, is_proposal(other, version)) for other in later]
    return [(other, proposed) for other, proposed in told if not proposed or other not in refused]


@register.simple_tag
def proposed_translations(version: Version, others: Iterable[Version]) -> list[Version]:
    """Returns those of ``others`` that translate a text but do not stand for it, without those that staff refused."""
    of_it = [other for other in others if version.pk and other.translates_id == version.pk and not other.stands]
    return [other for other in of_it if other.origin.confirmation != Confirmation.REFUSED]


@register.simple_tag
def translation_label(version: Version) -> str:
    """Returns what readers are told of a rendering: by whom it was checked. Empty, and nothing asked, for others."""
    return label_of(version) if version.pk else ""


@register.filter("proposes_to_correct")
def is_proposal(later: Version, version: Version) -> bool:
    """Returns whether a text that names another as what it corrects was brought by somebody else."""
    return later.brought_by != version.brought_by


@register.filter
def cited(clause: Clause) -> str:
    """Returns how a clause is cited where its article is not in sight: ``§ 1030(a)(2)``."""
    return cite(clause)


@register.filter
def shown_address(clause: Clause) -> str:
    """Returns the address of a clause in the reader's language, where ``set_shown`` found a rendering of it."""
    return getattr(clause, "shown", clause).get_absolute_url()


@register.filter
def with_terms(text: str) -> SafeString:
    """Returns a text with the first use of each term of the glossary as a link to it."""
    glossary = reverse("glossary")
    uses = first_uses(str(text), reader_language().code)
    return with_links(str(text), [(start, end, f"{glossary}#{slug}") for start, end, slug in uses])


@register.simple_tag
def terms_of(clauses: Iterable[Clause]) -> list[Term]:
    """Returns the terms of the glossary that clauses use, in whichever language they are."""
    return terms_in(f"{clause.heading} {clause.text}" for clause in clauses)


@register.filter
def host(address: str) -> str:
    """Returns the host of a source's address, as the words of a link to it.

    >>> host("https://www.article19.org/resources/x/")
    'article19.org'
    """
    return (urlsplit(address).hostname or address).removeprefix("www.")


@register.filter
def opening(text: str, limit: int = 240) -> str:
    """Returns the first ``limit`` letters of a text as they are seen, so that Khmer has as much room as English; cut
    between words, or between clusters without spaces.

    >>> opening("Nobody can foresee what will be deemed.", 20), opening("ផ្តន្ទាទោស", 4)
    ('Nobody can foresee…', 'ផ្តន្ទាទោស')
    """
    text = " ".join(text.split())
    beginning = text[: 16 * limit]  # few letters have so many signs
    pieces = clusters(beginning)
    if len(pieces) <= limit and beginning == text:
        return text
    kept = "".join(pieces[:limit])
    at_word = kept.rpartition(" ")[0]
    return (at_word if len(at_word) > limit // 2 else kept).rstrip(" ,;:.") + "…"


@register.filter
def plain_opening(html: str, limit: int = 240) -> str:
    """Returns the first ``limit`` letters of HTML without its tags. What stands far behind is not read: a page has
    hundreds of notes, and to read thousands of tags of each takes minutes.

    >>> plain_opening("<p>Nobody <em>can</em> foresee it.</p>", 11)
    'Nobody can…'
    """
    beginning = html[: 16 * limit]
    for begins, ends in ("<>", "&;"):  # not half a tag or sign
        at = beginning.rfind(begins)
        beginning = beginning[:at] if at > beginning.rfind(ends) else beginning
    return opening(strip_tags(beginning) + ("…" if len(html) > 16 * limit else ""), limit)


@register.filter
def first_sentence(text: str, limit: int = 140) -> str:
    """Returns the first sentence of HTML as plain words, or their opening where it is longer.

    >>> first_sentence("<p>Nobody can foresee it. Why?</p>")
    'Nobody can foresee it.'
    """
    words = " ".join(unescape(strip_tags(text)).split())
    sentence = re.match(r".+?[.!?។](?=\s|$)", words)
    return sentence[0] if sentence and len(sentence[0]) <= limit else opening(words, limit)


@register.filter(is_safe=True)
def one_line(text: str) -> str:
    """Returns a text with single spaces between its words, as an attribute has it.

    >>> one_line(" A law,\\n compared. ")
    'A law, compared.'
    """
    return " ".join(text.split())


@register.simple_tag
def pages_to_keep(version: Version, pages: Iterable[VersionPage]) -> list[str]:
    """Returns the addresses of all pages of a text, and of the page that lists what is kept."""
    address = version.get_absolute_url()
    return [address, *(f"{address}?page={page.number}" for page in pages if page.number > 1), reverse("offline")]


@register.filter
def as_json(addresses: list[str]) -> str:
    """Returns addresses as a JSON array, for an attribute that a script reads."""
    return json.dumps(addresses or [])
