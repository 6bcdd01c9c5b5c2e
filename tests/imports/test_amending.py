"""An amending act in the browser: from the act to a published text, with every instruction decided by a person."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.http import urlencode

from lawcompare.accounts.models import Confirmation
from lawcompare.comparisons.models import ClausePair, Comparison
from lawcompare.core.numbers import seal
from lawcompare.engine.amend import amend
from lawcompare.engine.reading import read
from lawcompare.imports import corrections
from lawcompare.imports.amending.services import laws_named
from lawcompare.imports.amending.views import _commencement, _rows
from lawcompare.imports.corrections import LAWS_MAX, Review, amended
from lawcompare.imports.models import ImportCorrection, ImportDraft
from lawcompare.imports.storing.services import details_state
from lawcompare.laws.amendments.access import Instructions
from lawcompare.laws.models import Amendment, Clause, Origin, Version
from lawcompare.laws.services import Import, import_law
from lawcompare.publishing.services import publish
from tests.conftest import ROOT
from tests.imports.conftest import DETAILS
from tests.processor_time import at_most

pytestmark = pytest.mark.django_db

BASE = """# Lamp Act

## § 1. Short title

This Act may be cited as the Lamp Act.

## § 5. Lamps

The keeper shall light each lamp at dusk.

## § 6. Keepers

Each town shall name a keeper. The name shall be published.

## § 7. Fees

The fee for a lamp is $5.
"""
ACT = """## SEC. 101. LIGHTING

Section 5 of the Lamp Act is amended by striking “dusk” and inserting “sunset”.

## SEC. 102. KEEPERS

Section 6 of the Lamp Act is amended by striking “township” and inserting “city”.

## SEC. 103. FEES

Section 9 of the Lamp Act is amended by striking “$5” and inserting “$6”.

## SEC. 104. COMMENCEMENT

