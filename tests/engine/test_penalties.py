"""Prison terms and fines, against lists judged by reading and against variants of the formulas."""

from __future__ import annotations

import json
import re
from collections import Counter

from lawcompare.engine.reading import read
from lawcompare.engine.text.amounts import parse_number
from lawcompare.engine.text.search_form import view
from lawcompare.engine.values.penalties import penalties_in
from tests.conftest import ROOT, SHARED, needs_shared

DATA = ROOT / "tests" / "data"


# Articles whose penalties are published facts.
PUBLISHED = {231, 233, 301, 302, 305, 307, 309, 317, 318, 378, 425, 427, 428, 429, 430, 495, 496, 627}


def amounts(text: str) -> list[dict]:
    """Values without the sign that there is a fine at all."""
    return [
        {name: value for name, value in penalty.values.items() if name != "fine"}
        for penalty in penalties_in(view(text))
    ]


def articles() -> dict[int, str]:
    path = SHARED / "data" / "kh-criminal-code" / "articles.json"
    return {each["number"]: each["text"] for each in json.loads(path.read_text(encoding="utf-8"))["articles"]}


def share(right: int, of: int) -> float:
    return right / of if of else 1.0


def in_common(counts: Counter, judged: Counter) -> int:
    return sum((counts & judged).values())


def as_key(values: dict) -> tuple:
    return tuple(sorted(values.items()))


@needs_shared
def test_khmer_penalties_are_right_on_a_hundred_judged_articles():
    texts = articles()
    judged = json.loads((DATA / "penalties-km" / "judged.json").read_text(encoding="utf-8"))["judged"]
    assert len(judged) == 100
    right = count_read = judged_count = 0
    for number, expected in judged.items():
        counts, keys = (Counter(map(as_key, each)) for each in (amounts(texts[int(number)]), expected))
        assert counts == keys or int(number) not in PUBLISHED, number
        right += in_common(counts, keys)
        count_read += counts.total()
        judged_count += len(expected)
    assert share(right, count_read) >= 0.98
    assert share(right, judged_count) >= 0.98


@needs_shared
def test_every_formula_of_the_khmer_code_is_read():
    """Wherever the special part prints the formula, something is read at that place."""
    for number, text in articles().items():
        if number < 183:
            continue
        squeezed = re.sub(r"\s", "", text)
        terms = len(re.findall("ទោសដាក់ពន្ធនាគារពី|ផ្តន្ទាទោសដាក់ពន្ធនាគារអស់មួយជីវិត|-ដាក់ពន្ធនាគារពី", squeezed))
        assert sum(each.has_prison for each in penalties_in(view(text))) == terms, number


def section_of(citation: str) -> str:
    title, section = re.fullmatch(r"(\d+):(\w+).*", citation).groups()
    return f"t{title}-s{section}"


@needs_shared
def test_english_prison_terms_are_right_on_the_judged_sections():
    judged: dict[str, Counter] = {}
    data = json.loads((DATA / "penalties-en" / "judged.json").read_text(encoding="utf-8"))["judged"]
    for citation, penalties in data.items():
        terms = [as_key({k: v for k, v in each.items() if k.startswith(("prison", "life"))}) for each in penalties]
        judged.setdefault(section_of(citation), Counter()).update(terms)
    right = count_read = 0
    for path in sorted((SHARED / "data" / "us-code-markdown").glob("*.md")):
        document = read(path.read_bytes(), filename=path.name)
        counts = Counter(
            as_key({k: v for k, v in each.items() if k.startswith(("prison", "life"))})
            for clause in document.clauses
            for each in amounts(clause.text)
            if any(name.startswith(("prison", "life")) for name in each)
        )
        right += in_common(counts, judged.get(path.stem, Counter()))
        count_read += counts.total()
    assert share(right, count_read) >= 0.98
    assert share(right, sum(each.total() for each in judged.values())) >= 0.95


