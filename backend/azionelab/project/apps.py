from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    default_site = "azionelab.checkin.admin_site.StaffAdminSite"
