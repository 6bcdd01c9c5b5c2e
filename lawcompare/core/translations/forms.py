"""Fields of forms for the words of a row in each language of the interface."""

from copy import deepcopy
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise

from lawcompare.core.standard_names import language_name
from lawcompare.languages import DEFAULT, LANGUAGES, OTHERS


def add_languages(form: forms.BaseForm, labels: dict[str, str | Promise]) -> None:
    """Put behind each field of ``labels``, which is for the default language, one for every other, not required.

    A label has ``%(language)s`` in it.
    """
    fields: dict[str, forms.Field] = {}
    for name, field in form.fields.items():
        fields[name] = field
        if name not in labels:
            continue
        for language in OTHERS:
            other = deepcopy(field)
            other.required = other.widget.is_required = False
            fields[f"{name}_{language.code}"] = other
        for language in LANGUAGES:
            key = name if language == DEFAULT else f"{name}_{language.code}"
            fields[key].label = str(labels[name]) % {"language": language_name(language.code)}
            fields[key].widget.attrs["lang"] = language.code
    form.fields = fields


class TranslatedForm(forms.ModelForm):
    """The form of a row with translated fields. ``in_each_language``: their names, each with its label."""

    in_each_language: ClassVar[dict[str, str | Promise]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_languages(self, self.in_each_language)
        for name in self._names():
            self.initial.setdefault(name, getattr(self.instance, name))

    def _names(self) -> list[str]:
        return [f"{name}_{language.code}" for name in self.in_each_language for language in OTHERS]

    def _post_clean(self) -> None:
        for name in self._names():
            if name in self.cleaned_data:
                setattr(self.instance, name, self.cleaned_data[name])
        super()._post_clean()  # type: ignore[misc]