This Act takes effect on 1 January 2022.
"""


@pytest.fixture
def base(store) -> Version:
    return store(BASE, "before", law="lamp-act", date="2019", status="leaked")


@pytest.fixture
def act(store) -> Version:
    return store(ACT, "act", law="lamp-amendment-act", date="2021", status="official")


@pytest.fixture
def start(editor, django_capture_on_commit_callbacks):
    """Apply an act as Eve: ``start(base, act)``; returns the draft once the job is done."""

    def apply(base: Version, act: Version) -> ImportDraft:
        with django_capture_on_commit_callbacks(execute=True):
            answer = editor.post("/workspace/amend/", {"base": base.address, "act": act.address})
        assert answer.status_code == 302, answer.content.decode()
        return ImportDraft.objects.get(amends=base)

    return apply


def verdicts(draft: ImportDraft) -> list[str]:
    return [outcome.decided or outcome.reason or "executed" for outcome in amended(draft).outcomes]


def decide(editor, draft: ImportDraft, place: int, kind: str, **fields):
    draft.refresh_from_db()
    fields = {"target": f"i{place}", "kind": kind, "revision": draft.revision} | fields
    return editor.post(f"{draft.get_absolute_url()}amending/", fields)


def decide_all(editor, draft: ImportDraft) -> None:
    """The words of section 6 are written by hand, the third instruction is meant of section 7."""
    decide(
        editor, draft, 1, "outcome", key="sec_6", num="§ 6", heading="Keepers", text="Each city shall name a keeper."
    )
    decide(editor, draft, 2, "target", clause="sec_7")
    assert verdicts(draft) == ["executed", "words", "target"]


def store_it(editor, draft: ImportDraft, callbacks, *, private: bool = False, **details) -> Version | None:
    """Go through the details and have it stored, as a person does."""
    draft.refresh_from_db()
    about = draft.details | {"compared": "on", "revision": details_state(draft), "preview": "1"} | details
    editor.post(f"{draft.get_absolute_url()}about/", about)
    with callbacks(execute=True):
        editor.post(f"{draft.get_absolute_url()}publish/", {"private": "1"} if private else {}, follow=True)
    draft.refresh_from_db()
    return draft.version


def test_each_instruction_is_shown_with_its_words_its_verdict_and_its_redline(editor, base, act, start):
    draft = start(base, act)
    assert verdicts(draft) == ["executed", "words-not-there", "no-target"]
    page = editor.get(draft.get_absolute_url(), follow=True).content.decode()
    assert "Section 5 of the Lamp Act is amended" in page
    assert ">sunset</ins>" in page.replace('<span class="sr">inserted: </span>', "")
    assert "“township” are not there" in page and "Section 9 is not in this text" in page
    assert "takes effect on 1 January 2022" in page
    assert "2 to decide" in page
    only = editor.get(f"{draft.get_absolute_url()}amending/?show=undecided").content.decode()
    assert "Section 9" in only and "at dusk" not in only


def test_nothing_is_stored_while_an_instruction_waits(editor, base, act, start, django_capture_on_commit_callbacks):
    draft = start(base, act)
    assert store_it(editor, draft, django_capture_on_commit_callbacks) is None
    decide(editor, draft, 1, "skip")
    decide(editor, draft, 2, "skip")
    assert verdicts(draft) == ["executed", "skip", "skip"]
    # Nor before somebody says that they read it.
    assert store_it(editor, draft, django_capture_on_commit_callbacks, compared="") is None
    assert store_it(editor, draft, django_capture_on_commit_callbacks) is not None


def test_a_person_decides_undoes_and_is_told_what_does_not_fit(editor, base, act, start):
    draft = start(base, act)
    answer = decide(editor, draft, 2, "target", clause="sec_5")
    assert answer.status_code == 400 and "are not there" in answer.content.decode()
    assert not ImportCorrection.objects.exists()
    panel = editor.get(f"{draft.get_absolute_url()}amending/?open=i1").content.decode()
    assert '<option value="sec_6" selected>' in panel and "Each town shall name a keeper." in panel
    opened = decide(editor, draft, 1, "open", clause="sec_6\r\nX: y")
    assert opened.status_code == 302 and "sec_6%" in opened["Location"]
    for odd in ("?open=i99&page=x", "?at=iX&show=undecided&page=-1", "?open=i1&key=nothing"):
        assert editor.get(f"{draft.get_absolute_url()}amending/{odd}").status_code == 200
    decide_all(editor, draft)
    answer = editor.post(f"{draft.get_absolute_url()}undo/", follow=True)
    assert answer.request["QUERY_STRING"] == "at=i2" and "2 to decide" not in answer.content.decode()
    assert verdicts(draft) == ["executed", "words", "no-target"]
    editor.post(f"{draft.get_absolute_url()}redo/")
    assert verdicts(draft) == ["executed", "words", "target"]
    texts = {clause.eid: clause.text for clause in amended(draft).document.clauses}
    assert texts["sec_6"] == "Each city shall name a keeper." and texts["sec_7"] == "The fee for a lamp is $6."


def test_what_amends_other_laws_is_left_out_at_once_and_brought_back_at_once(editor, base, store, start):
    others = "\n\n".join(f"## SEC. {n}. BOATS\n\nSection {n} of the Boat Act is repealed." for n in (201, 202))
    said = ACT.split("## SEC. 102")[0] + "## SEC. 102. OIL\n\nSection 7 of the Lamp Act is repealed.\n\n" + others
    draft = start(base, store(said, "act", law="lamp-amendment-act", date="2021"))
    assert verdicts(draft) == ["executed", "executed", "names-another-act", "names-another-act"]
    assert (
        "Leave out the 2 that amend other laws" in editor.get(f"{draft.get_absolute_url()}amending/").content.decode()
    )
    decide(editor, draft, 0, "skip-others")
    assert verdicts(draft) == ["executed", "executed", "skip", "skip"]
    decide(editor, draft, 0, "skip-others", target="")
    assert ImportCorrection.objects.count() == 1
    editor.post(f"{draft.get_absolute_url()}undo/")
    assert verdicts(draft)[2:] == ["names-another-act", "names-another-act"]


def test_words_that_rest_on_another_decision_are_asked_about_again(editor, base, act, start):
    draft = start(base, act)
    decide(editor, draft, 0, "outcome", key="sec_5", num="§ 5", heading="Lamps", text="Lamps are lit at sunset.")
    assert verdicts(draft)[0] == "words"
    decide(editor, draft, 0, "skip")
    editor.post(f"{draft.get_absolute_url()}undo/", {"correction": 1})
    assert verdicts(draft)[0] == "skip"


def test_of_two_decisions_on_one_instruction_the_second_is_shown_both(editor, base, act, start):
    draft = start(base, act)
    decide(editor, draft, 0, "skip")
    words = {"key": "sec_5", "num": "§ 5", "heading": "Lamps", "text": "Lamps are lit at sunset."}
    answer = decide(editor, draft, 0, "outcome", revision=0, **words)
    html = answer.content.decode()
    assert answer.status_code == 409 and "Lamps are lit at sunset." in html and "instruction not carried out" in html
    decide(editor, draft, 0, "outcome", **words)
    assert verdicts(draft)[0] == "words"


def test_the_result_is_named_as_what_it_is_and_is_never_the_latest(cast, base, act, result):
    version = result
    assert version.is_published and version.date == "2021"
    assert version.get_text_status_display().startswith(f"Consolidated by the program, checked by {cast.centre}")
    version.origin.confirmation = Confirmation.CONFIRMED
    version.origin.save()
    assert version not in Version.objects.confirmed() and version not in Version.objects.confirmed(cast.centre)
    amendment = Amendment.objects.get(version=version)
    assert (amendment.base, amendment.act) == (base, act)
    assert [(one["act"], one["clauses"], one["by_hand"]) for one in amendment.instructions] == [
        ("sec. 101", ["sec_5"], False),
        ("sec. 102", ["sec_6"], True),
        ("sec. 103", ["sec_7"], False),
    ]
    assert Comparison.objects.filter(old=base, new=version).exists()


@pytest.fixture
def result(editor, base, act, start, django_capture_on_commit_callbacks) -> Version:
    draft = start(base, act)
    decide_all(editor, draft)
    version = store_it(editor, draft, django_capture_on_commit_callbacks)
    assert version is not None
    return version


def text_at(client: Client, address: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(address).content.decode()).split())


def test_base_act_and_result_name_each_other_as_proposed_until_it_is_confirmed(base, act, result):
    visitor = Client()
    assert "Amended by lamp-amendment-act act → the text as amended (proposed by The Centre)" in text_at(
        visitor, base.get_absolute_url()
    )
    assert "Amends lamp-act before → the text as amended (proposed by The Centre)" in text_at(
        visitor, act.get_absolute_url()
    )
    own = visitor.get(result.get_absolute_url()).content.decode()
    assert f'Amended by the act: <a href="{act.get_absolute_url()}sec_101/">sec. 101</a>' in own
    assert "(written by hand)" in own
    data = visitor.get(f"/laws/{base.address}.json").json()
    assert data["amended_by"] == [
        {"base": base.address, "act": act.address, "result": result.address, "proposed_by": "The Centre"}
    ]
    made = visitor.get(f"/api/v1/laws/{result.address}").json()
    assert made["consolidates"]["instructions"][0]["clauses"] == ["sec_5"]
    Origin.objects.filter(version=result).update(confirmation=Confirmation.CONFIRMED)
    assert "proposed by" not in text_at(visitor, base.get_absolute_url())
    Origin.objects.filter(version=result).update(confirmation=Confirmation.REFUSED)
    assert "Amended by" not in text_at(visitor, base.get_absolute_url())


def test_proposed_amendments_bury_nothing_and_are_named_so_on_an_act_of_others(base, act, result, store, cast):
    for number in range(7):
        text = store(BASE, f"as-amended-{number}", law="lamp-act", date="2021")
        Origin.objects.create(version=text, organisation=cast.others)
        Amendment.objects.create(version=text, base=base, act=act)
    assert text_at(Client(), base.get_absolute_url()).count("Amended by") == 6, "five of The Others, one of The Centre"
    Origin.objects.filter(version=result).update(confirmation=Confirmation.CONFIRMED)
    assert text_at(Client(), base.get_absolute_url()).count("Amended by") == 6
    Origin.objects.create(version=base, organisation=cast.others)
    page = text_at(Client(), act.get_absolute_url())
    assert page.count("Amends") == 6 and page.count("(proposed by The Others)") == 5


def test_the_comparison_names_the_instruction_at_each_row(base, act, result):
    page = Client().get(f"/compare/{base.address}/with/{result.address}/").content.decode()
    for section in ("101", "102", "103"):
        assert f'<a href="{act.get_absolute_url()}sec_{section}/">sec. {section}</a>' in page
    pair = f"{base.address}/with/{result.address}"
    for data in (
        Client().get(f"/compare/{pair}.json").json()["pairs"],
        Client().get(f"/api/v1/comparisons/{pair}/pairs").json()["items"],
    ):
        rows = {row["new"]["eid"]: row.get("instructions") or [] for row in data if row["level"] == "unit"}
        assert {eid: [one["act"] for one in said] for eid, said in rows.items()} == {
            "sec_1": [],
            "sec_5": ["sec. 101"],
            "sec_6": ["sec. 102"],
            "sec_7": ["sec. 103"],
        }


def test_a_row_names_the_instructions_in_the_order_of_the_act():
    said = [("s. 1", ["sec_5"], []), ("s. 2", [], ["sec_5__para_a"]), ("s. 3", ["sec_5__para_b"], [])]
    kept = [{"act": act, "eid": act, "clauses": clauses, "removed": removed} for act, clauses, removed in said]
    row = Instructions(Amendment(instructions=kept)).of_row(Clause(eid="sec_5"), Clause(eid="sec_5"))
    assert [one["act"] for one in row] == ["s. 1", "s. 2", "s. 3"]


def test_akoma_ntoso_has_what_the_act_changes_and_what_was_changed(base, act, result):
    change = r'<textualMod[^>]*type="(\w+)"[^>]*><source href="([^"]+)"/><destination href="([^"]+)"/>'

    def changes_in(text: Version) -> list[tuple[str, ...]]:
        return re.findall(change, Client().get(f"/laws/{text.address}.akn.xml").content.decode())

    assert changes_in(act) == []  # while it is a proposal the act, which somebody else brought, says nothing of it
    Origin.objects.filter(version=result).update(confirmation=Confirmation.CONFIRMED)
    changes = {text: changes_in(text) for text in (act, result)}
    assert changes[act][0] == ("substitution", "#sec_101", f"{base.frbr_uri}/!main#sec_5")
    assert changes[result][0] == ("substitution", f"{act.frbr_uri}/!main#sec_101", "#sec_5")


def test_nothing_public_tells_of_a_private_result(editor, base, act, start, django_capture_on_commit_callbacks):
    before = [text_at(Client(), text.get_absolute_url()) for text in (base, act)]
    draft = start(base, act)
    decide_all(editor, draft)
    version = store_it(editor, draft, django_capture_on_commit_callbacks, private=True)
    assert [text_at(Client(), text.get_absolute_url()) for text in (base, act)] == before
    assert Client().get(version.get_absolute_url()).status_code == 404
    assert Client().get(f"/laws/{base.address}.json").json()["amended_by"] == []
    assert "Amended by" in text_at(editor, base.get_absolute_url())


def test_of_a_private_act_the_result_is_private(editor, base, hand_in, django_capture_on_commit_callbacks):
    upload = hand_in(ACT, "act.md")
    page = editor.get(upload.get_absolute_url()).content.decode()
    assert "This is an amending act" in page and "Lamp Act" in page
    with django_capture_on_commit_callbacks(execute=True):
        editor.post("/workspace/amend/", {"base": base.address, "upload": seal(upload.pk, "importdraft")})
    draft = ImportDraft.objects.get(amends=base)
    decide_all(editor, draft)
    assert draft.details["date"] == "", "the act has no date yet"
    assert "First publish the act" in text_at(editor, f"{draft.get_absolute_url()}amending/")
    assert store_it(editor, draft, django_capture_on_commit_callbacks, date="2021") is None
    preview = text_at(editor, f"{draft.get_absolute_url()}preview/")
    assert "First publish the act" in preview and "Preview 4. Publish Preview" not in preview
    answer = editor.post(f"{upload.get_absolute_url()}discard/")
    assert answer.status_code == 409 and "Publish that result first, or discard it" in answer.content.decode()
    details = DETAILS | {"law_title": "Lamp Amendment", "date": "2021", "revision": details_state(upload)}
    editor.post(f"{upload.get_absolute_url()}about/", details)
    with django_capture_on_commit_callbacks(execute=True):
        answer = editor.post(f"{upload.get_absolute_url()}publish/", {"unchecked": "1", "private": "1"})
    assert editor.get(answer["Location"])["Location"] == draft.get_absolute_url(), "which waited for it"
    version = store_it(editor, draft, django_capture_on_commit_callbacks, private=True)
    assert version is not None and not version.is_published
    editor.post(f"{draft.get_absolute_url()}publish/")
    version.refresh_from_db()
    assert not version.is_published
    editor.post(f"{draft.get_absolute_url()}discard/")
    assert not Amendment.objects.exists() and not Version.objects.filter(pk=version.pk).exists()
    assert ImportDraft.objects.filter(pk=upload.pk).exists()


def test_acts_are_carried_out_in_the_order_of_their_dates_and_one_carried_out_before_is_said_to_be(
    editor, base, act, result, store, django_capture_on_commit_callbacks
):
    earlier, later = (
        store(ACT.replace("sunset", "dark"), f"act-{date}", law="lamp-amendment-act", date=date)
        for date in ("2020", "2022")
    )
    for text, one, sentence in ((result, earlier, "Carry out the earlier act first"), (base, later, "on its result")):
        answer = editor.post("/workspace/amend/", {"base": text.address, "act": one.address})
        assert answer.status_code == 400 and sentence in answer.content.decode()
    for text, one, is_before in ((result, later, False), (base, act, True), (result, act, True)):
        with django_capture_on_commit_callbacks(execute=True):
            answer = editor.post("/workspace/amend/", {"base": text.address, "act": one.address})
        page = editor.get(answer["Location"], follow=True).content.decode()
        assert ("carried out before" in page) == is_before
        assert not is_before or f'href="{result.get_absolute_url()}"' in page


def test_what_failed_goes_once_the_act_is_applied_again_or_discarded(
    editor, base, store, hand_in, django_capture_on_commit_callbacks
):
    upload = hand_in("## SEC. 1. BOATS\n\nSection 5 of the Boat Act is repealed.", "act.md")
    asked = {"upload": seal(upload.pk, "importdraft")}
    boats = store(BASE.replace("Lamp", "Boat"), "boats", law="boat-act", date="2019")
    other = store(BASE, "other", law="other-act", date="2019")
    for text, failed in ((base, 1), (other, 1), (boats, 0), (base, 1)):
        with django_capture_on_commit_callbacks(execute=True):
            editor.post("/workspace/amend/", asked | {"base": text.address})
        drafts = ImportDraft.objects.filter(act_file=upload)
        assert sum(one.state == "failed" for one in drafts) == failed
    assert "The act could not be carried out" in text_at(editor, "/workspace/imports/")
    editor.post(f"{ImportDraft.objects.get(amends=boats).get_absolute_url()}discard/")
    assert editor.post(f"{upload.get_absolute_url()}discard/").status_code == 302
    assert not ImportDraft.objects.exists()


@pytest.mark.parametrize(
    ("words", "sentence", "khmer"),
    [
        ("## Article 1. Lamps\n\nA lamp burns.", "no amending instruction", "រកមិនឃើញសេចក្តីបង្គាប់វិសោធនកម្មទេ"),
        (
            "## SEC. 1. BOATS\n\nSection 5 of the Boat Act is repealed.",
            "amends Boat Act, which the base is not",
            "ដែលមិនមែនជាអត្ថបទនេះទេ",
        ),
    ],
)
def test_what_cannot_be_carried_out_is_said_in_a_sentence(editor, base, store, start, words, sentence, khmer):
    draft = start(base, store(words, "other", law="other-act", date="2021"))
    page = editor.get(draft.get_absolute_url()).content.decode()
    assert "The act could not be carried out" in page
    assert sentence in page.lower().replace("boat act", "Boat Act") and not draft.is_open
    assert khmer in editor.get(f"/km{draft.get_absolute_url()}").content.decode()


def test_on_a_khmer_page_what_became_of_an_instruction_is_said_in_khmer(editor, base, act, start):
    page = editor.get(f"/km{start(base, act).get_absolute_url()}amending/").content.decode()
    assert "ផ្នែក ៩ មិនមានក្នុងអត្ថបទនេះទេ" in re.sub(r"<[^>]+>|\u200b", "", page) and "section 5" not in page


def test_an_act_without_its_law_says_what_is_wanted(editor, hand_in, store):
    upload = hand_in("SEC. 1. BOATS.\nSection 5 of the Boat Act is repealed.\n", "act.txt")
    query = urlencode({"upload": seal(upload.pk, "importdraft")})
    page = editor.get(f"/workspace/amend/?{query}").content.decode()
    assert "The act amends “Boat Act”, and no text here is called so" in page
    hand_in(BASE, "none.md")
    none = {"base": store(BASE, "text", law="other-law").address, "file": SimpleUploadedFile("none.md", BASE.encode())}
    for typed, sentence in (({"base": "no/such"}, "Choose the text"), (none, "No instruction that amends")):
        answer = editor.post("/workspace/amend/", typed)
        assert answer.status_code == 400 and sentence in answer.content.decode()


def test_the_example_of_the_guide_is_carried_out_and_compared(editor, start, django_capture_on_commit_callbacks):
    """Two articles of Cambodia's constitution, and the constitutional law of 2008, restated."""
    base, act = (
        import_law(Import((ROOT / f"fixtures/amending/{name}.md").read_bytes(), f"{name}.md")).version
        for name in ("constitution-2007-km", "constitutional-law-2008-km")
    )
    for version in (base, act):
        publish(version)
    draft = start(base, act)
    assert verdicts(draft) == ["executed", "executed"]
    clauses = {clause.eid: clause.num for clause in amended(draft).document.clauses}
    assert clauses == {"art_145new": "មាត្រា ១៤៥ ថ្មី (មួយ)", "art_146new": "មាត្រា ១៤៦ ថ្មី (មួយ)"}
    assert "ជាការប្រញាប់" in editor.get(f"/km{draft.get_absolute_url()}amending/").content.decode()
    version = store_it(editor, draft, django_capture_on_commit_callbacks)
    # What is restated stays known in part, and yet the words of its two articles are compared.
    assert version.is_partial
    pairs = ClausePair.objects.filter(comparison__old=base, comparison__new=version, level="unit")
    assert [(pair.old.eid, pair.new.eid) for pair in pairs] == [("art_145new",) * 2, ("art_146new",) * 2]
    page = Client().get(f"/compare/{base.address}/with/{version.address}/").content.decode()
    assert "<ins>" in page and page.count("Amended by the act:") == 2


