"""The sample data of the style guide: reads ``fixtures/styleguide.yaml`` into unsaved rows, without a database."""

from types import SimpleNamespace
from typing import Any

import yaml
from django import forms
from django.conf import settings
from django.contrib.messages import ERROR, SUCCESS
from django.contrib.messages.storage.base import Message
from django.db.models import Model
from django.urls import reverse

from lawcompare.annotations.models import Risk
from lawcompare.comparisons.models import ClausePair, Comparison, PairKind, Standing
from lawcompare.comparisons.rows import PrintedRow, RowFold, Strip, StripCell, Switches
from lawcompare.core.jobs.models import Job
from lawcompare.crosswalk import elements, provisions
from lawcompare.crosswalk.models import Topic
from lawcompare.laws.models import Clause, Event, Law, Version
from lawcompare.laws.timeline.services import draw
from lawcompare.laws.version_page import ClauseLine
from lawcompare.site.glossary import load_terms
from lawcompare.site.linked_data import eli_facts

SAMPLES = settings.BASE_DIR / "fixtures" / "styleguide.yaml"
STYLE_SHEETS = (
    *("annotations/annotations", "comparisons/correcting", "comparisons/comparison", "laws/beside", "laws/events"),
    *("crosswalk/crosswalk", "publishing/concerns"),
)
MODELS = (Law, Version, Clause, Event, ClausePair, Comparison, Job, Topic)
DATACLASSES = (
    *(PrintedRow, RowFold, StripCell, Switches, ClauseLine),
    *(provisions.Differences, provisions.Direction, provisions.ElementDifference),
    *(elements.ElementCell, elements.ElementColumn, elements.ElementRow, elements.ElementTable, elements.ElementValue),
    *(elements.Quote, elements.SharedValues),
)


class SampleForm(forms.Form):
    """A field with a help text, and one of several choices."""

    reason = forms.CharField(label="Reason", help_text="Readers see it.")
    kinds = forms.MultipleChoiceField(
        label="Kinds", choices=[("glass", "Glass"), ("paper", "Paper")], widget=forms.CheckboxSelectMultiple
    )


class SampleLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML with a tag for each of the program's classes, such as ``!Clause``, and ``!object`` for any other object."""


def _construct(loader: SampleLoader, name: str, node: yaml.ScalarNode | yaml.MappingNode) -> Any:
    if isinstance(node, yaml.ScalarNode):
        risk = Risk[loader.construct_scalar(node)]
        return risk.label if name == "RiskLabel" else risk
    given: dict[str, Any] = loader.construct_mapping(node, deep=True)
    model = {each.__name__: each for each in MODELS}.get(name)
    if model is not None:
        return _unsaved_row(model, given)
    return {each.__name__: each for each in DATACLASSES}.get(name, SimpleNamespace)(**given)


def _unsaved_row(model: type[Model], given: dict[str, Any]) -> Model:
    """Returns a row of the model; what is no field of it is set beside its fields."""
    if model is Clause:
        given = {"depth": 0, "element": "article", "end": given["position"] + 1} | given
    names = {name for field in model._meta.concrete_fields for name in (field.name, field.attname)} | {"pk"}
    row = model(**{name: value for name, value in given.items() if name in names})
    for name in given.keys() - names:
        setattr(row, name, given[name])
    return row


SampleLoader.add_multi_constructor("!", _construct)


def sample_context() -> dict[str, Any]:
    """Returns the context of the style guide's template, made anew for each page."""
    context: dict[str, Any] = yaml.load(SAMPLES.read_text("utf-8"), SampleLoader)  # noqa: S506 (a SafeLoader)
    kinds = [(cell.pair.kind, PairKind(cell.pair.kind).label, 1) for cell in context["cells"]]
    return context | {
        "terms": load_terms()[:3],
        "eli": eli_facts(context["version"], "https://example.org"),
        "picture": draw(context["sample_events"]),
        "kinds": [*kinds, ("unknown", Standing.NOT_IN_NEW.label, 1)],
        "strip": Strip(context["cells"], [], 1, {}),
        "pairs_of_law": [(context["old"], context["new"], "2012 → 2020", this) for this in (True, False)],
        "risk_levels": list(Risk)[::-1],
        "style_sheets": [f"css/{name}.css" for name in STYLE_SHEETS],
        "kept_pages": [reverse("offline")],
        "form": SampleForm(auto_id="sample_%s"),
        "sent_back": SampleForm({}, auto_id="sent_back_%s"),
        "messages": [Message(SUCCESS, "Kept as a draft."), Message(ERROR, "Say why it is returned.")],
    }