# Months of prison, amounts of fines, as the words say them.
READ = {
    "imprisoned not more than 10 years": "prison_months_max=120",
    "shall be fined under this title or imprisoned not more than one year, or both": "prison_months_max=12",
    "imprisoned for any term of years or for life": "life=True",
    "imprisonment for life": "life=True",
    "imprisoned not less than 2 nor more than 5 years": "prison_months_min=24 prison_months_max=60",
    "any term of imprisonment of at least six months": "prison_months_min=6",
    "punished by imprisonment from one month to one year and a fine from 100,000 riel to 2,000,000 riel": (
        "prison_months_min=1 prison_months_max=12 fine_min=100000 fine_max=2000000 currency=KHR"
    ),
    "punished by imprisonment of up to six months": "prison_months_max=6",
    "imprisonment of up to three years, and as reported a fine of up to about 2,500 US dollars": (
        "prison_months_max=36 fine_max=2500 currency=USD"
    ),
    "imprisonment from one year to three years and a fine from 2,000,000 riel (upper bound not seen)": (
        "prison_months_min=12 prison_months_max=36 fine_min=2000000 currency=KHR"
    ),
    "sentenced to a term of imprisonment of 2 years": "prison_months_min=24 prison_months_max=24",
    "five years' imprisonment": "prison_months_min=60 prison_months_max=60",
    "faces up to two years in prison": "prison_months_max=24",
    "from two to five years’ imprisonment": "prison_months_min=24 prison_months_max=60",
    "sentenced to life imprisonment": "life=True",
    "one (1) to three (3) years of imprisonment": "prison_months_min=12 prison_months_max=36",
    "imprisonment for a term which may extend to three years": "prison_months_max=36",
    "imprisonment for a term not exceeding twenty-five years": "prison_months_max=300",
    "imprisonment of 6 (six) days to 1 (one) month": "prison_months_min=0.2 prison_months_max=1",
    "imprisoned for not less than 20 years or for life": "prison_months_min=240 life=True",
    "a fine of $5,000": "fine_min=5000 fine_max=5000 currency=USD",
    "shall be fined not more than $250,000": "fine_max=250000 currency=USD",
    "a fine of 2 million riels": "fine_min=2000000 fine_max=2000000 currency=KHR",
    "a fine from 2.000.000 to 4.000.000 riel": "fine_min=2000000 fine_max=4000000 currency=KHR",
    "a civil penalty of up to $10,000 per day": "fine_max=10000 currency=USD per_day=True",
    "ត្រូវផ្តន្ទាទោសដាក់ពន្ធនាគារអស់មួយជីវិត ។": "life=True",
    "ត្រូវផ្ដន្ទាទោសដាក់ពន្ធនាគារពី ២ ឆ្នាំ ដល់ ៥ ឆ្នាំ": "prison_months_min=24 prison_months_max=60",
    "ត្រូវ​ផ្តន្ទា​ទោស​ដាក់​ពន្ធ​នាគារ​មិន​លើសពី ៦ (ប្រាំមួយ) ខែ": "prison_months_max=6",
    "ត្រូវជាប់ពន្ធនាគារពី៣ទៅ៥ឆ្នាំ": "prison_months_min=36 prison_months_max=60",
    "ត្រូវផ្តន្ទាទោសដាក់ពន្ធនាគារពី ១៥ ឆ្នាំ ទៅ ៣០ ឆ្នាំ ឬដាក់ពន្ធនាគារអស់មួយជីវិត": (
        "prison_months_min=180 prison_months_max=360 life=True"
    ),
    "ត្រូវពិន័យជាប្រាក់ពី ៥លាន (ប្រាំលាន) រៀល ទៅ ១០លាន (ដប់លាន) រៀល": ("fine_min=5000000 fine_max=10000000 currency=KHR"),
    "ត្រូវផ្តន្ទាទោសពិន័យជាប្រាក់ចំនួន ៥០០.០០០ រៀល ក្នុងមួយថ្ងៃ": ("fine_min=500000 fine_max=500000 currency=KHR per_day=True"),
    "ត្រូវពិន័យជាប្រាក់យ៉ាងច្រើន $10,000,000 ឬ 3 ដងនៃតម្លៃ": "fine_max=10000000 currency=USD",
    "ត្រូវពិន័យជាប្រាក់ពី $1,000 ទៅ $5,000": "fine_min=1000 fine_max=5000 currency=USD",
    "ត្រូវពិន័យជាប្រាក់យ៉ាងច្រើន 5,000 ដុល្លារ": "fine_max=5000 currency=USD",
}


