"""What a page says of how e-mails leave."""

from django import template

from lawcompare.core.mail import mail_trouble, prints_on_console

register = template.Library()

register.simple_tag(prints_on_console, name="emails_are_printed")
register.simple_tag(mail_trouble)
