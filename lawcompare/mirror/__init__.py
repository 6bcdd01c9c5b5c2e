"""The mirror: everything public as plain files that read from any host, a folder, a stick or a ZIP."""


class MirrorError(Exception):
    """A mirror cannot be written or read there. One sentence; nothing was touched."""
