"""Who may be written to, at which address, and whose wishes a person may see: their own.

Addresses of visitors are encrypted, found again by a keyed digest, and used for nothing else.
"""

from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Exists, Q, QuerySet
from django.utils.translation import gettext as _

from lawcompare.accounts.access import MAY
from lawcompare.accounts.models import EDITORS, VISITOR, Membership, User, memberships_of
from lawcompare.core import numbers
from lawcompare.core.encryption import hmac_of, site_cipher
from lawcompare.core.jobs.models import Job, JobState
from lawcompare.crosswalk.models import Topic, TopicClause
from lawcompare.laws.access import TITLE, proposal_of_law, titled, visible_laws
from lawcompare.laws.models import Version
from lawcompare.publishing.models import Carried
from lawcompare.sharing.emails.models import CHOSEN_KINDS, Choice, EmailKind, Follower, Notice

DAYS_TO_CONFIRM = 7
CONFIRM_SALT, END_SALT = "lawcompare.sharing.emails.confirm", "lawcompare.sharing.emails.end"


def choice_of(user: Any) -> Choice | None:
    """Which e-mails a person chose; None where they never did."""
    return Choice.objects.filter(user_id=user.pk).first()


def followed_by(user: Any) -> QuerySet[Follower]:
    """What a person with an account follows, of what they may see still."""
    seen = Q(topic__in=Topic.objects.stand().order_by()) | Q(law__in=visible_laws(user).order_by().values("pk"))
    return Follower.objects.filter(seen, user_id=user.pk).select_related("law", "topic").order_by("pk")


def title_of(follower: Follower) -> str:
    """What is followed, as it is called now; empty where they may not see it any more."""
    seen = visible_laws(follower.user or VISITOR).filter(pk=follower.law_id or 0).exists()
    if seen and follower.law:
        return titled(follower.law.name, proposal_of_law(follower.law, of=TITLE))
    return str(follower.subject) if follower.topic and follower.topic.stands else ""


def person(user_id: int | None, organisation: int) -> QuerySet[Choice]:
    """The choice of one person, where they made any and still are of the organisation whose work is told of."""
    return _of_members(organisation).filter(user=user_id)


def _roles_told(kind: str) -> list[str]:
    """The roles whose people are told of work of that kind: all but where it waits for what only some may do."""
    action = "review" if kind == EmailKind.SUBMITTED else "annotate"
    return [role for role, actions in MAY.items() if action in actions]


def not_told_any_more(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    """Those about the work of an organisation to a person whose role in it, if any, is told of it no more."""
    told = Q(choice=None)
    for kind in CHOSEN_KINDS:
        told |= Q(Exists(memberships_of("choice__user", "organisation", _roles_told(kind))), kind=kind)
    return notices.exclude(told)


def forget_waiting(user: User) -> None:
    """Send no e-mail about work of which a person is told no more, if the mail server did not take it yet.

    What such an e-mail says besides is told in the next daily one.
    """
    queued = Notice.objects.filter(choice__user=user.pk, job__state=JobState.QUEUED).values("job")
    # Held, so that no worker takes one up meanwhile and sends it all the same.
    held = Job.objects.select_for_update().filter(pk__in=queued, state=JobState.QUEUED).order_by("pk")
    waiting = Notice.objects.filter(choice__user=user.pk, job__in=list(held.values_list("pk", flat=True)))
    jobs = list(not_told_any_more(waiting).values_list("job", flat=True))
    not_told_any_more(waiting).delete()
    waiting.filter(job__in=jobs).update(job=None)
    Job.objects.filter(pk__in=jobs).delete()


def members_told(kind: str, organisation: int, besides: int | None = None) -> QuerySet[Choice]:
    """The choices of the members of an organisation who are told of that kind of its work, without one person's."""
    return _of_members(organisation, role__in=_roles_told(kind)).exclude(user=besides)


def _of_members(organisation: int, **which: Any) -> QuerySet[Choice]:
    """The choices of who acts for an organisation; for the editors of the site nobody does but staff."""
    members = Membership.objects.filter(organisation=organisation, user__is_active=True, **which)
    members = members.exclude(organisation__slug=EDITORS, user__is_staff=False)
    return Choice.objects.filter(user__in=members.values("user")).select_related("user")


def followers_of(version: Version) -> QuerySet[Follower]:
    """Who follows the law of a public text, once staff confirmed it, or a topic under which it has clauses."""
    if not Version.objects.published().confirmed().filter(pk=version.pk).exists():
        return Follower.objects.none()
    public = Version.objects.published().filter(law=version.law_id).order_by().values("pk")
    # Not by a join, which has each follower once for each clause of the topic.
    under = TopicClause.objects.filter(clause__version__in=public, topic__in=Topic.objects.stand())
    topics = under.order_by().values("topic")
    concerned, active = Q(law=version.law_id) | Q(topic__in=topics), Q(user=None) | Q(user__is_active=True)
    return Follower.objects.confirmed().filter(concerned, active).select_related("user", "law", "topic")


def waiting_organisations(carrying: Any) -> list[int]:
    """The organisations that have notes to decide on in a carrying."""
    waiting = Carried.objects.waiting().filter(carrying=carrying, decision="")
    return list(waiting.order_by().values_list("annotation__organisation", flat=True).distinct())


def confirm_token(follower: Follower) -> str:
    return signing.dumps([numbers.seal(follower.pk, "follower"), follower.digest[:16]], salt=CONFIRM_SALT)


def end_token(follower: Follower) -> str:
    return signing.dumps([numbers.seal(follower.pk, "follower"), follower.digest[:16]], salt=END_SALT)


def get_follower_to_confirm(token: str) -> Follower:
    """The follower of a link to confirm. Raises ``ValidationError`` with one sentence."""
    try:
        number, digest = signing.loads(token, salt=CONFIRM_SALT, max_age=DAYS_TO_CONFIRM * 24 * 3600)
    except signing.SignatureExpired:
        raise ValidationError(_("This link has expired. Ask for another one.")) from None
    except signing.BadSignature:
        raise ValidationError(_("This link is invalid or incomplete.")) from None
    return _get(number, digest)


def get_follower_to_end(token: str) -> Follower:
    """The follower of a link that ends the e-mails, however old it is. Raises ``ValidationError``."""
    try:
        number, digest = signing.loads(token, salt=END_SALT)
    except signing.BadSignature:
        raise ValidationError(_("This link is invalid or incomplete.")) from None
    return _get(number, digest)


def _get(sealed: str | int, digest: str) -> Follower:
    # Earlier links had the number itself.
    number = sealed if isinstance(sealed, int) else numbers.unseal(sealed, "follower") or 0
    follower = Follower.objects.filter(pk=number, digest__startswith=digest).select_related("law", "topic").first()
    if follower is None:
        raise ValidationError(_("These emails have already been stopped."))
    return follower


PURPOSE = "followers"


def seal(address: str) -> str:
    return site_cipher(PURPOSE).encrypt(address.encode()).decode()


def digests_of(address: str) -> list[str]:
    """The digests by which an address may be stored: under today's key first, then under earlier ones."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [hmac_of(secret, PURPOSE, address.lower().encode()) for secret in secrets]


def address_of(recipient: Choice | Follower) -> str:
    """Where an e-mail goes; empty for an address that none of the site's keys opens."""
    if recipient.user is not None:
        return recipient.user.email
    try:
        return site_cipher(PURPOSE).decrypt(recipient.sealed.encode()).decode()
    except InvalidToken:
        return ""
