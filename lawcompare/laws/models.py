"""Laws, their versions and clauses.

A published version and its clauses are never edited: triggers of the database (``triggers.py``) refuse it. A correction
is a new version that names the one it corrects.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from lawcompare.accounts.models import EDITORS, Confirmation, Organisation, Proposable, account_key
from lawcompare.core.jobs.models import Job
from lawcompare.core.models import Translated, translated
from lawcompare.core.standard_names import (
    jurisdiction_choices,
    jurisdiction_name,
    language_choices,
    language_in_three_letters,
    language_name,
)
from lawcompare.core.translations.texts import localised
from lawcompare.engine.document import HIDDEN_CHARACTERS, ReadingWarning
from lawcompare.engine.wording.warnings import warning_detail
from lawcompare.languages import digits, in_every_language, in_reader_language, reader_language
from lawcompare.laws.formatting import LOCALE, name_in_reader_language, place_in_words


class Jurisdiction:
    """The jurisdictions that the program knows something of; a law may be of any of ``standard_names``."""

    CAMBODIA = "kh"
    UNITED_STATES = "us"
    INTERNATIONAL = "int"


class LawKind(models.TextChoices):
    DRAFT = "draft", _("Draft")
    STATUTE = "statute", _("Statute")
    TREATY = "treaty", _("Treaty")
    INSTRUMENT = "instrument", _("International instrument")
    CONSTITUTION = "constitution", _("Constitution")
    DECREE = "decree", pgettext_lazy("kind of law", "Decree")
    SUB_DECREE = "sub-decree", pgettext_lazy("kind of law", "Sub-decree")
    PRAKAS = "prakas", pgettext_lazy("kind of law", "Prakas")
    REGULATION = "regulation", pgettext_lazy("kind of law", "Regulation")
    ORDER = "order", pgettext_lazy("kind of law", "Order")
    DECISION = "decision", pgettext_lazy("kind of law", "Decision")
    INSTRUCTION = "instruction", pgettext_lazy("kind of law", "Instruction")
    DECLARATION = "declaration", pgettext_lazy("kind of law", "Declaration")
    GUIDELINE = "guideline", pgettext_lazy("kind of law", "Guideline")


class TextStatus(models.TextChoices):
    """What the words shown are: of a version, and of a clause where it differs from its version."""

    OFFICIAL = "official", _("Official text")
    UNOFFICIAL_TRANSLATION = "unofficial-translation", _("Unofficial translation")
    LEAKED = "leaked", _("Leaked text")
    QUOTATION = "quotation", _("Quotation")
    RESTATEMENT = "restatement", _("Restated in our own words")
    HEADINGS_ONLY = "headings-only", _("Headings only")
    HEADING_ONLY = "heading-only", _("Heading only: the text has not been seen")
    # What the program made of a text and an act that amends it (``Amendment``).
    CONSOLIDATED = "consolidated", _("Consolidated by the program")
    NOT_KNOWN = "not-known", _("Not known")


def check_date(date: str) -> None:
    """Raises ``ValidationError`` for anything but an existing day, month or year that has begun: 2012, 2012-02,
    2012-02-29.
    """
    try:
        datetime.strptime(date, {4: "%Y", 7: "%Y-%m", 10: "%Y-%m-%d"}[len(date)])
    except (KeyError, ValueError):
        raise ValidationError(_("A date is YYYY, YYYY-MM or YYYY-MM-DD.")) from None
    # A day is let pass: it begins in Cambodia before it does in UTC, and clocks differ.
    if date > f"{timezone.now() + timedelta(days=1):%Y-%m-%d}"[: len(date)]:
        raise ValidationError(_("This date lies in the future."))


def public_day(*moments: datetime | None) -> datetime:
    """Returns the day since which everybody could read something, as its midnight: the last of the moments it waited
    for, at least one of them known.

    Readers are told no time of day and nothing before it: that would tell when a text was in hand.
    """
    day = max(moment for moment in moments if moment).astimezone(UTC)
    return day.replace(hour=0, minute=0, second=0, microsecond=0)


# What may be said of a text that is brought here; one that the program made has another.
VERSION_STATUSES = ["official", "unofficial-translation", "leaked", "restatement", "headings-only"]
_STATUSES = [choice for choice in TextStatus.choices if choice[0] in (*VERSION_STATUSES, TextStatus.CONSOLIDATED)]


UNITED_NATIONS, NO_COUNTRY = "un", "xa"


def this_year() -> str:
    return str(timezone.now().year)


@translated("title")
class Law(Translated):
    """A law, bill, code title, treaty or constitution, whichever text of it (FRBR work)."""

    slug = models.SlugField(unique=True, max_length=80)
    title = models.CharField(max_length=300)
    jurisdiction = models.CharField(max_length=3, choices=jurisdiction_choices)
    kind = models.CharField(max_length=12, choices=LawKind)
    description = models.TextField(blank=True)
    # When the law was first made or drafted. Part of its Akoma Ntoso address, so that it stays once it is set.
    date = models.CharField(max_length=10, default=this_year, validators=[check_date])
    # Of an international law the organisation it was made in, as its address names it: un, coe.
    organisation = models.SlugField(max_length=20, blank=True)

    class Meta:
        ordering = ["title", "slug"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The law's title in the language of the page, or in English where it has none."""
        return in_reader_language(self, "title")

    @property
    def other_name(self) -> str:
        """The law's title in another language than the page's; empty where it has one title."""
        titles = in_every_language(self, "title").values()
        return next((title for title in titles if title != self.name), "")

    @property
    def frbr_uri(self) -> str:
        """The work's address by the AKN naming convention (§4.4), such as ``/akn/kh/bill/2012/kh-cybercrime``."""
        doctype = "bill" if self.kind == LawKind.DRAFT else "act"
        # A code of ISO 3166-1, which reserves ``un``; for other organisations one that it leaves to its users.
        if self.jurisdiction != Jurisdiction.INTERNATIONAL:
            country = self.jurisdiction
        elif self.organisation == UNITED_NATIONS:
            country = UNITED_NATIONS
        else:
            country = f"{NO_COUNTRY}-{self.organisation}" if self.organisation else NO_COUNTRY
        return f"/akn/{country}/{doctype}/{self.date}/{self.slug}"

    def get_jurisdiction_display(self) -> str:  # type: ignore[no-redef]
        return jurisdiction_name(self.jurisdiction)

    def get_absolute_url(self) -> str:
        return reverse("law", args=[self.slug])


