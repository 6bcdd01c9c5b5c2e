"""What people do with files: upload them, have them read again, open the original, discard a draft."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import timedelta
from pathlib import PurePath

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import ProtectedError, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may, membership_of
from lawcompare.accounts.models import Organisation, Person
from lawcompare.accounts.rate_limits import DAY, allow
from lawcompare.comparisons.models import Comparison
from lawcompare.core.jobs import services as jobs
from lawcompare.core.jobs.models import UNFINISHED, Job
from lawcompare.core.jobs.registry import Report
from lawcompare.core.log.services import record
from lawcompare.crosswalk.models import Correspondence
from lawcompare.crosswalk.values.services import forget_carried
from lawcompare.engine.errors import EngineError
from lawcompare.imports.access import editor
from lawcompare.imports.models import NAME_MAX, DraftPage, DraftState, ImportBatch, ImportDraft
from lawcompare.imports.upload.files import is_picture, without_metadata
from lawcompare.imports.upload.reading import remove_images, remove_recognised
from lawcompare.laws.models import Version
from lawcompare.laws.services import ImportRefused, check_file
from lawcompare.laws.uploads import originals
from lawcompare.publishing.models import Carrying

# How long the names of files that were refused, or were here already, stand in the list of a batch.
NAMES_KEPT = timedelta(days=1)


def clean_name(name: str) -> str:
    """The name of a file without its folders and without characters that are not shown.

    >>> clean_name("..\\\\..\\\\etc/passwd\\x00.txt")
    'passwd.txt'
    """
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(
        character for character in last if unicodedata.category(character)[0] != "C" or character == "\u200b"
    )
    return shown.strip()[-NAME_MAX:] or "file"


@transaction.atomic
def take_in(
    user: Person,
    data: bytes,
    filename: str,
    language: str = "",
    batch: ImportBatch | None = None,
    *,
    wants_before: bool = False,
    amends: str = "",
) -> tuple[ImportDraft, bool]:
    """Keep a file and have it read; returns its draft, and whether that is new. Raises ``ImportRefused``.

    The same file again is shown and not stored twice.

    ``wants_before`` asks of a Word file with tracked changes for its text before them, as a draft of its own;
    ``amends`` says which text it is meant to amend, as ``law/version``.
    """
    membership = editor(user)
    name = clean_name(filename)
    check_file(name, len(data))
    if not data.strip(b" \t\r\n\f\v\0"):
        raise ImportRefused("the file is empty")
    if is_picture(name):
        data, name = without_metadata(data), f"picture{PurePath(name).suffix.lower()}"
    # The organisation's own import of this very file. That another one has it, even published, is not looked for: it
    # would tell whose copy that was.
    digests = originals.digests_of(data, membership.organisation_id)
    same = ImportDraft.objects.filter(organisation=membership.organisation, original__in=digests, corrects=None)
    if (known := same.order_by("pk").first()) is not None:
        return known, False
    _check_quota(membership.organisation, len(data))
    digest = originals.put(data, membership.organisation_id)
    # One file of an organisation after the other, so that the same one sent twice at once is stored once. Not while it
    # is encrypted: a worker that looks whether the organisation may have a job run would wait.
    Organisation.objects.select_for_update(no_key=True).get(pk=membership.organisation_id)
    if (known := same.order_by("pk").first()) is not None:
        return known, False
    draft = ImportDraft.objects.create(
        organisation=membership.organisation,
        creator_id=user.pk,
        batch=batch,
        name=name,
        original=digest,
        size=len(data),
        language=language,
        wants_before=wants_before,
        details={"amends": amends} if amends else {},
        reading_job=jobs.create("reading", membership.organisation),
    )
    record("import", f"import/{draft.pk}", by=user, organisation=membership.organisation.slug, size=len(data))
    return draft, True


PICTURE_BYTES = 100_000  # of a page that was recognised, about


def _check_quota(organisation: Organisation, size: int) -> None:
    """Raises ``ImportRefused`` where an organisation's files would take workers or room from everybody else's."""
    waiting = Job.objects.filter(kind="reading", owner=organisation, state__in=UNFINISHED).count()
    if waiting >= settings.IMPORTS_WAITING_MAX:
        message = _("%(n)s files of your organisation wait to be read. Hand in more when some of them are.")
        raise ImportRefused(message % {"n": waiting})
    known_as = f"organisation-{organisation.pk}"
    if not (
        allow(known_as, "import", settings.IMPORTS_PER_DAY, DAY)
        and allow(known_as, "import-bytes", settings.IMPORT_BYTES_PER_DAY, DAY, size)
    ):
        raise ImportRefused(_("Your organisation has handed in as many files today as it may. Go on tomorrow."))
    kept = ImportDraft.objects.filter(organisation=organisation).aggregate(bytes=Sum("size", default=0))["bytes"]
    pictures = DraftPage.objects.filter(draft__organisation=organisation).exclude(image="").count()
    if kept + PICTURE_BYTES * pictures + size > settings.IMPORT_BYTES_KEPT:
        raise ImportRefused(_("Your organisation keeps as many files here as it may. Discard some of them first."))


def take_in_many(
    user: Person, files: Iterable[tuple[str, bytes | EngineError]], language: str = "", *, wants_before: bool = False
) -> ImportBatch:
    """Take in several files, each by itself: one that is refused stops no other. A file may come as its refusal."""
    batch = ImportBatch.objects.create(organisation=editor(user).organisation, creator_id=user.pk)
    for name, data in files:
        try:
            if isinstance(data, EngineError):
                raise data
            draft, is_new = take_in(user, data, name, language, batch, wants_before=wants_before)
        except EngineError as refused:
            batch.others.append({"name": clean_name(name), "reason": str(refused)})
        else:
            batch.others += [] if is_new else [{"name": clean_name(name), "draft": draft.pk}]
    batch.save(update_fields=["others"])
    return batch


@transaction.atomic
def read_again(user: Person, draft: ImportDraft, language: str | None = None) -> None:
    """Have a file read once more, where that failed or its worker was lost, or in another language."""
    organisation = editor(user).organisation
    job = Job.objects.filter(pk=draft.reading_job_id).first() if draft.reading_job_id else None
    if job is not None and jobs.retry(job, user, organisation.slug) and language is not None:
        ImportDraft.objects.filter(pk=draft.pk).update(language=language)


def _delete_private(version: Version) -> None:
    """Delete a text that never was public with all that was computed of it, and its law where it has no other text."""
    if version.is_published:
        raise ImportRefused(_("A published text cannot be discarded; remove it from public view instead."))
    Comparison.objects.filter(Q(old=version) | Q(new=version), decision=None, made_from=None).delete()
    Carrying.objects.filter(Q(old=version) | Q(new=version)).delete()
    sides = Q(subject_version=version) | Q(object_version=version)
    Correspondence.objects.filter(sides, decisions=None).delete()
    forget_carried(version)
    law = version.law
    try:
        version.delete()
    except ProtectedError:
        raise ImportRefused(
            _("People wrote or decided something on this text, so it stays. Only your organisation sees it.")
        ) from None
    if not (law.versions.exists() or law.wanted.exists()):
        law.delete()


def forget_names(job: Job, report: Report) -> None:
    """Forget how files were called that became no draft, once people had the time to see what became of them.

    A name may tell who wrote a file or passed it on.
    """
    old = ImportBatch.objects.filter(created_at__lt=timezone.now() - NAMES_KEPT)
    old.exclude(others=[]).update(others=[])


def open_original(user: Person, draft: ImportDraft) -> bytes:
    """The file as the organisation handed it in, with all that stands inside it; that it was opened is in the log.

    Of a text taken up to be corrected no file was handed in here: that of the text is another organisation's, perhaps.
    """
    membership = membership_of(user)
    if membership is None or not may(user, "open-original") or membership.organisation != draft.organisation:
        raise PermissionDenied(_("Only an editor of the organisation that handed a file in may open it."))
    if draft.corrects_id is not None or draft.amends_id is not None:
        raise originals.OriginalLost
    return originals.open_original(draft.original, f"import/{draft.pk}", user, membership.organisation.slug)


@transaction.atomic
def discard(user: Person, draft: ImportDraft) -> None:
    """Discard a draft, with the text that was kept private of it, and its file where nothing else was made of it.

    What was discarded already is passed over. Raises ``ImportRefused`` for a text that was published, or on which
    people worked, and for an act whose result is not stored yet; results that failed go with their act.
    """
    held = ImportDraft.objects.select_for_update().filter(pk=draft.pk).first()
    if held is None:
        return
    organisation = editor(user).organisation
    version = held.version
    for result in ImportDraft.objects.filter(act_file=held, version=None):
        if result.state != DraftState.FAILED:
            words = _("This act is carried out on “%(text)s”. Publish that result first, or discard it.")
            raise ImportRefused(words % {"text": result})
        discard(user, result)
    remove_images(held)
    remove_recognised(held.recognised_pages.all())
    held.delete()
    if version is not None:
        _delete_private(version)
    for digest in filter(None, (held.original, held.reading, held.review)):
        others = ImportDraft.objects.filter(original=digest) | ImportDraft.objects.filter(reading=digest)
        if not others.exists() and not Version.objects.filter(file_hash=digest).exists():
            originals.remove(digest)
    record("discard", f"import/{draft.pk}", by=user, organisation=organisation.slug)
