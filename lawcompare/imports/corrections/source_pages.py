"""The pages of the file that a stored text was read from, for who corrects it in the organisation that has the file."""

from dataclasses import replace

from lawcompare.accounts.models import Organisation
from lawcompare.engine.document import Clause, Document
from lawcompare.engine.errors import EngineError
from lawcompare.imports.corrections import apply
from lawcompare.imports.models import DraftPage, ImportDraft
from lawcompare.laws.models import Version


def source_of(version: Version, organisation: Organisation) -> ImportDraft | None:
    """The import that a text was made of, where it is that organisation's and there are images of its pages."""
    draft = ImportDraft.objects.filter(version=version, organisation=organisation).first()
    return draft if draft is not None and draft.pages.exists() else None


def beside_source(document: Document, source: ImportDraft) -> Document | None:
    """The text to be corrected, each clause at the lines and places of the pages that it was read from.

    None where what was read is not there any more, or is no more what was stored.
    """
    try:
        read = apply.corrected(source).document
    except EngineError:
        return None
    if [_words(clause) for clause in read.clauses] != [_words(clause) for clause in document.clauses]:
        return None
    clauses = zip(document.clauses, read.clauses, strict=True)
    return replace(
        document,
        clauses=tuple(replace(clause, line=other.line) for clause, other in clauses),
        furniture=read.furniture,
        meta={**document.meta, **{name: read.meta[name] for name in ("text",) if name in read.meta}},
        source=read.source,
        boxes=read.boxes,
    )


def _words(clause: Clause) -> tuple[str, str, str]:
    return clause.num, clause.heading, clause.text


def copy_pages(source: ImportDraft, draft: ImportDraft) -> None:
    """Give a draft the pages of another of the same file, with who has read them."""
    DraftPage.objects.bulk_create(
        DraftPage(
            draft=draft,
            number=page.number,
            image_number=page.image_number,
            image=page.image,
            width=page.width,
            height=page.height,
            taken_by_id=page.taken_by_id,
            read_by_id=page.read_by_id,
            read_at=page.read_at,
        )
        for page in source.pages.all()
    )
