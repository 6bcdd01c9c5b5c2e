"""Static mirrors: everything public as plain files that can be read from any host, a folder, a stick or a ZIP."""


class MirrorError(Exception):
    """Why a mirror cannot be written or read, in one sentence. Nothing was changed."""