CANADIAN = """1 Section 4 of the Boats Act is replaced by the following:
  4 Every person who fails to register a boat is liable to a fine of $50.

2 The Act is amended by adding the following after section 4:
  5 The Minister keeps a register.

3 Subsection 4.1(2) of the Act is repealed.

4 Subsections 4.2(1) and (2) of the Act are replaced by the following:
    (1) An oar is a float once this subsection comes into force.
    (2) A mast is a spar.

5 This Act comes into force on May 1, 2022.
"""


BOATS = """## Section 1. Short title

This Act may be cited as the Boats Act.

## Section 4. Penalty

Every person who fails to register a boat is liable to a fine.

## Section 4.1. Appeal

(1) A person may appeal.

(2) An appeal costs $50.

## Section 4.2. Parts

(1) An oar is

(a) a sweep; or

(b) a scull.

(2) A mast is a pole.
"""


def test_an_act_that_puts_in_provisions_without_quoting_them_is_carried_out_once_it_is_published(
    editor, store, hand_in, django_capture_on_commit_callbacks
):
    base = store(BOATS, "old", law="boats-act", date="2019")
    upload = hand_in(CANADIAN, "act.txt")
    details = DETAILS | {"law_title": "Boats Amendment Act", "title": "Act", "date": "2021", "version": "act"}
    details |= {"preview": "1", "revision": details_state(upload)}
    editor.post(f"{upload.get_absolute_url()}about/", details)
    with django_capture_on_commit_callbacks(execute=True):
        editor.post(f"{upload.get_absolute_url()}publish/", {"unchecked": "1"})
    upload.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        file = SimpleUploadedFile("act.txt", CANADIAN.encode())  # handed in again: it is the text that is here
        assert editor.post("/workspace/amend/", {"base": base.address, "file": file}).status_code == 302
    draft = ImportDraft.objects.get(amends=base, act=upload.version)
    assert verdicts(draft) == ["executed"] * 4
    page = text_at(editor, f"{draft.get_absolute_url()}amending/")
    assert "not carried out. 5 This Act comes into force on May 1, 2022. 0 corrections" in page, "nor what is put in"
    row = page.partition("(2) A mast is a spar.")[2]
    assert row.index("a float") < row.index("(b) a scull.") < row.index("(2) A mast"), "struck where it stood"
    assert "The Minister keeps a register." in [clause.text for clause in amended(draft).document.clauses]
    version = store_it(editor, draft, django_capture_on_commit_callbacks)
    page = Client().get(version.get_absolute_url()).content.decode()
    assert f'<a href="{upload.version.get_absolute_url()}sec_2/">s. 2</a>' in page
    row = Client().get(f"/compare/{base.address}/with/{version.address}/").content.decode()
    assert f'<a href="{upload.version.get_absolute_url()}sec_3/">s. 3</a>' in row, "what was struck out of an article"


