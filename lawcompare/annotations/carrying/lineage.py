"""Which texts follow each other, and which notes on them speak of one concern.

A concern is the line of notes by ``descends_from``: the first note, and what took it up on later texts.
"""

from collections.abc import Iterable

from django.db.models import QuerySet

from lawcompare.annotations.models import Annotation, Carrying
from lawcompare.laws.models import Version


def line_of_texts(version: Version) -> list[Version]:
    """The published texts of the law in the version's language, one after the other.

    A translation follows the earlier texts of its own language, and never its original.
    """
    public = Version.objects.published().without_proposals().standing()
    texts = public.filter(law=version.law_id, language=version.language)
    return in_order(texts.select_related("law"))


def in_order(versions: Iterable[Version]) -> list[Version]:
    """Texts by date; but each comes after the one that it says it follows or corrects."""
    texts = sorted(versions, key=lambda text: (text.date, text.corrects_id is not None, text.slug))
    for text in list(texts):
        before = next((one for one in texts if one.pk == (text.corrects_id or text.follows_id)), None)
        if before is not None and texts.index(before) > texts.index(text):
            texts.remove(text)
            texts.insert(texts.index(before) + 1, text)
    return texts


def uncarried(carrying: Carrying) -> QuerySet[Annotation]:
    """The published notes on the older text that are still to be looked for in the newer one.

    All of them from the text just before; from one before that only those whose concern was not taken up in between,
    for what was lost from one draft may be back in the next.
    """
    line = [text.pk for text in line_of_texts(carrying.new)]
    if carrying.old_id not in line or carrying.new_id not in line:  # one was withdrawn
        return Annotation.objects.none()
    old, new = line.index(carrying.old_id), line.index(carrying.new_id)
    published = Annotation.objects.published()
    taken_up = published.filter(version__in=line[old + 1 : new], descends_from__isnull=False)
    notes = published.filter(version=carrying.old_id).exclude(pk__in=taken_up.values("descends_from"))
    if carrying.pk is not None:
        notes = notes.exclude(pk__in=carrying.carried.exclude(verdict="").values("annotation"))
    return notes
