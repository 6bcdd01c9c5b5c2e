"""Where a file lies while it is uploaded."""

import tempfile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class NamelessFileUploadHandler(FileUploadHandler):
    """Writes what is uploaded into a file without a name, which ends with its process.

    Django's own has a name in the folder of temporary files, and stays there in the clear if the process is killed.
    """

    file: UploadedFile | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        file = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115 - open as long as the request
        self.file = UploadedFile(file, self.file_name, self.content_type, 0, self.charset, self.content_type_extra)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        assert self.file is not None
        try:
            self.file.write(raw_data)
        except OSError:  # a full disk: there is room again at once
            self.file.close()
            raise

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if self.file is not None:
            self.file.seek(0)
            self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        if self.file is not None:
            self.file.close()