class LawChange(Proposable):
    """A change to the record of a law. Rows are only added; the database refuses to change one.

    Where staff confirmed a text of the law, or want one, it is a proposal until they confirm it. Of one made at once,
    since law and texts speak in the name of who makes it, the confirmation is empty, and nobody decides on it.
    """

    CONCERNED = ("law__versions",)
    DECIDED_ON = ~models.Q(confirmation="")

    law = models.ForeignKey(Law, on_delete=models.CASCADE, related_name="changes")
    # The columns that changed: {name: [before, after]}.
    fields = models.JSONField()
    reason = models.TextField(blank=True)
    # None: the site's staff.
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    by = account_key()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.law_id}: {self.at:%Y-%m-%d}"

    @property
    def stands(self) -> bool:
        return not self.confirmation or super().stands

    @property
    def before(self) -> dict[str, str]:
        return {name: words for name, (words, _after) in self.fields.items()}

    @property
    def after(self) -> dict[str, str]:
        return {name: words for name, (_before, words) in self.fields.items()}


class VersionQuerySet(models.QuerySet["Version"]):
    def published(self) -> VersionQuerySet:
        """Returns the versions that everybody may read: published, and neither they nor their law withdrawn."""
        return self.filter(self.is_public())

    def confirmed(self, organisation: Organisation | None = None) -> VersionQuerySet:
        """Returns the versions that count as the latest: no organisation makes its own text one of them.

        They came with the site or by its staff, or staff confirmed what an organisation brought. To the members of an
        ``organisation`` its own count too. What the program consolidated never counts.
        """
        by_staff = models.Q(origin__isnull=True) | models.Q(origin__confirmation=Confirmation.CONFIRMED)
        if organisation is not None:
            by_staff |= models.Q(origin__organisation=organisation)
        return self.without_proposals().filter(by_staff).exclude(text_status=TextStatus.CONSOLIDATED)

    def without_proposals(self) -> VersionQuerySet:
        """Returns the versions but for those by which one organisation proposes to correct another's text."""
        no_origin = models.Q(origin__isnull=True, corrects__origin__isnull=True)
        own = models.Q(origin__organisation=models.F("corrects__origin__organisation"))
        return self.filter(models.Q(corrects__isnull=True) | no_origin | own)

    def standing(self) -> VersionQuerySet:
        """Returns the versions that pages show by themselves: all but translations that somebody proposes.

        A translation stands where it came with the site or by its staff, or staff confirmed it, or whoever brought the
        original brought it too and staff have not confirmed that either, unless it is a proposal itself.
        ``Version.stands`` says the same of one.
        """
        same = models.Q(origin__organisation=models.F("translates__origin__organisation"))
        corrected = models.Q(translates__corrects__isnull=True) | models.Q(
            translates__corrects__origin__organisation=models.F("translates__origin__organisation")
        )
        # Words that staff read must not be shown through a translation that they did not read.
        unread = ~models.Q(translates__origin__confirmation=Confirmation.CONFIRMED)
        by_originator = same & corrected & unread & models.Q(translates__translates__isnull=True)
        by_staff = models.Q(origin__isnull=True) | models.Q(origin__confirmation=Confirmation.CONFIRMED)
        return self.filter(models.Q(translates__isnull=True) | by_originator | by_staff)

    def uncorrected(self) -> VersionQuerySet:
        """Returns the versions but for those that whoever brought them corrected since."""
        by_whom = models.Q(origin__isnull=True, corrects__origin__isnull=True) | models.Q(
            origin__organisation=models.F("corrects__origin__organisation")
        )
        corrections = Version.objects.published().filter(by_whom, corrects__isnull=False)
        return self.exclude(pk__in=corrections.values("corrects"))

    def originals(self) -> VersionQuerySet:
        """Returns the versions but for translations of another public one, which are counted with their original."""
        return self.standing().exclude(translates__in=Version.objects.published().values("pk"))

    def is_public(self) -> models.Q:
        """Returns the condition of ``published``, to be combined with others."""
        return _is_public()


