"""What a page says of how e-mails leave."""

from django import template

from lawcompare.core.mail.access import MailTrouble, mail_trouble, prints_on_console

register = template.Library()


@register.simple_tag
def letters_are_printed() -> bool:
    """Whether e-mails are printed on the console and sent to nobody."""
    return prints_on_console()


@register.simple_tag
def trouble_with_mail() -> MailTrouble | None:
    return mail_trouble()
