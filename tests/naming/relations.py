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
# The row is of the text, and shown with it or not at all.
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

RULES = {
    "admin.LogEntry.user": ACCOUNT,
    "account.EmailAddress.user": ACCOUNT,
    "mfa.Authenticator.user": ACCOUNT,
    "usersessions.UserSession.user": ACCOUNT,
    "accounts.Organisation.members": OWN,
    "accounts.Membership.user": OWN,
    "accounts.Membership.organisation": OWN,
    "accounts.Invitation.organisation": OWN,
    "accounts.Invitation.invited_by": NOBODY,
    "laws.Version.law": WITH_TEXT,
    "laws.Version.follows": LEFT_OUT,
    "laws.Version.corrects": LEFT_OUT,
    "laws.Version.translates": LEFT_OUT,
    "laws.Clause.version": WITH_TEXT,
    "laws.Clause.parent": WITH_TEXT,
    "laws.ClauseTranslation.original_version": WITH_TEXT,
    "laws.ClauseTranslation.translation_version": WITH_TEXT,
    "laws.ClauseTranslation.original": WITH_TEXT,
    "laws.ClauseTranslation.translation": WITH_TEXT,
    "laws.RenderingReview.version": WITH_TEXT,
    "laws.RenderingReview.organisation": OWN,
    "laws.RenderingReview.by": NOBODY,
    "laws.Origin.version": WITH_TEXT,
    "laws.Origin.organisation": ANSWERS,
    "laws.Withdrawal.law": WITH_TEXT,  # shown at the address of what was public
    "laws.Withdrawal.version": WITH_TEXT,
    "laws.Withdrawal.organisation": ANSWERS,
    "laws.Withdrawal.by": NOBODY,
    "laws.Withdrawal.restored_by": NOBODY,
    "laws.Event.law": WITH_TEXT,
    "laws.Event.versions": LEFT_OUT,
    "laws.Event.organisation": ANSWERS,
    "laws.EventChange.by": NOBODY,
    "laws.LawChange.law": OWN,
    "laws.LawChange.organisation": ANSWERS,
    "laws.LawChange.by": NOBODY,
    "laws.FormerAddress.law": WITH_TEXT,
    "laws.FormerAddress.version": WITH_TEXT,
    "search.SearchEntry.law": WITH_TEXT,
    "search.SearchEntry.version": WITH_TEXT,
    "search.SearchEntry.clause": WITH_TEXT,
    "search.SearchEntry.organisation": ANSWERS,
    "crosswalk.Examination.version": WITH_TEXT,
    "crosswalk.Finding.version": WITH_TEXT,
    "crosswalk.Finding.clause": WITH_TEXT,
    "crosswalk.FindingDecision.organisation": ANSWERS,
    "crosswalk.FindingDecision.by": NOBODY,
    "annotations.CategoryChange.organisation": PUBLIC,
    "annotations.CategoryChange.by": NOBODY,
    "annotations.Annotation.version": WITH_TEXT,
    "annotations.Annotation.clause": WITH_TEXT,
    "annotations.Annotation.standards": LEFT_OUT,
    "annotations.Annotation.answers": LEFT_OUT,
    "annotations.Annotation.organisation": ANSWERS,
    "annotations.Annotation.creator": NOBODY,
    "annotations.Revision.by": NOBODY,
    "annotations.OwnNote.person": ACCOUNT,
    "annotations.OwnNote.version": LEFT_OUT,
    "annotations.OwnNote.clause": LEFT_OUT,
    "annotations.RenderedWords.version": WITH_TEXT,
    "annotations.RenderedWords.clause": WITH_TEXT,
    "annotations.RenderedWords.organisation": OWN,
    "annotations.RenderedWords.by": NOBODY,
    "annotations.Reply.organisation": ANSWERS,
    "annotations.Reply.creator": NOBODY,
    "annotations.NoteDecision.by": NOBODY,
    "annotations.ReviewRemark.by": NOBODY,
    "publishing.Carrying.old": WITH_TEXT,
    "publishing.Carrying.new": WITH_TEXT,
    "publishing.Carried.clause": WITH_TEXT,
    "publishing.Carried.rival_clause": WITH_TEXT,
    "publishing.Carried.decided_by": NOBODY,
    "crosswalk.Topic.clauses": LEFT_OUT,
    "crosswalk.Topic.organisation": ANSWERS,
    "crosswalk.TopicChange.organisation": ANSWERS,
    "crosswalk.TopicChange.by": NOBODY,
    "crosswalk.DraftComparison.source": WITH_TEXT,
    "crosswalk.DraftComparison.target": WITH_TEXT,
    "crosswalk.DraftComparison.organisation": OWN,
    "crosswalk.DraftComparison.made_by": NOBODY,
    "crosswalk.DraftComparison.published_by": NOBODY,
    "crosswalk.DraftPair.subject": WITH_TEXT,
    "crosswalk.DraftPair.object": WITH_TEXT,
    "crosswalk.DraftPair.by": NOBODY,
    "crosswalk.Silence.version": WITH_TEXT,
    "crosswalk.Correspondence.subject": WITH_TEXT,
    "crosswalk.Correspondence.subject_version": WITH_TEXT,
    "crosswalk.Correspondence.object": WITH_TEXT,
    "crosswalk.Correspondence.object_version": WITH_TEXT,
    "crosswalk.Correspondence.organisation": ANSWERS,
    "crosswalk.Correspondence.seconded_for": ANSWERS,
    "crosswalk.Correspondence.stated_by": NOBODY,
    "crosswalk.Correspondence.seconded_by": NOBODY,
    "crosswalk.CorrespondenceDecision.organisation": ANSWERS,
    "crosswalk.CorrespondenceDecision.by": NOBODY,
    "crosswalk.Value.clause": WITH_TEXT,
    "crosswalk.Value.words_clause": WITH_TEXT,
    "crosswalk.Value.version": WITH_TEXT,
    "crosswalk.Value.organisation": ANSWERS,
    "crosswalk.Value.confirmed_for": ANSWERS,
    "crosswalk.Value.stated_by": NOBODY,
    "crosswalk.Value.confirmed_by": NOBODY,
    "crosswalk.ValueChange.organisation": ANSWERS,
    "crosswalk.ValueChange.by": NOBODY,
    "crosswalk.SuggestionRun.subject_version": WITH_TEXT,
    "crosswalk.SuggestionRun.object_version": WITH_TEXT,
    "memos.Memo.organisation": OWN,
    "memos.Memo.made_by": NOBODY,
    "memos.MemoItem.old": LEFT_OUT,
    "memos.MemoItem.new": LEFT_OUT,
    "memos.MemoItem.law": LEFT_OUT,
    "memos.MemoFile.asked_by": NOBODY,
    "comparisons.Comparison.old": WITH_TEXT,
    "comparisons.Comparison.new": WITH_TEXT,
    "comparisons.MapDecision.old_version": WITH_TEXT,
    "comparisons.MapDecision.new_version": WITH_TEXT,
    "comparisons.MapDecision.organisation": ANSWERS,
    "comparisons.MapDecision.by": NOBODY,
    "comparisons.Concordance.old_version": WITH_TEXT,
    "comparisons.Concordance.new_version": WITH_TEXT,
    "comparisons.Concordance.old": WITH_TEXT,
    "comparisons.Concordance.new": WITH_TEXT,
    "comparisons.ClausePair.old": WITH_TEXT,
    "comparisons.ClausePair.new": WITH_TEXT,
    "imports.Fetch.organisation": OWN,
    "imports.Fetch.by": NOBODY,
    "imports.Fetch.versions": LEFT_OUT,
    "imports.ReleaseNotice.law": WITH_TEXT,
    "imports.ReleaseNotice.old": WITH_TEXT,
    "imports.ReleaseNotice.new": WITH_TEXT,
    "imports.ImportBatch.organisation": OWN,
    "imports.ImportBatch.creator": NOBODY,
    "imports.ImportDraft.organisation": OWN,
    "imports.ImportDraft.creator": NOBODY,
    "imports.DraftPage.taken_by": NOBODY,
    "imports.DraftPage.read_by": NOBODY,
    "imports.ImportDraft.corrects": LEFT_OUT,
    "imports.ImportDraft.version": WITH_TEXT,
    "imports.ImportDraft.stored_by": NOBODY,
    "imports.ImportCorrection.by": NOBODY,
    "imports.ImportCorrection.undone_by": NOBODY,
    "sharing.GuestLink.old": OWN,
    "sharing.GuestLink.new": OWN,
    "sharing.GuestLink.organisation": OWN,
    "sharing.GuestLink.by": NOBODY,
    "sharing.Choice.user": ACCOUNT,
    "sharing.Follower.law": OWN,
    "sharing.Follower.user": ACCOUNT,
    "core.Job.owner": OWN,
}
NOT_PLANTED = {PUBLIC, ACCOUNT}
WATCHED = {"laws.Version", "laws.Clause", "laws.Law", "accounts.Organisation", "accounts.User"}


def relations() -> Iterator[tuple[str, Any]]:
    """(name, field) of every relation to a text, clause, law, organisation or person."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            target = field.related_model
            if field.is_relation and not field.auto_created and target and target._meta.label in WATCHED:
                yield f"{model._meta.label}.{field.name}", field