def test_a_penalty_is_read_from_its_words():
    read = {
        text: [" ".join(f"{name}={value}" for name, value in each.items()) for each in amounts(text)] for text in READ
    }
    assert read == {text: [values] for text, values in READ.items()}


NONE = (
    "an offence punishable by imprisonment for more than one year",
    "a crime punishable by imprisonment for a term exceeding one year",
    "for which the maximum term of imprisonment is ten years or more",
    "punishable by a term of imprisonment of two years or less",
    "may run concurrently with any other term of imprisonment",
    "the records are kept for ten years",
    "a fine print of 20 pages",
    "ទោសដាក់ពន្ធនាគារ ១ (មួយ) ខែ ត្រូវគិត ៣០ (សាមសិប) ថ្ងៃ ។",
    "ប្រសិនបើអប្បបរមានៃទោសដាក់ពន្ធនាគារស្មើ ឬលើសពី ១០ (ដប់) ឆ្នាំ",
    "កាលណាបទល្មើសត្រូវបានផ្តន្ទាទោសដាក់ពន្ធនាគារអស់មួយជីវិត ចៅក្រមអាចបន្ថយ",
)


def test_a_threshold_or_a_rule_of_counting_is_no_penalty():
    assert {text: amounts(text) for text in NONE if amounts(text)} == {}


def test_the_words_of_a_penalty_are_its_place_in_the_text():
    text = "អំពើនេះ ត្រូវផ្តន្ទាទោសដាក់\nពន្ធនាគារពី ១ (មួយ) ខែ ទៅ ១ (មួយ)\nឆ្នាំ ។"
    penalty = penalties_in(view(text))[0]
    assert text[penalty.start : penalty.end] == "ត្រូវផ្តន្ទាទោសដាក់\nពន្ធនាគារពី ១ (មួយ) ខែ ទៅ ១ (មួយ)\nឆ្នាំ"


def test_digits_and_words_that_disagree_are_doubted_and_the_words_count():
    text = "ពិន័យជាប្រាក់ពី ១០០.០០០ (មួយសែន) រៀល ទៅ ១.០០០០.០០០ (មួយលាន) រៀល"
    penalty = penalties_in(view(text))[0]
    assert (penalty.fine_min, penalty.fine_max) == (100_000, 1_000_000)
    assert [(mismatch.digits, mismatch.words) for mismatch in penalty.mismatches] == [(10_000_000, 1_000_000)]
    assert text[penalty.mismatches[0].start : penalty.mismatches[0].end] == "១.០០០០.០០០ (មួយលាន)"


def test_a_smallest_that_exceeds_the_largest_is_absurd():
    assert penalties_in(view("imprisoned from 5 to 2 years"))[0].absurdities == ("prison",)
    assert penalties_in(view("imprisoned from 2 to 5 years"))[0].absurdities == ()


def test_numbers_are_read():
    numbers = {
        "សែសិបប្រាំបី": 48,
        "មួយរយម្ភៃប្រាំពាន់": 125000,
        "ពីរលានប្រាំសែន": 2500000,
        "ប្រាំរយលាន": 500000000,
        "one hundred and eighty": 180,
        "forty-eight": 48,
        "1,000,000.50": 1000000.5,
        "three hundred thousand": 300000,
    }
    assert {text: parse_number(text).value for text in numbers} == numbers


def test_a_number_larger_than_any_that_a_law_means_is_none(subtests):
    """With such an amount the page of a topic ended in an error, whose text alone had it."""
    digits, scales = "9" * 5_000, "million " * 60
    for number in (digits, f"{digits}.5", f"{digits[:400]}.5 million", f"5 {scales}", f"2.5 {scales}",
                   f"one {'hundred ' * 300}", f"៥{'លាន' * 60}", "1,000,000,000,000,000"):  # fmt: skip
        with subtests.test(number=number[:30]):
            assert parse_number(number) is None
            assert all(abs(value) < 10**17 for each in amounts(
                f"Whoever enters is fined not more than {number.strip()} riel or imprisoned for {number} years."
            ) for value in each.values() if not isinstance(value, str))  # fmt: skip
    assert parse_number("999,999,999,999,999").value == 10**15 - 1
