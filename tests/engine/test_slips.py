"""What differs as a reader of pictures errs is marked apart; what a law may mean otherwise never is."""

import random

import pytest

from lawcompare.engine.diff import Diff, diff
from lawcompare.engine.diff.describe import describe
from lawcompare.engine.wording import ENGLISH
from lawcompare.engine.wording.changes import change_sentences
from tests.khmer_prints import law

TYPED = "អ្នកដែលបំផ្លាញផ្លូវផ្សេងៗ ឬឯកសារសាធារណៈដោយចេតនា ត្រូវផ្តន្ទាទោសដាក់ពន្ធនាគារពី ១ (មួយ) ខែ ទៅ ១ (មួយ) ឆ្នាំ ។"


def marked(old: str, new: str, read: str) -> Diff:
    redline = diff(old, new, language="km", read=read)
    assert (redline.old, redline.new) == (old, new)
    return redline


def noises(redline: Diff) -> set[str]:
    return {change.noise for change in redline.changes if change.op != "equal"}


@pytest.mark.parametrize(
    ("printed", "seen"),
    [
        ("ពន្ធនាគារ", "ពន្ធនាគាវ"),  # a letter that looks like it
        ("ផ្តន្ទាទោស", "ផ្គន្ទាទោស"),  # a subscript
        ("បំផ្លាញ", "បំផ្វាញ"),
        ("ឯកសារសាធារណៈ", "ឯកសារ សាធារណះ"),  # a space
        ("ដោយចេតនា ត្រូវ", "ដោយចេតនា\nត្រូវ"),  # a broken line
        ("ផ្សេងៗ", "ផ្សេង១"),
        ("១ (មួយ) ឆ្នាំ", "១ (ជួយ) ឆ្នាំ"),  # the digits say that the number is the same
        ("១ (មួយ) ឆ្នាំ", "១ (ហមួយ) ឆ្នាំ"),
        ("អ្នកដែល", "អ្នកដែស"),  # no word, though one of few letters that tells much
        ("បំផ្លាញ", "បំផ្ឃាញ"),  # letters that no word has together
        ("ឯកសារសាធារណៈ", "ឯកសារសាធារណ៖"),
        ("បំផ្លាញផ្លូវ", "បំផ្លាាាញ[ផ្លូវ"),
    ],
)
def test_a_slip_is_marked_apart_whichever_side_was_read(printed, seen):
    scan = TYPED.replace(printed, seen)
    assert scan != TYPED
    assert noises(marked(TYPED, scan, "new")) == {"slip"}
    assert noises(marked(scan, TYPED, "old")) == {"slip"}
    assert noises(marked(TYPED, scan, "both")) == {"slip"}
    assert "slip" not in noises(marked(TYPED, scan, ""))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("១ (មួយ) ខែ", "៩ (មួយ) ខែ"),
        ("១ (មួយ) ខែ", "១ (បី) ខែ"),
        ("១ (មួយ) ខែ", "១ (មួយ) ឆ្នាំ"),
        ("មួយលានរៀល", "មួយសែនរៀល"),
        ("ខែមករា", "ខែមីនា"),
        ("មិនអាចបង្ហាញ", "អាចបង្ហាញ"),
        ("មិនអាចបង្ហាញ", "មានអាចបង្ហាញ"),
        ("លោក សុខា", "លោក សុខី"),
        ("ខេត្តកំពត", "ខេត្តកំពង"),
        ("ត្រូវផ្តន្ទាទោស", "អាចផ្តន្ទាទោស"),
        ("ចលនទ្រព្យ", "អចលនទ្រព្យ"),
        ("ដោយចេតនា", "ដោយអចេតនា"),
        ("និយោជក", "និយោជិត"),
        ("នាំចេញ", "នាំចូល"),
        ("សម្រាប់ជន", "សម្លាប់ជន"),
        ("ត្រូវការឯកសារ", "តម្រូវការឯកសារ"),
        ("ផ្នែក", "ផ្អែក"),
        ("ព្រៃឈើ និងដីធ្លី", "ព្រៃឈើ ឬដីធ្លី"),
        ("ទៅតុលាការ", "នៅតុលាការ"),
        ("ទៅតុលាការ", "ទៅតុលាការជាន់ខ្ពស់"),
        ("ដោយមានដីកាពីតុលាការ", "ដោយមានការយល់ព្រម"),
    ],
)
def test_a_number_a_date_a_name_a_denial_and_another_word_are_changes(before, after):
    frame = "អ្នកថែរក្សាត្រូវឆ្លើយតបសំណើ {} តាមនីតិវិធីជាធរមាន ។"
    old, new = frame.format(before), frame.format(after)
    for read in ("old", "new", "both"):
        assert "" in noises(marked(old, new, read))


def test_a_name_is_what_stands_behind_a_title_alone():
    old, new = "ខណ្ឌចំការមន", "ខណ្ឌចំការមិន"
    assert "" in noises(marked(old, new, "new"))
    old, new = "ក្នុងលក្ខខណ្ឌប៉ះពាល់ និងឈរឈ្មោះបោះឆ្នោត", "ក្នុងលក្ខខណ្ខបិះពាល់ និងឈរឈ្មោ៖បេះឆ្នោត"
    assert noises(marked(old, new, "new")) == {"slip"}


def test_a_change_beside_slips_is_told_and_they_are_counted():
    scan = TYPED.replace("ពន្ធនាគារ", "ពន្ធនាគាវ").replace("១ (មួយ) ខែ", "៦ (ប្រាំមួយ) ខែ").replace("បំផ្លាញ", "បំផ្វាញ")
    changes = describe("changed", ["មាត្រា ១"], ["មាត្រា ១"], marked(TYPED, scan, "new"), "km")
    said = change_sentences(ENGLISH, [(change.kind, change.values) for change in changes])
    assert said == "Changed numbers: ១ (មួយ) ខែ → ៦ (ប្រាំមួយ) ខែ. And 2 probable slips of reading."


def test_in_a_script_with_spaces_only_spaces_and_broken_words_are_slips():
    old = "The court may order a search of the computer."
    assert noises(marked_english(old, "The court may order a search of the com- puter.")) == {"slip"}
    assert noises(marked_english(old, "The court may order a search of the compuler.")) == {""}
    assert noises(marked_english("a fine of 15 riel", "a fine of 1 5 riel")) == {""}


def marked_english(old: str, new: str) -> Diff:
    return diff(old, new, read="new")


def test_both_texts_stand_in_the_redline_however_badly_one_was_read():
    chance = random.Random(5)
    lines = law().splitlines()[1::2]
    letters = sorted({*"".join(lines)})
    for _ in range(40):
        typed = " ".join(chance.sample(lines, 2))
        read = list(typed)
        for at in chance.choices(range(len(read)), k=chance.randint(1, 20)):
            read[at] = chance.choice(["", *chance.choices(letters, k=4), read[at] + chance.choice(letters)])
        for side in ("old", "new", "both"):
            marked(typed, "".join(read), side)
    # Marks in another order than they are read in.
    marked("សេចក្ដីប្រកាសនេះ រាប់បញ្ចូលទាំងសេរីភាព", "សេចក្ដីះ្រកាសនេះ រាប់បញ្ចូលាំងសេរីភាព", "new")
