"""The administrator's page of a site's time zone."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from accounts.access import SignedInRequest
from accounts.forms import TimeZoneForm
from accounts.models import Site
from accounts.people import confirmed
from accounts.roles import Permission
from assessments.site_clock import set_time_zone, times_recorded
from values.counts import counted


def site_time_zone(request: SignedInRequest, pk: int) -> HttpResponse:
    request.access.require(Permission.MANAGE_USERS)
    site = get_object_or_404(Site, pk=pk)
    number = times_recorded(site)
    warning = (
        f"Times of day on {counted(number, 'form')} of this site are read as ones of the new zone, too."
        if number
        else ""
    )
    return confirmed(
        request,
        f"Time zone of site {site}",
        set_time_zone,
        {"site": site},
        back="site_list",
        button="Set the time zone",
        message=f"Times of day at site {site} are read by the new time zone.",
        asks=TimeZoneForm,
        warning=warning if number else "",
    )