@cache  # always the same, and asked for in most queries of a page
def _is_public() -> models.Q:
    withdrawn = Withdrawal.objects.standing().filter(
        models.Q(version=models.OuterRef("pk")) | models.Q(law=models.OuterRef("law_id"))
    )
    return models.Q(~models.Exists(withdrawn), published_at__isnull=False)


# What stands at ``laws/<law>/…`` beside the texts: a text called so would have no address.
RESERVED = frozenset({"concerns", "events", "versions"})
# Of the warnings about hidden signs in a text: every list of texts loads them.
HIDDEN_SIGNS_KEPT = 10


class Version(models.Model):
    """One text of a law: one date, one language (FRBR expression)."""

    law = models.ForeignKey(Law, on_delete=models.PROTECT, related_name="versions")
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=300)
    # How lists, headings and buttons call it, such as "2020 draft"; unlike the title it may be given later.
    short_title = models.CharField(_("short title"), max_length=60, blank=True)
    language = models.CharField(max_length=2, choices=language_choices, default="en")
    # As precise as it is known: 2012, 2020-08 or 2020-08-04. Sorts as text.
    date = models.CharField(pgettext_lazy("of a text", "date"), max_length=10, blank=True, validators=[check_date])
    text_status = models.CharField(max_length=24, choices=_STATUSES)
    source_url = models.URLField(max_length=500, blank=True)
    became_public = models.TextField(_("how it became public"), blank=True)
    became_public_on = models.CharField(max_length=10, blank=True, validators=[check_date])
    note = models.TextField(blank=True)
    # Of a text recognised from pictures: its pages, and those that a person read against it.
    pages_total = models.PositiveIntegerField(null=True, blank=True)
    pages_proofread = models.PositiveIntegerField(null=True, blank=True)
    # The warnings of its reading that nobody had checked when it was stored; None where no page was recognised.
    warnings_open = models.PositiveIntegerField(null=True, blank=True)
    articles_total = models.PositiveIntegerField(_("articles, as reported"), null=True, blank=True)
    chapters_total = models.PositiveIntegerField(_("chapters, as reported"), null=True, blank=True)
    # The keyed digest of the file that was read (``laws.uploads.originals``), which nobody is shown: a plain one would
    # tell whose copy it was.
    file_hash = models.CharField(max_length=64)
    # SHA-256 of the clauses that came out of it: the same clauses, the same hash.
    text_hash = models.CharField(max_length=64)
    # Options of the import, such as the sections chosen. Part of what makes it the same import.
    selection = models.CharField(max_length=500, blank=True)
    reader_warnings = models.JSONField(default=list, blank=True)
    # The clause count, so that no page needs to count.
    clause_count = models.PositiveIntegerField(default=0)
    follows = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed_by")
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by")
    translates = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="translations")
    # What it translates, while it is public and that never was: no page may tell of it. Set back when that is public.
    kept_original = models.ForeignKey("self", null=True, editable=False, on_delete=models.SET_NULL, related_name="+")
    imported_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)
    # The jobs that index it, that map its clauses to those of what it translates, and that tell its followers of it.
    index_job = models.OneToOneField(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    mapping_job = models.OneToOneField(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    news_job = models.OneToOneField(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["law", "date", "slug"]
        constraints = [models.UniqueConstraint(fields=["law", "slug"], name="version_slug_of_law")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The title in the language of the page, or as it was given; with who brought it, until that is confirmed."""
        title, by = localised(self.title), self.unchecked_of
        return _("%(title)s (brought by %(by)s, not confirmed)") % {"title": title, "by": by} if by else title

    @property
    def short_name(self) -> str:
        """The short title in the language of the page; the name where there is none or staff have not confirmed it."""
        return localised(self.short_title) if self.short_title and not self.unchecked_of else self.name

    @property
    def law_name(self) -> str:
        """What its law is called beside a clause of it; its own name where nobody of the site may have read that of
        the law.
        """
        is_of_editors = self.brought_by is not None and self.brought_by.slug == EDITORS
        return self.name if self.unchecked_of or is_of_editors else self.law.name

    @property
    def unchecked_of(self) -> Organisation | None:
        """Who brought a public text that staff have not confirmed: it speaks in their name, wherever it stands."""
        return self.brought_by if self.is_published and self.brought_by and not self.origin.stands else None

    def get_text_status_display(self) -> str:  # type: ignore[no-redef]
        status, by = str(dict(TextStatus.choices).get(self.text_status, self.text_status)), self.unchecked_of
        said = {"status": status, "organisation": by or self.brought_by}
        if self.text_status == TextStatus.CONSOLIDATED and self.brought_by:
            status = gettext("Consolidated by the program, checked by %(organisation)s") % said
            status += f"; {gettext('not confirmed by the staff of this site')}" if by else ""
        elif by:
            status = gettext("%(status)s, as %(organisation)s says; not confirmed by the staff of this site") % said
        return "; ".join(filter(None, [status, self.reading_state]))

    @property
    def reading_state(self) -> str:
        """How far a text that was read from pictures has been checked; empty where a person read all of it."""
        total, read, open_ = self.pages_total or 0, self.pages_proofread or 0, self.warnings_open
        if open_ is None or not total:
            return ""
        parts = []
        if not read:
            parts.append(gettext("read from pictures, not proofread"))
        elif read < total:
            pages = {"n": digits(read), "total": digits(total)}
            parts.append(gettext("read from pictures, %(n)s of %(total)s pages proofread") % pages)
        if open_:
            parts.append(ngettext("%(n)s warning open", "%(n)s warnings open", open_) % {"n": digits(open_)})
        return ", ".join(parts)

    def clean(self) -> None:
        if self.slug in RESERVED:
            raise ValidationError({"slug": f"“{self.slug}” is an address of this site; choose another version name"})

    @property
    def address(self) -> str:
        """``kh-cybercrime/2012-v1-en``, as commands and links name the version."""
        return f"{self.law.slug}/{self.slug}"

    @property
    def is_partial(self) -> bool:
        """Whether a clause that is missing here may still be in the law: it is restated, or known by headings."""
        if self.text_status == TextStatus.CONSOLIDATED:
            amendment = getattr(self, "amendment", None)
            return amendment is not None and amendment.base.is_partial
        return self.text_status in {TextStatus.RESTATEMENT, TextStatus.HEADINGS_ONLY}

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def brought_by(self) -> Organisation | None:
        """The organisation that brought it here; None where it came with the site or by its staff."""
        origin = getattr(self, "origin", None)
        return origin.organisation if origin else None

    @property
    def is_by_originator(self) -> bool:
        """Whether whoever brought the original that it translates brought it too; true where it translates none."""
        of = self.translates
        if of is None:
            return True
        if of.translates_id is not None or self.brought_by != of.brought_by:
            return False
        return of.corrects is None or of.corrects.brought_by == of.brought_by

    @property
    def stands(self) -> bool:
        """Whether pages show it by themselves, by the rule of ``VersionQuerySet.standing``; else it is a proposal."""
        of = self.translates
        if of is None or self.brought_by is None:
            return True
        is_read = of.brought_by is not None and of.origin.stands
        return self.origin.stands or (not is_read and self.is_by_originator)

    @property
    def hidden_signs(self) -> list[str]:
        """The hidden characters of the text, which make it read otherwise than it is stored, in a sentence each."""
        # Texts stored by earlier releases have all warnings of their reading.
        hidden = [warning for warning in self.reader_warnings if warning["kind"] in HIDDEN_CHARACTERS]
        return [warning_detail(LOCALE, ReadingWarning(**warning)) for warning in hidden[:HIDDEN_SIGNS_KEPT]]

    @property
    def frbr_uri(self) -> str:
        """The expression's address, such as ``/akn/kh/bill/2012/kh-cybercrime/eng@2020-08``."""
        return f"{self.law.frbr_uri}/{language_in_three_letters(self.language)}@{self.date_in_address}"

    @property
    def date_in_address(self) -> str:
        """The text's date; where none is known, the day on which it was published or stored here."""
        return self.date or f"{self.published_at or self.imported_at:%Y-%m-%d}"

    def get_language_display(self) -> str:  # type: ignore[no-redef]
        return language_name(self.language)

    def get_absolute_url(self) -> str:
        return reverse("version", args=[self.law.slug, self.slug])


class Obtained(models.TextChoices):
    """How the words of a clause came out of the file that was handed in."""

    TEXT_LAYER = "text-layer", _("taken from the text of the PDF")
    CONVERTED = "converted-font", _("put into Unicode from an old font")
    RECOGNISED = "recognised", _("recognised from a picture")


class Clause(models.Model):
    """A unit of the text with an address. The tree is parent, position and depth; a subtree is a range of positions."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="clauses")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="children")
    # Order in the version, from 0; a subtree is ``position`` up to and without ``end``.
    position = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    depth = models.PositiveSmallIntegerField()
    eid = models.CharField(max_length=250)
    element = models.CharField(max_length=30)
    num = models.CharField(max_length=120, blank=True)
    heading = models.TextField(blank=True)
    text = models.TextField(blank=True)
    # What differs from the version's own provenance.
    text_status = models.CharField(max_length=24, choices=TextStatus, blank=True)
    source_url = models.CharField(max_length=500, blank=True)
    note = models.TextField(blank=True)
    # The stable key the source itself gives, such as USLM's /us/usc/t17/s506/a.
    identifier = models.CharField(max_length=250, blank=True)
    # How its words were obtained, the mean confidence of the recogniser (0 to 1), and whether a person corrected them;
    # nothing where the file was a text.
    obtained = models.CharField(max_length=16, choices=Obtained, null=True)
    confidence = models.FloatField(null=True)
    is_corrected = models.BooleanField(null=True)

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="clause_position_in_version"),
            models.UniqueConstraint(fields=["version", "eid"], name="clause_eid_in_version"),
        ]

    def __str__(self) -> str:
        return name_in_reader_language(self.num, self.heading) or place_in_words(self.eid)

    @property
    def may_hold_slips(self) -> bool:
        """Whether its words were recognised from a picture and no person has corrected them."""
        return self.obtained == Obtained.RECOGNISED and not self.is_corrected

    @property
    def confidence_percent(self) -> int:
        return round(100 * (self.confidence or 0))

    def get_absolute_url(self) -> str:
        return reverse("clause", args=[self.version.law.slug, self.version.slug, self.eid])


class ClauseTranslation(models.Model):
    """A clause and its counterpart in a text of another language.

    Found by numbers and structure, and found anew whenever people decide otherwise (``translations/services.py``).
    """

    original_version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    translation_version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="clause_translations")
    original = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="translations")
    translation = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="translated")
    # 0 to 1: how sure the program is; 1 is a person's word, whose credit is then ``confirmed_by``.
    confidence = models.FloatField()
    # In what the two agree: words among ``number kind shape cited``.
    evidence = models.JSONField(default=list)
    confirmed_by = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["translation_version", "original__position", "translation__position"]
        constraints = [models.UniqueConstraint(fields=["original", "translation"], name="one_translation_per_pair")]

    def __str__(self) -> str:
        return f"{self.original} = {self.translation}"

    @property
    def percent(self) -> int:
        return round(100 * self.confidence)


class TranslationReview(Proposable):
    """Whether a translation was checked, and by whom, as an editor says. Rows are only added; the last that stands
    counts.
    """

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="reviews")
    is_checked = models.BooleanField()
    # Who compared it with the original, as they wish to be named.
    credit = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    by = account_key()
    at = models.DateTimeField(auto_now_add=True)

    CONCERNED = ("version", "version__translates")

    class Meta:
        ordering = ["version", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(is_checked=False) | ~models.Q(credit=""), name="check_has_credit")
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.credit or '–'}"


@translated("text")
class PlainWords(Proposable, Translated):
    """What a clause says in plain words, as editors tell it. Rows are added; the last that stands counts.

    Said of a clause of a text, and with it of what translates that.
    """

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    clause = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="plain_words")
    # In a language where it is empty nothing is said.
    text = models.TextField(blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    # Nobody where the files of the site say it.
    by = account_key()
    at = models.DateTimeField(auto_now_add=True)

    CONCERNED = ("version",)

    class Meta:
        ordering = ["version", "pk"]

    def __str__(self) -> str:
        return f"{self.clause_id}: {self.text[:40]}"

    @property
    def words(self) -> str:
        """The words in the language of the page; empty where nobody wrote any in it."""
        return in_every_language(self, "text").get(reader_language().code, "")


class EventKind(models.TextChoices):
    """What an event in the making of a law was. ``US_LAW`` is how the law of the United States came in."""

    DRAFTING = "drafting", _("Drafting")
    TEXT = "text", _("A text becomes known")
    CONSULTATION = "consultation", _("Workshop or meeting")
    US_LAW = "us-law", _("US law and training")
    CRITICISM = "criticism", _("Criticism")
    REPLY = "reply", _("Reply of the government")
    TREATY = "treaty", _("International law")
    OTHER_LAW = "other-law", _("Another law")


@translated("title", "body")
class Event(Proposable, Translated):
    """Something that happened in the making of a law, with its sources and the texts it concerns.

    Stated by an organisation, or by those who run the site: ``organisation`` is then empty.
    """

    law = models.ForeignKey(Law, on_delete=models.CASCADE, related_name="events")
    # By which files name it; random where it was written on a page.
    slug = models.SlugField(max_length=80)
    # As precise as it is known, as ``Version.date``.
    date = models.CharField(max_length=10, validators=[check_date])
    date_is_inferred = models.BooleanField(default=False)
    kind = models.CharField(max_length=12, choices=EventKind)
    title = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    # [{"url": …, "name": …}]: where it was read; at least one.
    sources = models.JSONField()
    versions = models.ManyToManyField(Version, blank=True, related_name="events")
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="events"
    )
    # No longer shown; its history stays.
    is_retired = models.BooleanField(default=False)

    CONCERNED = ("law__versions",)
    DECIDED_ON = models.Q(is_retired=False)
    ALSO_PUBLIC = models.Q(law__wanted__isnull=False)

    class Meta:
        ordering = ["date", "slug"]
        constraints = [models.UniqueConstraint(fields=["law", "slug"], name="event_slug_of_law")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The title in the language of the page, or in English where it has none."""
        return in_reader_language(self, "title")

    @property
    def text(self) -> str:
        """What happened, in the language of the page or in English."""
        return in_reader_language(self, "body")


class EventChange(models.Model):
    """That an event was added or changed. Rows are only added; the database refuses to change one."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="changes")
    # The columns of the event, and the addresses of its texts as ``versions``; nothing was before one that is new.
    before = models.JSONField(default=dict)
    after = models.JSONField()
    # Nobody where a command of those who run the site did it.
    by = account_key()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.at:%Y-%m-%d}"


@translated("title", "body")
class WantedText(Translated):
    """A text that is publicly known to exist and that nobody here has seen, as those who run the site state it.

    A law that has such a text is public, also without any other.
    """

    law = models.ForeignKey(Law, on_delete=models.CASCADE, related_name="wanted")
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=300)
    # As precise as it is known; empty of a part of a text that is here.
    date = models.CharField(max_length=10, blank=True, validators=[check_date])
    known_since = models.CharField(max_length=10, validators=[check_date])
    # Why it matters.
    body = models.TextField()
    # [{"url": …, "name": …}]: who says that it exists; at least one.
    sources = models.JSONField()

    class Meta:
        ordering = ["law__title", "date", "slug"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The title in the language of the page, or in English where it has none."""
        return in_reader_language(self, "title")

    @property
    def text(self) -> str:
        """Why it matters, in the language of the page or in English."""
        return in_reader_language(self, "body")

    def get_absolute_url(self) -> str:
        return f"{reverse('wanted')}#{self.slug}"


class Original(models.Model):
    """The encrypted bytes of an uploaded file, by their keyed digest; ``laws.uploads.originals`` alone handles them."""

    digest = models.CharField(max_length=64, primary_key=True)
    data = models.BinaryField()
    key = models.CharField(
        max_length=16
    )  # the name of the key that it is encrypted with; see ``lawcompare.core.encryption``
    stored_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.digest


class Origin(Proposable):
    """Which organisation brought a text here; until it is published, its members alone see it.

    Staff confirm that the text is what its details say: the first page shows no other as latest.
    """

    version = models.OneToOneField(Version, on_delete=models.CASCADE, related_name="origin")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    CONCERNED = ("version",)

    def __str__(self) -> str:
        return f"{self.version}: {self.organisation}"


class Amendment(models.Model):
    """That a text is another one as an act amends it: the program carried the act out, who brought the text checked it.

    Public where all three texts are; a proposal as long as the text is one (``Origin``).
    """

    version = models.OneToOneField(Version, on_delete=models.CASCADE, related_name="amendment")
    base = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    # None: a file that is no text here.
    act = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    # In the order of the act, what was carried out: ``act`` the place in it, ``eid`` its clause there, ``operation``,
    # ``clauses`` the clauses changed, those that are no more as they are addressed in the base, ``by_hand`` whether a
    # person wrote their words.
    instructions = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.base} → {self.version}"

    @property
    def proposed_by(self) -> str:
        """Who merely proposes it, in the reader's language; empty where it stands, or base and act are their own."""
        by = self.version.brought_by
        concerned = {text.brought_by for text in (self.base, self.act) if text is not None}
        if by is None or self.version.origin.stands or concerned == {by}:
            return ""
        return str(by)

    @property
    def proposal_label(self) -> str:
        """The same as words beside it: ``proposed by …``."""
        return gettext("proposed by %(organisation)s") % {"organisation": self.proposed_by} if self.proposed_by else ""


class WithdrawalQuerySet(models.QuerySet["Withdrawal"]):
    def standing(self) -> WithdrawalQuerySet:
        """Returns the withdrawals that were not taken back."""
        return self.filter(restored_at__isnull=True)


class Withdrawal(models.Model):
    """The removal of a version, or of a law with all its versions, from public view. Its address stays and says why."""

    law = models.ForeignKey(Law, null=True, blank=True, on_delete=models.CASCADE, related_name="withdrawals")
    version = models.ForeignKey(Version, null=True, blank=True, on_delete=models.CASCADE, related_name="withdrawals")
    reason = models.TextField(_("reason, as readers will see it"))
    # None: the site's staff.
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    by = account_key()
    at = models.DateTimeField(auto_now_add=True)
    restored_by = account_key()
    restored_at = models.DateTimeField(null=True, blank=True)

    objects = WithdrawalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(law__isnull=False, version__isnull=True)
                | models.Q(law__isnull=True, version__isnull=False),
                name="a_law_or_a_version_is_withdrawn",
            ),
            models.UniqueConstraint(
                fields=["version"], condition=models.Q(restored_at__isnull=True), name="a_version_is_withdrawn_once"
            ),
            models.UniqueConstraint(
                fields=["law"], condition=models.Q(restored_at__isnull=True), name="a_law_is_withdrawn_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target}: {self.reason}"

    @property
    def target(self) -> Version | Law:
        target = self.version or self.law
        assert target is not None  # the database asks for one of the two
        return target


class FormerAddress(models.Model):
    """An earlier slug of a law or a version. Its old addresses redirect to the new ones for good."""

    slug = models.SlugField(max_length=80)
    law = models.ForeignKey(Law, on_delete=models.CASCADE, related_name="former_addresses")
    # The version that was called so; none: the law.
    version = models.ForeignKey(
        Version, null=True, blank=True, on_delete=models.CASCADE, related_name="former_addresses"
    )
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "former addresses"
        constraints = [
            models.UniqueConstraint(
                fields=["slug"], condition=models.Q(version__isnull=True), name="one_law_was_called_so"
            ),
            models.UniqueConstraint(
                fields=["law", "slug"],
                condition=models.Q(version__isnull=False),
                name="one_version_of_a_law_was_called_so",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slug}: {self.version or self.law}"
