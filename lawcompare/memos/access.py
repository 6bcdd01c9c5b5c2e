"""Which memos a person may see: those of the organisation they act for, and no others."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may, membership_of
from lawcompare.accounts.models import Membership, Person
from lawcompare.memos.models import Memo, MemoFile


def member(user: Person) -> Membership:
    """The membership under which a person writes memos. Raises PermissionDenied."""
    membership = membership_of(user)
    if membership is None or not may(user, "annotate"):
        raise PermissionDenied(_("Only members of an organisation can do this."))
    return membership


def own_memos(user: Person) -> QuerySet[Memo]:
    membership = membership_of(user)
    memos = Memo.objects.select_related("organisation")
    return memos.filter(organisation=membership.organisation) if membership else memos.none()


def memo_at_work(user: Person, key: str) -> Memo | None:
    """The memo that the person worked on last: the one of that key, else the latest of those they began."""
    memos = own_memos(user)
    return memos.filter(key=key).first() or memos.filter(made_by=user.pk).first()


def get_memo(user: Person, key: str) -> Memo:
    """A memo of the person's organisation. Raises Http404, and PermissionDenied for who belongs to none."""
    member(user)
    memo = own_memos(user).filter(key=key).first()
    if memo is None:
        raise Http404(_("There is no such memo here."))
    return memo


def visible_files(user: Person) -> QuerySet[MemoFile]:
    return MemoFile.objects.filter(memo__in=own_memos(user).values("pk")).select_related("memo", "job").defer("content")
