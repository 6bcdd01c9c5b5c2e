from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin

from lawcompare.accounts.leaving import end_left_open
from lawcompare.accounts.models import Membership, Organisation, User
from lawcompare.accounts.responses import site_address
from lawcompare.accounts.services import remove_second_factor, waive_second_person

# What allauth shows of them is more than anyone needs; people see their own sessions themselves.
admin.site.unregister([Authenticator, UserSession])


@admin.register(Authenticator)
class AuthenticatorAdmin(admin.ModelAdmin):
    """Second factors, for staff to delete where somebody lost phone and recovery codes; no secret is shown.

    With one go all of that person, their password and their sessions: a link to a new password goes to their mailbox.
    """

    list_display = ["user", "type", "created_at", "last_used_at"]
    fields = ["user", "type", "created_at", "last_used_at"]
    readonly_fields = ["user", "type", "created_at", "last_used_at"]

    def has_add_permission(self, request):
        return False

    def delete_model(self, request, obj):
        remove_second_factor(request.user, obj.user, site_address(request))

    def delete_queryset(self, request, queryset):
        for user in User.objects.filter(pk__in=queryset.values("user")):
            remove_second_factor(request.user, user, site_address(request))


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ["email", "is_active", "is_staff"]
    fields = ["email", "display_name", "is_active", "is_staff", "is_superuser"]
    inlines = [MembershipInline]

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        end_left_open(form.instance, request.user)


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "two_person_rule"]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []  # the log knows an organisation by it alone

    def get_deleted_objects(self, objs, request):
        """Which cannot be deleted, and not what of theirs stands in the way: it may be private."""
        _deleted, _counts, needed, protected = super().get_deleted_objects(objs, request)
        names = [str(one) for one in objs]
        return names, {}, needed, names if protected else []

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if change and "two_person_rule" in form.changed_data and not obj.two_person_rule:
            waive_second_person(obj)
