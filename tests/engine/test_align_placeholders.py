"""A repealed section whose number is used again; text that is only marked up in another way."""

from lawcompare.engine.align import align, align_documents
from lawcompare.engine.document import Clause, Document


def document(*clauses: Clause) -> Document:
    return Document("", "en", clauses)


FEES = Clause("sec_708", "section", "§ 708", "Fees", "Fees are paid to the Register for each claim that is recorded.")


def test_a_repealed_section_is_paired_with_what_takes_its_number():
    old = document(FEES, Clause("sec_710", "section", "§ 710", "Repealed. Pub. L. 1–1, 114 Stat. 1", ""))
    new = document(FEES, Clause("sec_710", "section", "§ 710", "Emergency relief", "The Register may toll a deadline."))
    kinds = {entry.new: entry.kind for entry in align_documents(old, new).units}
    assert kinds == {("sec_708",): "unchanged", ("sec_710",): "changed"}


def test_a_section_with_words_of_its_own_is_not_paired_by_its_number():
    old = document(FEES, Clause("sec_710", "section", "§ 710", "Books for the blind", "Copies in braille are free."))
    new = document(FEES, Clause("sec_710", "section", "§ 710", "Emergency relief", "The Register may toll a deadline."))
    assert {entry.kind for entry in align_documents(old, new).units} == {"unchanged", "added", "removed"}


def test_flush_text_marked_up_in_another_way_is_no_change():
    last, flush = "the effect upon the market.", "That a work is unpublished does not itself bar a finding."
    section = Clause("sec_107", "section", "§ 107", "Fair use", "In judging, these are weighed:")
    inside = {"depth": 1, "parent": "sec_107"}
    old = document(section, Clause("sec_107__para_1", "paragraph", "(1)", "", f"{last}\n{flush}", **inside))
    new = document(
        section,
        Clause("sec_107__para_1", "paragraph", "(1)", "", last, **inside),
        Clause("sec_107__wrapup_1", "wrapUp", "", "", flush, **inside),
    )
    assert [entry.kind for entry in align_documents(old, new).units] == ["unchanged"]


def test_a_heading_alone_is_no_part_of_a_split_or_merge():
    words = "The law ensures the integrity of computer systems and of computer data and of their searching and seizing."
    old = document(
        Clause(
            "art_1", "article", "Article 1", "Purpose", "The law combats all kinds of offence committed by computer."
        ),
        Clause("art_19", "article", "Article 19", "Searching and seizing computer data", ""),
    )
    new = document(Clause("art_1", "article", "Article 1", "Purpose", words))
    assert not {entry.kind for entry in align_documents(old, new).units} & {"split", "merged"}


def test_clauses_cut_after_one_pattern_are_not_split_into_each_other():
    def fined(name: str, sum_: int) -> Clause:
        return Clause(
            f"art_{name}", "article", f"Article {name}", "", f"Whoever damages a {THINGS[name]} is fined {sum_}."
        )

    old = document(fined("1", 100), fined("2", 200))
    new = document(fined("1", 200), fined("2", 100))
    assert [entry.kind for entry in align_documents(old, new).units] == ["changed", "changed"]


THINGS = {"1": "bridge", "2": "road"}


def test_clauses_that_say_nothing_are_paired_with_themselves():
    empty = [Clause(f"art_{n}", "article", f"Article {n}", "", "") for n in (2, 4)]
    text = document(empty[0], FEES, empty[1])
    assert [entry.kind for entry in align_documents(text, text).units] == ["unchanged"] * 3
    units = [Clause("a", num="(a)"), Clause("b", num="(b)", text="The fee."), Clause("c"), Clause("d")]
    assert [entry.kind for entry in align(units, units)] == ["unchanged"] * 4
