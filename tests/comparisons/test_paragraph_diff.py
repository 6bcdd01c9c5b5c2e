"""Cutting a redline into paragraphs loses nothing and hides no change."""

from hypothesis import given
from hypothesis import strategies as st

from lawcompare.annotations.html import ChangeRun
from lawcompare.comparisons.html import FOLDED_MIN, DiffParagraph, cut_paragraphs

RUNS = st.lists(
    st.builds(ChangeRun, st.sampled_from(["equal", "insert", "delete"]), st.text("ab\n", min_size=1, max_size=8)),
    max_size=30,
)


def every(paragraphs: list[DiffParagraph]) -> list[DiffParagraph]:
    return [one for paragraph in paragraphs for one in (paragraph.inside or [paragraph])]


@given(RUNS)
def test_no_word_is_lost_and_no_change_is_folded(runs: list[ChangeRun]):
    def words(runs: list[ChangeRun]) -> str:
        return "".join(run.text for run in runs).replace("\n", "")

    assert words([run for one in every(cut_paragraphs(runs)) for run in one.runs]) == words(runs)
    for paragraph in cut_paragraphs(runs):
        assert all(one.is_quiet for one in paragraph.inside)
        assert not paragraph.inside or len(paragraph.inside) >= FOLDED_MIN


def test_paragraphs_beside_a_change_and_annotated_words_stay_in_sight():
    runs = [ChangeRun("equal", "\n".join("abcdefgh") + "\n"), ChangeRun("insert", "new")]
    shown = cut_paragraphs(runs)
    assert [[run.text for run in paragraph.runs] for paragraph in shown] == [["a"], [], ["h"], ["new"]]
    assert len(shown[1].inside) == 6
    runs = [ChangeRun("equal", "a\nb\n"), ChangeRun("equal", "c", "", ("note",)), ChangeRun("equal", "\nd\ne")]
    assert not any(paragraph.inside for paragraph in cut_paragraphs(runs))
