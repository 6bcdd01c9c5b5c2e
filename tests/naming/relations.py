"""What each relation of the data model lets a reader learn of the thing it leads to.

**You added a relation to a text, clause, law, organisation or person?** Say here who may learn of what stands at its
end, and let ``planted.py`` plant something secret there: a test fails until both are done.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps

# The row is public, and goes on being shown without what the reader may not see.
LEFT_OUT = "named to whoever may see it; to others the row is shown without it"
# The row is of the text, and shown with it or not at all; a withdrawal, at the address of what was public.
WITH_TEXT = "the row is shown to whoever may see the text"
# Whoever reads the row learns which organisation answers for it.
ANSWERS = "named to whoever may see the row"
# A person is named by their own wish alone, by ``person_credited`` and ``credit``.
NOBODY = "named to nobody by it"
# Rows of the workspace.
OWN = "the row is shown to its own organisation alone"
# Not planted: what an editor does to the kinds of risk is public, and so is its organisation.
PUBLIC = "always public"
# Tables of Django and allauth that one's own pages and the admin pages show.
ACCOUNT = "shown to the person alone"

BY_RULE = {
    ACCOUNT: """
        admin.LogEntry.user account.EmailAddress.user mfa.Authenticator.user usersessions.UserSession.user
        annotations.OwnNote.person sharing.Choice.user sharing.Follower.user
    """,
    OWN: """
        accounts.Organisation.members accounts.Membership.user accounts.Membership.organisation
        accounts.Invitation.organisation laws.TranslationReview.organisation laws.LawChange.law
        annotations.RenderedWords.organisation crosswalk.DraftComparison.organisation memos.Memo.organisation
        crosswalk.SuggestionRun.organisation
        imports.Fetch.organisation imports.ReleaseNotice.read_for
        imports.ImportBatch.organisation imports.ImportDraft.organisation
        sharing.GuestLink.old sharing.GuestLink.new sharing.GuestLink.organisation sharing.Notice.organisation
        sharing.Follower.law core.Job.owner
    """,
    NOBODY: """
        accounts.Invitation.invited_by laws.TranslationReview.by laws.Withdrawal.by laws.Withdrawal.restored_by
        laws.PlainWords.by
        laws.EventChange.by laws.LawChange.by crosswalk.FindingDecision.by annotations.CategoryChange.by
        annotations.Annotation.creator annotations.Revision.by annotations.RenderedWords.by annotations.Reply.creator
        annotations.NoteDecision.by annotations.ReviewRemark.by publishing.Carried.decided_by crosswalk.TopicChange.by
        crosswalk.DraftComparison.asked_by crosswalk.DraftComparison.made_by crosswalk.DraftComparison.published_by
        crosswalk.DraftPair.by
        crosswalk.Correspondence.stated_by crosswalk.Correspondence.seconded_by crosswalk.CorrespondenceDecision.by
        crosswalk.Value.stated_by crosswalk.Value.confirmed_by crosswalk.ValueChange.by memos.Memo.made_by
        memos.MemoFile.asked_by comparisons.MapDecision.by comparisons.LeadSentence.by imports.Fetch.by
        imports.ImportBatch.creator
        imports.ImportDraft.creator imports.DraftPage.taken_by imports.DraftPage.read_by imports.ImportDraft.stored_by
        imports.ImportCorrection.by imports.ImportCorrection.undone_by sharing.GuestLink.by
    """,
    WITH_TEXT: """
        laws.Version.law laws.Clause.version laws.Clause.parent laws.ClauseTranslation.original_version
        laws.ClauseTranslation.translation_version laws.ClauseTranslation.original laws.ClauseTranslation.translation
        laws.TranslationReview.version laws.Origin.version laws.Withdrawal.law laws.Withdrawal.version laws.Event.law
        laws.FormerAddress.law laws.FormerAddress.version
        laws.PlainWords.version laws.PlainWords.clause search.SearchEntry.law search.SearchEntry.version
        search.SearchEntry.clause crosswalk.Examination.version crosswalk.Finding.version crosswalk.Finding.clause
        annotations.Annotation.version annotations.Annotation.clause annotations.RenderedWords.version
        annotations.RenderedWords.clause publishing.Carrying.old publishing.Carrying.new publishing.Carried.clause
        publishing.Carried.rival_clause crosswalk.DraftComparison.source crosswalk.DraftComparison.target
        crosswalk.DraftPair.subject crosswalk.DraftPair.object crosswalk.Silence.version
        crosswalk.Correspondence.subject crosswalk.Correspondence.subject_version crosswalk.Correspondence.object
        crosswalk.Correspondence.object_version crosswalk.Value.clause crosswalk.Value.words_clause
        crosswalk.Value.version crosswalk.SuggestionRun.subject_version crosswalk.SuggestionRun.object_version
        comparisons.Comparison.old comparisons.Comparison.new comparisons.MapDecision.old_version
        comparisons.MapDecision.new_version comparisons.LeadSentence.old comparisons.LeadSentence.new
        comparisons.Concordance.old_version comparisons.Concordance.new_version
        comparisons.Concordance.old comparisons.Concordance.new comparisons.ClausePair.old comparisons.ClausePair.new
        imports.ReleaseNotice.law imports.ReleaseNotice.old imports.ReleaseNotice.new imports.ImportDraft.version
        laws.Amendment.version crosswalk.TopicClause.clause
    """,
    LEFT_OUT: """
        laws.Version.follows laws.Version.corrects laws.Version.translates laws.Event.versions
        laws.Version.kept_original
        annotations.Annotation.standards annotations.Annotation.answers annotations.OwnNote.version
        annotations.OwnNote.clause crosswalk.Topic.clauses memos.MemoItem.old memos.MemoItem.new memos.MemoItem.law
        imports.Fetch.versions imports.ImportDraft.corrects imports.ImportDraft.amends imports.ImportDraft.act
        laws.Amendment.base laws.Amendment.act
    """,
    ANSWERS: """
        laws.PlainWords.organisation
        laws.Origin.organisation laws.Withdrawal.organisation laws.Event.organisation laws.LawChange.organisation
        search.SearchEntry.organisation crosswalk.FindingDecision.organisation annotations.Annotation.organisation
        annotations.Reply.organisation crosswalk.Topic.organisation crosswalk.TopicChange.organisation
        crosswalk.Correspondence.organisation crosswalk.Correspondence.seconded_for
        crosswalk.CorrespondenceDecision.organisation crosswalk.Value.organisation crosswalk.Value.confirmed_for
        crosswalk.ValueChange.organisation comparisons.MapDecision.organisation comparisons.LeadSentence.organisation
    """,
    PUBLIC: "annotations.CategoryChange.organisation laws.WantedText.law",
}
RULES = {name: rule for rule, names in BY_RULE.items() for name in names.split()}
NOT_PLANTED = {PUBLIC, ACCOUNT}
WATCHED = {"laws.Version", "laws.Clause", "laws.Law", "accounts.Organisation", "accounts.User"}


def relations() -> Iterator[tuple[str, Any]]:
    """(name, field) of every relation to a text, clause, law, organisation or person."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            target = field.related_model
            if field.is_relation and not field.auto_created and target and target._meta.label in WATCHED:
                yield f"{model._meta.label}.{field.name}", field
