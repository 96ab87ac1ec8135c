"""People of tests: one user with the assignments asked for, logged in."""

from datetime import date

from django.test import Client

from pakkeforlop.access.models import Assignment, User

# Three hospitals that lie in different places of the catalogue of units.
STAVANGER = "974703300"
BERGEN = "974557746"
OSLO = "974705788"
VEST = "983658725"
COUNTRY = "900000000"


def user_with(*assignments, username="prove", on=date(2015, 1, 1)):
    """A user with assignments given as (role, org_nr[, pathway[, department]])."""
    user = User.objects.create(username=username, display_name=f"Prøve {username}")
    for role, org_nr, *rest in assignments:
        pathway, department = [*rest, "", ""][:2]
        Assignment.objects.create(
            user=user, role=role, org_nr=org_nr, pathway=pathway, department=department, valid_from=on
        )
    return user


def client_for(*assignments, username="prove"):
    """A client logged in as such a user; the user is `client.user`."""
    client = Client()
    client.user = user_with(*assignments, username=username)
    client.force_login(client.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
