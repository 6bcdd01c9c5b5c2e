"""Cases with a known answer to fit and test the weights with, made of what this repository holds and of nothing else.

Laws of ``tests/data/fitted/`` and a Khmer penal law composed here of our own sentences are changed at random in the
ways in which laws change. Other seeds than those that fit the weights test them.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from lawcompare.engine.document import Clause
from tests.tools.bench.perturbed import (
    LAWS,
    ChangeRates,
    Perturbed,
    _flat,
    held_out,
    is_fitted,
    perturb,
    restated_code,
    restated_drafts,
)

PROVISIONS = Path(__file__).with_name("provisions-km.txt")
WAYS = {
    "renumbered": ChangeRates(split=0, merged=0, moved=0, inserted=0.15, removed=0.1, reworded=0.2),
    "moved": ChangeRates(moved=0.25, reworded=0.3),
    "split": ChangeRates(split=0.3, merged=0, moved=0.03),
    "merged": ChangeRates(split=0, merged=0.3, moved=0.03),
    "split and merged": ChangeRates(split=0.2, merged=0.2, moved=0.03, sentences=0.1),
    "rewritten": ChangeRates(words=0.3, reworded=0.9, sentences=0.3, terms=0.1),
    "reworded": ChangeRates(words=0.55, reworded=0.8),
    "recodified": ChangeRates(split=0.12, merged=0.12, moved=0.1, removed=0.1, inserted=0.2, reworded=0.8, words=0.2,
                        sentences=0.2, terms=0.15, blocks=6),
    "amended": ChangeRates(split=0.01, merged=0.01, moved=0.01, inserted=0.5, removed=0.05, reworded=0.5, terms=0.05,
                     sentences=0.1, modelled=0.3),
    "mixed": ChangeRates(inserted=0.4, removed=0.2, reworded=0.5, modelled=0.1),
    "mixed with another law": ChangeRates(inserted=0.2, removed=0.25, reworded=0.5, moved=0.02),
}  # fmt: skip
# A law that is amended keeps most headings, not all; and what is put in may bear the heading of what was taken out.
HEADINGS = 0.15

_ACTS = [
    "លួច",
    "កេងយក",
    "ទទួល",
    "លាក់ទុក",
    "លក់",
    "ផ្ទេរ",
    "ទិញ",
    "ខ្ចី",
    "ជួល",
    "បំផ្លាញ",
    "កែប្រែ",
    "ចម្លង",
    "ចែកចាយ",
    "ផ្សព្វផ្សាយ",
    "ប្រមូល",
    "រក្សាទុក",
    "បញ្ចូល",
    "លុប",
    "រារាំង",
    "ស្ទាក់ចាប់",
    "ចូលប្រើ",
    "ក្លែងបន្លំ",
    "ផលិត",
    "នាំចូល",
    "នាំចេញ",
    "ដឹកជញ្ជូន",
    "ប្រើប្រាស់",
    "កាន់កាប់",
]
_THINGS = [
    "ទិន្នន័យកុំព្យូទ័រ",
    "ប្រព័ន្ធកុំព្យូទ័រ",
    "លេខសម្ងាត់",
    "ឯកសារសាធារណៈ",
    "ឯកសារឯកជន",
    "ត្រា",
    "លិខិតឆ្លងដែន",
    "អាវុធ",
    "គ្រឿងផ្ទុះ",
    "ថ្នាំញៀន",
    "ទំនិញហាមឃាត់",
    "យានយន្ត",
    "នាវា",
    "អាកាសយាន",
    "ដីធ្លី",
    "ព្រៃឈើ",
    "រ៉ែ",
    "វត្ថុបុរាណ",
    "សំបុត្រធនាគារ",
    "ប័ណ្ណឥណទាន",
    "រូបភាព",
    "សំឡេង",
    "ព័ត៌មានផ្ទាល់ខ្លួន",
    "បញ្ជីបោះឆ្នោត",
    "ភស្តុតាង",
    "ទ្រព្យរបស់រដ្ឋ",
    "ទ្រព្យរបស់អ្នកដទៃ",
]
_WHO = (
    "បុគ្គលណា", "ជនណា", "មន្ត្រីសាធារណៈណា", "នីតិបុគ្គលណា", "អ្នកផ្តល់សេវាណា", "នាយកសហគ្រាសណា", "អ្នកធ្វើដំណើរណា",
)  # fmt: skip
_HOW = (
    "ដោយចេតនា", "ដោយគ្មានសិទ្ធិ", "ដោយប្រើហិង្សា", "ដោយឧបាយកល", "នៅពេលយប់", "ក្នុងគោលបំណងទទួលបានប្រាក់",
    "ដោយគ្មានការអនុញ្ញាតពីអាជ្ញាធរមានសមត្ថកិច្ច", "ដោយបំពានលើមុខងារ", "តាមប្រព័ន្ធអេឡិចត្រូនិក",
)  # fmt: skip
_WORSE = (
    "បើជនរងគ្រោះជាអនីតិជន", "បើអំពើនេះប្រព្រឹត្តដោយមនុស្សច្រើននាក់", "បើអំពើនេះបណ្តាលឱ្យមនុស្សស្លាប់",
    "បើអំពើនេះបណ្តាលឱ្យខូចខាតធ្ងន់ធ្ងរ", "បើចារីជាមន្ត្រីសាធារណៈ", "ក្នុងករណីមិនរាងចាល",
)  # fmt: skip

# What penal codes say again in every chapter.
_REPEATED = (
    ("ការប៉ុនប៉ង", "ការប៉ុនប៉ងប្រព្រឹត្តបទល្មើសដែលមានចែងក្នុង{}នេះ ត្រូវផ្តន្ទាទោសដូចបទល្មើសសម្រេច។"),
    ("ទោសបន្ថែម", "ចំពោះបទល្មើសដែលមានចែងក្នុង{}នេះ តុលាការអាចប្រកាសទោសបន្ថែមដូចតទៅ៖ ១-ការដកសិទ្ធិពលរដ្ឋ ២-ការរឹបអូសឧបករណ៍ "
     "៣-ការហាមឃាត់ការប្រកបវិជ្ជាជីវៈ ៤-ការបិទផ្សាយសេចក្តីសម្រេច។"),
    ("នីតិបុគ្គល", "នីតិបុគ្គលអាចត្រូវទទួលខុសត្រូវព្រហ្មទណ្ឌចំពោះបទល្មើសដែលមានចែងក្នុង{}នេះ ហើយត្រូវពិន័យជាប្រាក់ពី ១០.០០០.០០០ រៀល "
     "ទៅ ១០០.០០០.០០០ រៀល។"),
)  # fmt: skip


def khmer_penal_law(seed: int, count: int = 130) -> list[Clause]:
    """A penal law drafted after one pattern, as penal codes are, and provisions of our own Khmer test sentences."""
    draw = random.Random(seed)
    provisions = _khmer_provisions()
    units = []
    for place in range(count):
        text = heading = ""
        if draw.random() < 0.12 and place:
            heading, text = draw.choice(_REPEATED)
            text = text.format(draw.choice(("ជំពូក", "ផ្នែក")))
        elif draw.random() < 0.75:
            act, thing = draw.choice(_ACTS), draw.choice(_THINGS)
            heading = f"អំពើ{act}{thing}"
            text = f"{draw.choice(_WHO)}{act}{thing}{draw.choice(_HOW)} {_penalty(draw)}"
            for _ in range(draw.randint(0, 3)):
                text += f"\n{draw.choice(_WORSE)} {_penalty(draw)}"
            if draw.random() < 0.3:
                text += f"\n{draw.choice(provisions)}"
        else:
            text = "\n".join(draw.sample(provisions, draw.randint(1, 4)))
        units.append(Clause(f"a{place}", "article", f"មាត្រា {place + 1}", heading if draw.random() < 0.8 else "", text))
    return units


def _penalty(draw: random.Random) -> str:
    low = draw.choice((1, 2, 3, 5, 7, 10))
    fine = draw.choice((1, 2, 4, 5, 10, 20))
    digits = str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")
    prison = f"ត្រូវផ្តន្ទាទោសដាក់ពន្ធនាគារពី {low} ឆ្នាំ ទៅ {low + draw.choice((1, 2, 3, 5))} ឆ្នាំ"
    money = f"ពិន័យជាប្រាក់ពី {fine}.000.000 រៀល ទៅ {2 * fine}.000.000 រៀល"
    return (prison + draw.choice((f" និង{money}។", "។", f" ឬ{money}។"))).translate(digits)


def _khmer_provisions() -> list[str]:
    """Sentences of our own, copied from the examples of rules, so that a new example changes no weight."""
    return PROVISIONS.read_text("utf-8").splitlines()


def inputs_digest() -> str:
    """A digest of all that the cases are made of; ``weights.toml`` bears that of its fit."""
    laws = {"code": restated_code(), "drafts": restated_drafts(), "treaties": treaties()}
    read = {name: [[unit.num, unit.heading, unit.text] for unit in units] for name, units in laws.items()}
    inputs = json.dumps([read, _khmer_provisions()], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(inputs.encode()).hexdigest()[:16]


def treaties() -> list[Clause]:
    """The articles of treaties and of other US titles, in our own words."""
    laws = ("budapest-convention/2001-en", "iccpr/1966-en", "us-code-6/2023-en", "us-code-17/2023-en")
    return [unit for law in laws for unit in _flat(LAWS / f"{law}.md") if is_fitted(unit)]


def held_out_cases(seed: int) -> Iterator[Perturbed]:
    """The code with the sections that no fit reads, changed in each way."""
    units = held_out() + restated_code()
    for number, (way, rates) in enumerate(WAYS.items()):
        foreign = restated_drafts() if way == "mixed with another law" else []
        yield perturb(f"held out, {way}", units, 100 * seed + number, replace(rates, headings=HEADINGS), foreign)


def make_cases(seeds: tuple[int, ...]) -> Iterator[Perturbed]:
    """All laws in all ways, once for each seed."""
    english = {"US code": restated_code(), "drafts": restated_drafts(), "treaties": treaties()}
    for seed in seeds:
        laws = english | {"Khmer law": khmer_penal_law(seed)}
        other = {"US code": english["drafts"], "drafts": english["treaties"], "treaties": english["drafts"]}
        other["Khmer law"] = khmer_penal_law(seed + 1000, 40)
        for law, units in laws.items():
            for number, (way, rates) in enumerate(WAYS.items()):
                foreign = other[law] if way == "mixed with another law" else []
                yield perturb(f"{law}, {way}", units, 100 * seed + number, replace(rates, headings=HEADINGS), foreign)
