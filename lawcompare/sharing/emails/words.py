"""What e-mails say: that something happened, and one link. Nothing of a note, a text or a person."""

from collections import Counter
from collections.abc import Mapping

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lawcompare.core.mail import Email
from lawcompare.languages import BY_CODE, DEFAULT, digits, path_in
from lawcompare.sharing.emails.access import address_of, confirm_token, end_token
from lawcompare.sharing.emails.models import Choice, EmailKind, Follower


def email_about(recipient: Choice | Follower, kind: str, path: str) -> Email:
    """The e-mail that tells at once of one thing, with the page on which it is seen."""
    with translation.override(recipient.language):
        return _email(recipient, str(EmailKind(kind).label), [], path)


def email_of_day(recipient: Choice | Follower, kinds: Counter[str]) -> Email:
    """The daily e-mail: how often what happened, and the page to begin with."""
    with translation.override(recipient.language):
        lines = [_line(kind, kinds[kind]) for kind in EmailKind.values if kinds[kind]]
        if isinstance(recipient, Follower):
            return _email(recipient, lines[0], [], _page_of(recipient))
        return _email(recipient, _("What happened since yesterday"), lines, reverse("workspace"))


def email_to_confirm(follower: Follower) -> Email:
    """The e-mail by which a visitor confirms that the address is theirs."""
    with translation.override(follower.language):
        link = follower.root + reverse("follow_confirm", args=[confirm_token(follower)])
        body = render_to_string(
            "sharing/emails/email/confirm_message.txt", {"link": link, "site_name": settings.SITE_NAME}
        )
        return Email(address_of(follower), _subject(_("Confirm your subscription")), body)


def _email(recipient: Choice | Follower, subject: str, lines: list[str], path: str) -> Email:
    language = BY_CODE.get(recipient.language, DEFAULT)
    link = recipient.root + (path if path.startswith(f"/{language.code}/") else path_in(language, path))
    headers, end = {}, ""
    if isinstance(recipient, Follower) and recipient.user_id is None:
        end = recipient.root + reverse("follow_end", args=[end_token(recipient)])
        # One press in a mail program ends them (RFC 8058).
        headers = {"List-Unsubscribe": f"<{end}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    context = {"sentence": subject, "lines": lines, "link": link, "end": end, "site_name": settings.SITE_NAME}
    body = render_to_string("sharing/emails/email/letter_message.txt", context)
    return Email(address_of(recipient), _subject(subject), body, headers)


def _subject(words: str) -> str:
    return f"[{settings.SITE_NAME}] {' '.join(words.split())}"


def _page_of(follower: Follower) -> str:
    return reverse("law", args=[follower.law.slug]) if follower.law else reverse("topic", args=[follower.subject.slug])


def _line(kind: str, n: int) -> str:
    lines: Mapping[str, str] = {
        EmailKind.SUBMITTED: ngettext(
            "%(n)s annotation waits for your review", "%(n)s annotations wait for your review", n
        ),
        EmailKind.RETURNED: ngettext(
            "%(n)s annotation of yours was returned", "%(n)s annotations of yours were returned", n
        ),
        EmailKind.PUBLISHED: ngettext(
            "%(n)s annotation of yours was published", "%(n)s annotations of yours were published", n
        ),
        EmailKind.CARRIED: ngettext(
            "Notes wait for a decision in %(n)s later text", "Notes wait for a decision in %(n)s later texts", n
        ),
        EmailKind.JOB: ngettext(
            "%(n)s job that you started is done or failed", "%(n)s jobs that you started are done or failed", n
        ),
        EmailKind.TEXT: ngettext(
            "There is %(n)s new text of what you follow", "There are %(n)s new texts of what you follow", n
        ),
    }
    return lines[kind] % {"n": digits(n)}
