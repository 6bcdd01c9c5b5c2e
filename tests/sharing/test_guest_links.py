"""A private text or comparison is read by the holder of a link, and by nobody else; then it is closed again."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lawcompare.accounts import responses
from lawcompare.accounts.models import User, digest_of
from lawcompare.accounts.services import add_member
from lawcompare.annotations.models import Annotation, NoteStatus
from lawcompare.comparisons.correcting.services import set_together
from lawcompare.comparisons.services import request_comparison
from lawcompare.core.models import Entry
from lawcompare.crosswalk.drafts import services as drafts
from lawcompare.crosswalk.models import DraftComparison, Topic
from lawcompare.crosswalk.services import state_by_hand
from lawcompare.crosswalk.topics.services import add_topic
from lawcompare.laws.models import Origin, Version, Withdrawal
from lawcompare.laws.services import mark_published
from lawcompare.memos import services
from lawcompare.memos.models import ItemKind, MemoItem
from lawcompare.sharing.guests import services as guests
from lawcompare.sharing.guests import views
from lawcompare.sharing.guests.access import SALT
from lawcompare.sharing.guests.models import GuestLink, GuestOpening
from tests import second_factor
from tests.conftest import NEW_DRAFT, OLD_DRAFT
from tests.proposals import confirm_all, edits_the_site
from tests.world import made_once

pytestmark = pytest.mark.django_db

HERE = {"sec-fetch-site": "same-origin"}
SECRET = "planted wording"
WAYS = "/workspace/guests/draft/hidden/", "/workspace/guests/draft/old/with/draft/hidden/"


@pytest.fixture
@made_once
def texts(cast, store, django_capture_on_commit_callbacks):
    """A public text, and a private one of the Centre, compared."""
    with django_capture_on_commit_callbacks(execute=True):
        old = store(OLD_DRAFT, "old", date="2019")
        hidden = store(NEW_DRAFT.replace("traffic data", SECRET), "hidden", date="2021", published=False)
        Origin.objects.create(version=hidden, organisation=cast.centre)
        request_comparison(old, hidden)
    return old, hidden


def give(client: Client, cast, path: str = WAYS[0], **changes: str) -> str:
    client.force_login(cast.eve)
    page = client.post(path, {"name": "Planted guest", "days": "7"} | changes).content.decode()
    link = re.search(r"http://testserver(/guest/[^<\s]+/)", page)
    return link[1] if link else page


def words(answer) -> str:
    return answer.content.decode()


def test_links_that_work_at_the_same_time_are_limited_and_listed_page_by_page(client, cast, texts, monkeypatch):
    monkeypatch.setattr(guests, "OPEN_MAX", 2)
    monkeypatch.setattr(views, "LINKS_SHOWN", 1)
    for _number in range(2):
        assert give(client, cast).startswith("/guest/")
    assert "2 links of your organisation are open" in give(client, cast) and GuestLink.objects.count() == 2
    listed = [words(client.get("/workspace/guests/", {"page": page})) for page in (1, 2)]
    assert [page.count("Planted guest</b>") for page in listed] == [1, 1]
    client.post(reverse("guest_link_end", args=[GuestLink.objects.order_by("pk").first().pk]))
    assert give(client, cast).startswith("/guest/")


@pytest.mark.parametrize("path", WAYS)
def test_an_outsider_reads_it_and_it_is_closed_again(client, cast, texts, path):
    link = give(client, cast, path)
    guest = Client()
    first = guest.get(link)
    assert first.status_code == 200 and SECRET not in words(first) and "draft" not in words(first)
    assert "Centre" not in words(first) and not GuestOpening.objects.exists(), "a preview sees and logs nothing"
    opened = guest.post(link, headers=HERE)
    assert SECRET in words(opened) and "The Centre shares it with you" in words(opened)
    for answer in (first, opened):
        assert "noindex" in answer["X-Robots-Tag"] and "no-store" in answer["Cache-Control"]
        assert '<meta name="robots" content="noindex' in words(answer)
    assert not guest.cookies and GuestOpening.objects.count() == 1
    assert Entry.objects.filter(action="open guest link", subject=f"guest-link/{GuestLink.objects.get().pk}").exists()
    # Nothing on the page leads to where the guest may not go.
    assert "/laws/draft/hidden" not in words(opened) and "/compare/" not in words(opened).replace(
        'href="/compare/"', ""
    )
    assert Client().get("/laws/draft/hidden/").status_code == 404
    listed = words(client.get(reverse("guest_links")))
    assert "Planted guest" in listed and "opened 1 time" in listed
    client.post(reverse("guest_link_end", args=[GuestLink.objects.get().pk]))
    for answer in (guest.get(link), guest.post(link, headers=HERE)):
        assert answer.status_code == 410 and "has closed it" in words(answer) and SECRET not in words(answer)
    assert GuestOpening.objects.count() == 1


def test_a_copy_of_the_database_opens_nothing_and_names_no_guest(client, cast, texts):
    link = give(client, cast)
    stored = GuestLink.objects.get()
    token = link.split("/")[2]
    assert stored.token_digest == digest_of(token) and token not in str(vars(stored))
    assert "Planted" not in stored.sealed_name
    assert not Entry.objects.filter(details__icontains="planted").exists()


def test_a_guest_sees_which_clauses_a_person_set_together_as_members_do(client, cast, texts):
    old, hidden = texts
    pair = [text.clauses.filter(element="article")[place] for text, place in ((old, 0), (hidden, 1))]
    set_together(cast.rita, old, hidden, [tuple(pair)], "Renumbered on the way.")
    link = give(client, cast, WAYS[1])
    member = words(client.get("/compare/draft/old/with/draft/hidden/"))
    guest = words(Client().post(link, headers=HERE))
    for page in (member, guest):
        assert "Renumbered on the way." in page and "Edition 2" in page and "Matched by" in page
    assert "/workspace/" not in guest and "edition=2" not in guest
    rows = [re.findall(r'<article[^>]* id="([^"]+)"', page) for page in (member, guest)]
    assert rows[0] == rows[1] and rows[0], "the same rows"


def test_after_its_days_it_opens_nothing(client, cast, texts):
    link = give(client, cast)
    GuestLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = client.post(link, headers=HERE)
    assert answer.status_code == 410 and "has expired" in words(answer)


def test_a_forged_signature_is_told_so_without_a_look_into_the_database(client, cast, texts, django_assert_num_queries):
    link = give(client, cast)
    forged = signing.Signer(key="another key", salt=SALT).sign(link.split("/")[2].split(":")[0])
    for wrong in (link[:-3] + "xx/", f"/guest/{forged}/", "/guest/nonsense/"):
        answer = Client().post(wrong, headers=HERE)
        assert answer.status_code == 404 and "invalid or incomplete" in words(answer)
        assert "noindex" in answer["X-Robots-Tag"]
    rightly_signed = signing.Signer(salt=SALT).sign("never given")
    assert Client().get(f"/guest/{rightly_signed}/").status_code == 410


@pytest.mark.parametrize("path", WAYS)
def test_what_was_published_meanwhile_leads_to_its_public_page(client, cast, texts, path):
    link = give(client, cast, path)
    mark_published(Version.objects.get(slug="hidden"))
    answer = Client().post(link, headers=HERE)
    assert "has since been published" in words(answer) and SECRET not in words(answer)
    target = re.search(r'class="button primary" href="([^"]+)"', words(answer))[1]
    assert Client().get(target).status_code == 200 and not GuestOpening.objects.exists()


def test_what_was_withdrawn_or_discarded_is_shown_no_more(client, cast, texts):
    old, hidden = texts
    link = give(client, cast, WAYS[1])
    Withdrawal.objects.create(version=old, organisation=cast.centre, reason="Asked by its source.")
    answer = Client().post(link, headers=HERE)
    assert answer.status_code == 410 and "no longer exists" in words(answer) and SECRET not in words(answer)
    mark_published(hidden)
    Withdrawal.objects.create(version=hidden, organisation=cast.centre, reason="Asked by its source.")
    assert SECRET not in words(Client().post(link, headers=HERE))


def test_a_form_of_another_site_opens_nothing(client, cast, texts):
    link = give(client, cast)
    answer = Client().post(link, headers={"sec-fetch-site": "cross-site", "origin": "https://evil.example"})
    assert answer.status_code == 403 and not GuestOpening.objects.exists()


def test_a_link_is_opened_so_often_in_an_hour_and_its_openings_fill_no_log(client, cast, texts, monkeypatch):
    cache.clear()
    monkeypatch.setattr(views, "OPENINGS_PER_HOUR", 2)
    link, other = give(client, cast), give(client, cast)
    assert [Client().post(link, headers=HERE).status_code for _time in range(4)] == [200, 200, 429, 429]
    assert GuestOpening.objects.count() == 2
    monkeypatch.setattr(views, "OPENINGS_OF_ALL", 3)
    assert [Client().post(other, headers=HERE).status_code for _time in range(2)] == [200, 429], "of an organisation"


def test_a_page_that_takes_long_is_known_as_such_to_who_is_signed_in_too(client, cast, texts, monkeypatch):
    """It was counted to a visitor and looked up for a member: thirty openings at once held all threads."""
    link = give(client, cast)
    monkeypatch.setattr(responses, "LONG_SECONDS", -1)
    assert client.post(link, headers=HERE).status_code == 200
    monkeypatch.setattr(responses.LongAnswers, "_has_place", lambda *_args: False)
    assert client.post(link, headers=HERE).status_code == 429


def test_a_public_text_needs_no_link(texts, eve):
    assert eve.get("/workspace/guests/draft/old/").status_code == 404


def test_a_form_that_lacks_something_gives_nothing(client, cast, texts, subtests):
    for changes in [{"name": " "}, {"days": "365"}, {"days": ""}]:
        with subtests.test(changes=changes):
            client.force_login(cast.eve)
            answer = client.post(WAYS[0], {"name": "Guest", "days": "7"} | changes)
            assert answer.status_code == 400 and not GuestLink.objects.exists()


def test_another_organisation_closes_nothing(client, cast, texts):
    give(client, cast)
    cast.charlie.memberships.update(role="editor")
    client.force_login(cast.charlie)
    client.post(reverse("guest_link_end", args=[GuestLink.objects.get().pk]))
    assert GuestLink.objects.get().ended_at is None
    assert "Planted guest" not in words(client.get(reverse("guest_links")))


def test_a_long_text_is_read_page_by_page_and_each_is_logged(client, cast, texts, settings):
    settings.CLAUSES_PER_PAGE = 3
    link = give(client, cast)
    first = Client().post(link, headers=HERE)
    assert 'name="page" value="2"' in words(first)
    second = Client().post(link, {"page": "2"}, headers=HERE)
    assert 'name="page" value="1"' in words(second)
    assert list(GuestOpening.objects.values_list("page", flat=True)) == [1, 2]
    assert Client().post(link, {"page": "9" * 40}, headers=HERE).status_code == 200


def test_what_is_private_says_so_wherever_it_shows(texts, alice):
    for page in (
        "/laws/draft/",
        "/laws/draft/hidden/",
        "/laws/draft/hidden/chp_1__art_1/",
        "/compare/draft/old/with/draft/hidden/",
    ):
        assert "private to The Centre" in words(alice.get(page)), page
    assert "private to" not in words(Client().get("/laws/draft/old/"))


REASON = "Both name the machine."
NOTE = "A note of the Centre alone."


@pytest.fixture
@made_once
def draft(cast, store) -> DraftComparison:
    """A draft comparison of the Centre between a public law and a private one, with a pair confirmed and one refused;
    there are a note on the private text, and a correspondence of it with a third law.
    """
    cast.centre.two_person_rule = False
    cast.centre.save()
    old, other = store(OLD_DRAFT, "a", law="one"), store(OLD_DRAFT, "c", law="three")
    hidden = store(NEW_DRAFT.replace("traffic data", SECRET), "b", law="two", published=False)
    Origin.objects.create(version=hidden, organisation=cast.centre)
    one, two, third = (text.clauses.filter(element="article")[0] for text in (old, hidden, other))
    topic = add_topic(cast.rita, {"title": "Hacking"}, [one])
    confirm_all(cast.sara)
    Annotation.objects.create(
        slug="n", body=NOTE, body_html=NOTE, clause=two, version=hidden, organisation=cast.centre, creator=cast.alice,
        status=NoteStatus.DRAFT,
    )  # fmt: skip
    elsewhere = drafts.begin_draft(cast.rita, other, hidden)
    drafts.confirm_pair(cast.rita, elsewhere, third, two, topic, "equivalent", "Of a third law.")
    drafts.publish_draft(cast.rita, elsewhere)
    draft = drafts.begin_draft(cast.rita, old, hidden)
    drafts.confirm_pair(cast.rita, draft, one, two, topic, "partial", REASON)
    secret = hidden.clauses.filter(text__contains=SECRET)[0]
    drafts.confirm_pair(cast.rita, draft, old.clauses.filter(element="article")[1], secret, topic, "broader", "Wider.")
    drafts.refuse_pair(cast.rita, draft, old.clauses.filter(element="article")[2], two, "Refused for a reason.")
    return draft


def opened(link: str) -> str:
    answer = Client().post(link, headers=HERE)
    assert answer.status_code == 200 and "noindex" in answer["X-Robots-Tag"] and "no-store" in answer["Cache-Control"]
    return words(answer)


def test_an_outsider_reads_a_draft_comparison_by_subject_and_nothing_beside_it(client, cast, draft):
    path = reverse("guest_link_draft", args=[draft.key])
    client.force_login(cast.eve)
    assert path in words(client.get(draft.get_absolute_url()))
    assert path in words(client.get(f"{draft.get_absolute_url()}preview/"))
    link = give(client, cast, path)
    first = words(Client().get(link))
    assert not any(name in first for name in ("one a", "two b", "Hacking", "Centre"))
    page = opened(link)
    for shown in (REASON, SECRET, "Hacking", "one a", "two b", "It is a draft, and may still change."):
        assert shown in page
    for kept in (NOTE, "Of a third law", "three c", "Refused for a reason", draft.key, "/laws/two", "/workspace/"):
        assert kept not in page
    assert not re.search(r'href="/(laws/\w+|topics/\w+|compare/\w+)', page), "no link out of it"
    assert GuestOpening.objects.count() == 1
    assert draft.key in words(client.get(reverse("guest_links"))), "the organisation is led to its draft"
    client.post(reverse("guest_link_end", args=[GuestLink.objects.get().pk]))
    assert Client().post(link, headers=HERE).status_code == 410


def test_a_link_to_a_discarded_draft_opens_nothing_and_one_to_a_published_one_what_was_published(client, cast, draft):
    path = reverse("guest_link_draft", args=[draft.key])
    link = give(client, cast, path)
    drafts.publish_draft(cast.rita, draft)
    assert REASON in opened(link), "its text is still private"
    mark_published(draft.target)
    public = words(Client().post(link, headers=HERE))
    assert "has since been published" in public and "/compare/one/a/with/two/b/" in public
    assert client.get(path).status_code == 404, "what is public needs no link"
    later = drafts.begin_draft(cast.rita, draft.source, draft.target)
    link = give(client, cast, reverse("guest_link_draft", args=[later.key]))
    assert "has since been published" not in opened(link), "both texts are public, the draft is not"
    drafts.discard_draft(cast.rita, later)
    assert Client().post(link, headers=HERE).status_code == 410


def test_two_laws_by_subject_of_which_one_is_private_are_shown_as_they_are_stated(client, cast, draft):
    path = "/workspace/guests/one/a/with/two/b/by-subject/"
    client.force_login(cast.eve)
    assert client.get(path).status_code == 404, "nothing is stated yet"
    drafts.publish_draft(cast.rita, draft)
    assert path in words(client.get("/compare/one/a/with/two/b/"))
    page = opened(give(client, cast, path))
    assert REASON in page and SECRET in page and "may still change" not in page
    assert "Of a third law" not in page and NOTE not in page and "/laws/two" not in page


def test_the_queries_of_a_guest_s_page_are_the_same_however_many_rows(
    client, cast, draft, django_assert_max_num_queries
):
    link = give(client, cast, reverse("guest_link_draft", args=[draft.key]))
    opened(link)
    with django_assert_max_num_queries(100) as few:
        opened(link)
    topic = draft.pairs.exclude(topic=None)[0].topic
    for number in (2, 3):
        sides = (text.clauses.filter(element="article")[number] for text in (draft.source, draft.target))
        drafts.confirm_pair(cast.rita, draft, *sides, topic, "partial", "More.")
    opened(link)  # what the program reads of a clause is kept
    with django_assert_max_num_queries(100) as many:
        opened(link)
    assert len(many) <= len(few)


def test_a_guest_reads_nothing_that_staff_alone_may_read(cast, texts, store, client):
    hidden = store(NEW_DRAFT.replace("traffic data", "zzhidden"), "hidden", law="three", published=False)
    add_member(cast.sara.email, cast.centre, "editor")
    staff = User.objects.get(pk=cast.sara.pk)
    memo = services.make_memo(staff, "Of staff")
    clause = hidden.clauses.get(text__contains="zzhidden")
    services.add_items(staff, memo, [MemoItem(kind=ItemKind.CLAUSE, old=hidden, old_eid=clause.eid)])
    second_factor.sign_in(client, staff)
    page = client.post(reverse("guest_link_memo", args=[memo.key]), {"name": "G", "days": "7"}).content.decode()
    link = re.search(r"http://testserver(/guest/[^<\s]+/)", page)[1]
    answer = Client().post(link, headers=HERE)
    assert answer.status_code == 200 and "zzhidden" not in answer.content.decode()


def test_a_guest_of_the_editors_reads_nothing_of_another_organisation_of_who_gave_the_link(cast, texts, client):
    topic = Topic.objects.create(slug="access", title="Access")
    public, hidden = (text.clauses.get(eid="chp_1__art_1") for text in texts)
    topic.clauses.add(public)
    state_by_hand(cast.rita, topic, hidden, public, "equivalent", "zzreason")
    add_member(cast.sara.email, cast.centre, "member")
    editors = edits_the_site(User.objects.get(pk=cast.sara.pk))
    memo = services.make_memo(editors, "Of the editors")
    services.add_items(editors, memo, [services.part_named(editors, {"topic": "access"})])
    _link, token = guests.give(editors, "A guest", 7, GuestLink(memo=memo))
    answer = Client().post(reverse("guest", args=[token]), headers=HERE)
    assert answer.status_code == 200 and "Access" in answer.content.decode()
    assert "zzreason" not in answer.content.decode() and SECRET not in answer.content.decode()


def test_a_memo_is_read_by_a_guest_as_its_document_and_goes_with_it_or_with_its_giver(client, cast, texts):
    memo = services.make_memo(cast.eve, "What we think")
    eids = ["chp_1__art_2", texts[1].clauses.get(text__contains=SECRET).eid]
    parts = [MemoItem(kind=ItemKind.CLAUSE, old=text, old_eid=eid) for text, eid in zip(texts, eids, strict=True)]
    services.add_items(cast.eve, memo, [*parts, MemoItem(kind=ItemKind.WORDS, text="It must not pass.")])
    path = reverse("guest_link_memo", args=[memo.key])
    for who, status in ((cast.charlie, 403), (cast.alice, 403), (cast.adam, 200)):
        client.force_login(who)
        assert client.get(path).status_code == status
    client.force_login(cast.eve)
    assert path in words(client.get("/workspace/guests/")) and path in words(client.get(memo.get_absolute_url()))
    link = give(client, cast, path)
    guest = Client()
    assert "What we think" not in words(guest.get(link))
    page = words(guest.post(link, headers=HERE))
    assert "It must not pass." in page and "unity of the country" in page and SECRET in page
    assert "/laws/" not in page.partition("<article")[2], "no link that a guest could not follow"
    Withdrawal.objects.create(version=texts[0], reason="A mistake.")
    assert "unity of the country" not in words(guest.post(link, headers=HERE))
    cast.eve.memberships.all().delete()
    assert guest.post(link, headers=HERE).status_code == 410
    services.delete_memo(cast.adam, memo)
    assert not GuestLink.objects.exists() and guest.post(link, headers=HERE).status_code == 410