def test_a_large_act_is_carried_out_and_shown_page_by_page(editor, store, start):
    """As many instructions as pages hold thrice: each page shows its own, and the one named is found."""
    numbers = range(1, 301)
    base = store(
        "\n\n".join(f"## § {n}. Lamp {n}\n\nThe lamp burns oil." for n in numbers), "old", law="lamps", date="2019"
    )
    said = "Section {0} of the Lamp Act is amended by striking “oil” and inserting “gas”."
    act = store(
        "\n\n".join(f"## SEC. {n}. LAMP\n\n{said.format(n)}" for n in numbers), "act", law="lamp-act", date="2021"
    )
    draft = start(base, act)
    assert set(verdicts(draft)) == {"executed"}
    first, named = (
        editor.get(f"{draft.get_absolute_url()}amending/{query}").content.decode() for query in ("", "?at=i290")
    )
    assert 'id="c-i0"' in first and 'id="c-i290"' not in first and 'id="c-i290"' in named


def test_of_the_laws_that_an_act_names_only_the_few_that_it_amends_most_are_looked_for(hand_in):
    named = [f"Lamp {'abcdefghij'[at].title()}{'klmnopqrst'[at]} Act" for at in range(10)]
    said = [f"Section 1 of the {law} is amended by striking “old” and inserting “new”." for law in [*named, named[7]]]
    draft = hand_in("\n".join(f"SEC. {at}. LAMPS.\n{words}" for at, words in enumerate(said, 1)), "act.txt")
    found = laws_named(draft)
    assert found is not None and len(found) == LAWS_MAX and found[0] == named[7]


