import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from lawcompare.accounts.models import User
from lawcompare.core.jobs.runner import run_now
from lawcompare.engine.errors import EngineError
from lawcompare.engine.reading import LANGUAGES
from lawcompare.imports.upload.files import unpack
from lawcompare.imports.upload.services import take_in_many
from lawcompare.laws.services import ImportRefused, check_file


class Command(BaseCommand):
    help = (
        "Hand in every file of a folder or a ZIP, as an editor does on the imports page, and print what became of each."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--editor", required=True, help="address of the editor who imports, for their organisation")
        parser.add_argument("--language", default="", choices=["", *LANGUAGES], help="found out where it is not given")

        parser.add_argument(
            "--before-changes",
            action="store_true",
            help="of a Word file with tracked changes: its text before them too, as a draft of its own",
        )

    def handle(self, *, path: Path, editor: str, language: str, before_changes: bool, **options: Any) -> None:
        user = User.objects.filter(email__iexact=editor).first()
        if user is None:
            raise CommandError(f"there is nobody with the address {editor}", returncode=2)
        try:
            files = list(self.files(path))
            batch = take_in_many(user, files, language, wants_before=before_changes)
        except EngineError as error:
            raise CommandError(f"{path.name}: {error}", returncode=2) from None
        except PermissionDenied as refused:
            raise CommandError(f"{editor}: {refused or 'may not import'}", returncode=2) from None
        for draft in batch.drafts.select_related("reading_job").order_by("pk"):
            job = draft.reading_job
            if job is None:  # the text before the changes tracked in another
                continue
            run_now(job)
            job.refresh_from_db()
            while job.is_under_way:  # a worker had taken it up before this command did
                time.sleep(0.5)
                job.refresh_from_db()
            draft.refresh_from_db()
            read = f"read, {draft.clause_count} clauses, {draft.warning_count} warnings"
            self.stdout.write(f"{draft.name}: {f'refused: {job.reason}' if job.is_failed else read}")
            if draft.before_changes is not None:
                before = draft.before_changes
                self.stdout.write(
                    f"{draft.name}, before its tracked changes: read, {before.clause_count} clauses, "
                    f"{before.warning_count} warnings"
                )
        for other in batch.others:
            what = f"already here: import {other['draft']}" if "draft" in other else f"refused: {other['reason']}"
            self.stdout.write(f"{other['name']}: {what}")

    def files(self, path: Path) -> Iterator[tuple[str, bytes | EngineError]]:
        if path.is_dir():
            yield from (self.file(each) for each in sorted(path.rglob("*")) if each.is_file() and each.name[0] != ".")
            return
        try:
            data = path.read_bytes()
        except OSError as error:
            raise ImportRefused(str(error.strerror)) from None
        yield from unpack(data, path.name)

    def file(self, path: Path) -> tuple[str, bytes | EngineError]:
        try:
            check_file(path.name, path.stat().st_size)
            return path.name, path.read_bytes()
        except EngineError as refused:
            return path.name, refused
        except OSError as error:
            return path.name, ImportRefused(str(error.strerror))
