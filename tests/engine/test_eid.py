"""Addresses follow the AKN naming convention and are unique."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lawcompare.engine.structure.numbering import eid_for, element_of_eid, number_part


@pytest.mark.parametrize(
    ("parent", "element", "num", "eid"),
    [
        (None, "article", "Article 28", "art_28"),
        ("chp_4", "article", "Article 28 bis", "chp_4__art_28bis"),
        ("chp_4__art_28", "paragraph", "(3)", "chp_4__art_28__para_3"),
        (None, "section", "§ 1030", "sec_1030"),
        (None, "section", "§1030.", "sec_1030"),
        (None, "section", "§\u202f78dd–1", "sec_78dd-1"),
        ("sec_1030__subsec_a__para_5", "subparagraph", "(A)", "sec_1030__subsec_a__para_5__subpara_A"),
        ("art_1", "point", "a)", "art_1__point_a"),
        ("sec_1__subsec_c__para_4__subpara_A", "clause", "(i)", "sec_1__subsec_c__para_4__subpara_A__cl_i"),
        ("cl_1", "subclause", "1.1", "cl_1__subcl_1-1"),
        ("art_1", "alinea", "", "art_1__al_1"),
        (None, "conclusions", "", "conclusions"),
        (None, "chapter", "CHAPTER IV", "chp_IV"),
        (None, "chapter", "ជំពូកទី ៣", "chp_3"),
        (None, "article", "មាត្រា ៤៣៧ថ្មី", "art_437new"),
        ("art_1", "point", "ក.", "art_1__point_ក"),
        (None, "preamble", "", "preamble"),
        ("art_1", "wrapUp", "", "art_1__wrapup_1"),
    ],
)
def test_addresses(parent, element, num, eid):
    assert eid_for(parent, element, num, set(), 1) == eid


def test_a_clause_without_number_is_called_by_its_place():
    assert eid_for("art_2", "point", "", set(), 3) == "art_2__point_3"


def test_a_taken_address_gets_the_first_free_suffix():
    taken = {"art_4", "art_4_2"}
    assert eid_for(None, "article", "Article 4", taken, 1) == "art_4_3"
    assert "art_4_3" in taken


def test_the_element_is_read_off_an_address():
    assert element_of_eid("chp_1__art_nn_retention") == "article"
    assert element_of_eid("nothing") == ""


@given(st.lists(st.tuples(st.sampled_from(["article", "point"]), st.text(max_size=12)), max_size=30))
def test_addresses_are_unique_and_without_white_space(clauses):
    taken: set[str] = set()
    eids = [eid_for("chp_1", element, num, taken, at) for at, (element, num) in enumerate(clauses, 1)]
    assert len(set(eids)) == len(eids)
    assert all(not any(character.isspace() for character in eid) for eid in eids)


@given(st.text(max_size=20))
def test_any_number_can_be_part_of_an_address(num):
    assert not any(character.isspace() for character in number_part(num))
