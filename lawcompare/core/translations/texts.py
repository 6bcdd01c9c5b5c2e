"""What editors wrote, in the language of the page: looking it up, storing it, and the fields of forms for it."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from hashlib import sha256
from itertools import batched
from typing import Any, ClassVar

from asgiref.local import Local
from django import forms
from django.core.validators import MaxLengthValidator
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import Promise

from lawcompare.core.models import LocalisedText
from lawcompare.core.standard_names import language_name
from lawcompare.languages import DEFAULT, LANGUAGES, OTHERS, reader_language

# Code of a language -> what tells this state of its texts from every other, and the texts by their originals.
_texts: dict[str, tuple[tuple[Any, ...], dict[str, str]]] = {}
_page = Local()
_AT_ONCE = 500  # as many as any database takes in a list
# Called with the originals of texts whose words in a language were added or changed.
_followers: list[Callable[[Collection[str]], object]] = []


@contextmanager
def looked_at_once() -> Iterator[None]:
    """Have the texts looked at again once, when the first is needed; outside of such a block each time."""
    before = getattr(_page, "checked", None)
    _page.checked = set()
    try:
        yield
    finally:
        _page.checked = before


def localised(words: str) -> str:
    """Returns words of an editor in the language of the page, or as they are where they are not translated."""
    language = reader_language()
    if language == DEFAULT or not words:
        return words
    return _texts_in(language.code).get(normalised(words), words)


def in_other_languages(words: str) -> dict[str, str]:
    """Returns code of a language -> words of an editor in it, for each other language they are translated into."""
    rows = LocalisedText.objects.filter(digest=_digest(normalised(words)))
    return dict(rows.order_by("language").values_list("language", "words"))


def follow(follower: Callable[[Collection[str]], object]) -> None:
    """Have ``follower`` called with the originals whenever words of texts in a language are added or changed."""
    _followers.append(follower)


def announce(originals: Collection[str]) -> None:
    """Tell those who follow that words of these texts in a language were added or changed."""
    for follower in _followers if originals else ():
        follower(originals)


def _digest(original: str) -> str:
    return sha256(original.encode()).hexdigest()


def normalised(words: str) -> str:
    """Returns words as they are looked up: with single spaces, and none at either end."""
    return " ".join(words.split())


def store_localised_texts(language: str, texts: Mapping[str, str]) -> None:
    """Store the words of texts in a language, by their originals: a query for each few hundred, one for the new ones.

    What somebody compared with its original stays as it is.
    """
    words_of = {normalised(original): words for original, words in texts.items()}
    originals = {_digest(original): original for original in words_of}
    rows = LocalisedText.objects.filter(language=language)
    stored = {row.digest: row for some in batched(originals, _AT_ONCE) for row in rows.filter(digest__in=some)}
    new = [
        LocalisedText(language=language, original=original, digest=digest, words=words_of[original])
        for digest, original in originals.items()
        if digest not in stored
    ]
    LocalisedText.objects.bulk_create(new)
    changed = [row.original for row in new]
    for digest, row in stored.items():
        words = words_of[originals[digest]]
        if row.words != words and not row.checked_by:
            row.words = words
            row.save(update_fields=["words", "changed_at"])
            changed.append(row.original)
    announce(changed)


def _texts_in(code: str) -> dict[str, str]:
    checked: set[str] | None = getattr(_page, "checked", None)
    if checked is not None and code in checked:
        return _texts[code][1]
    rows = LocalisedText.objects.filter(language=code)
    state = tuple(rows.aggregate(Count("pk"), Max("pk"), Max("changed_at")).values())
    if code not in _texts or _texts[code][0] != state:
        _texts[code] = (state, dict(rows.values_list("original", "words")))
    if checked is not None:
        checked.add(code)
    return _texts[code][1]


class LocalisedPages:
    """Lets a page look once whether a text was added or changed since the last page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with looked_at_once():
            return self.get_response(request)


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


# Letters of what is typed in a field for which nothing else is said: it stands on public pages, many beside each other.
TEXT_MAX = 5_000
check_length = MaxLengthValidator(TEXT_MAX)


class TranslatedForm(forms.ModelForm):
    """The form of a row with translated fields. ``in_each_language``: their names, each with its label."""

    in_each_language: ClassVar[dict[str, str | Promise]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_languages(self, self.in_each_language)
        for name in self._names():
            self.initial.setdefault(name, getattr(self.instance, name))
        for field in self.fields.values():
            if isinstance(field, forms.CharField) and field.max_length is None:
                field.validators.append(check_length)
                field.widget.attrs["maxlength"] = TEXT_MAX

    def _names(self) -> list[str]:
        return [f"{name}_{language.code}" for name in self.in_each_language for language in OTHERS]

    def _post_clean(self) -> None:
        for name in self._names():
            if name in self.cleaned_data:
                setattr(self.instance, name, self.cleaned_data[name])
        super()._post_clean()  # type: ignore[misc]
