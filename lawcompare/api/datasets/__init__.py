"""The public corpus as tables that scholars compute on."""


class DatasetError(Exception):
    """Why no data set was written, in one sentence."""
