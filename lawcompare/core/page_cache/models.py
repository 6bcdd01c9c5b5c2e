from django.db import models


class ContentToken(models.Model):
    """One row, whose token triggers replace after every change to what visitors may see (``content_token.py``)."""

    token = models.CharField(max_length=32)

    def __str__(self) -> str:
        return self.token