def test_no_page_reads_which_laws_an_upload_amends(editor, hand_in, monkeypatch):
    """Read while a page was made, twenty uploads held a thread of the site for as long as all their words took."""
    draft = hand_in(ACT, "act.md")
    corrections.forget()
    monkeypatch.setattr("lawcompare.engine.amend.read_english", None)
    for page in (draft.get_absolute_url(), f"/workspace/amend/?upload={seal(draft.pk, 'importdraft')}"):
        assert "Lamp Act" in editor.get(page).content.decode()


def test_an_act_that_speaks_of_taking_effect_in_each_clause_has_its_page_in_no_time():
    """Each such clause set beside each instruction, 4,000 of them held a thread of the site for four seconds a page."""
    numbers = range(1, 2001)
    act = "\n".join(
        f"SEC. {at}. LAMP\nSection {at} of the Lamp Act is amended by striking “oil” and inserting “takes effect {at}”."
        for at in numbers
    )
    document = read(f"{act}\nSEC. 2001. START\nThis Act takes effect on 1 January 2022.".encode(), filename="act.txt")
    base = read("\n".join(f"§ {at}. Lamp\nIt burns oil." for at in numbers).encode(), filename="base.txt")
    review = Review.of(amend(base, document))
    with at_most(seconds=0.4):
        assert any("This Act takes effect on 1 January 2022." in one for one in _commencement(document, review))


def test_an_act_that_changes_many_long_clauses_has_its_page_in_no_time():
    """40 instructions for 40 clauses of 400 words held a thread of the site for a minute, at each look at the page."""
    text = " ".join(f"oil x{at % 7}" for at in range(60))
    base = read("\n".join(f"§ {at}. Lamp\n{text}" for at in range(1, 41)).encode(), filename="base.txt")
    said = "The Lamp Act is amended by striking “oil” each place it appears and inserting “oil x{0}”."
    act = "\n".join(f"SEC. {at}. LAMP\n{said.format(at)}" for at in range(1, 21)).encode()
    review = Review.of(amend(base, read(act, filename="act.txt")))
    positions = {clause.eid: at for at, clause in enumerate(base.clauses)}
    with at_most(seconds=2):
        rows = _rows(review, list(range(20)), "en", positions)
    assert len(rows) == 20 and rows[0]["changes"] and all(len(row["changes"]) + row["left_out"] == 40 for row in rows)
