"""`lychgate user`: people who sign in at the desk."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

import click

from moderation.cli.console import as_json, report, tell, tell_all
from moderation.cli.parts import parts
from moderation.domain.notice import How
from moderation.domain.person import Person, Role
from moderation.domain.site import SPOKEN
from moderation.services import factors, invitations, notices, people, sites, staff

ROLES = click.Choice([role.value for role in Role])
password_option = click.option(
    "--password-file", type=click.File("r"), help="A file, or - for stdin, with the password; else one is made."
)
language_option = click.option(
    "--language", type=click.Choice(SPOKEN), help="Of mails to them, and of the desk, until they choose another."
)


@click.group()
def user() -> None:
    """Add the people who moderate, and say what they may do.

    Example: lychgate user list
    """


@user.command()
@click.argument("name")
@click.option(
    "--site", "site_names", multiple=True, required=True, help="A site by name, public key or id; repeatable."
)
@click.option("--role", type=ROLES, default=Role.MODERATOR.value, show_default=True)
@language_option
@password_option
@as_json
def add(
    name: str, site_names: tuple[str, ...], role: str, language: str | None, password_file: Any, *, as_json: bool
) -> None:
    """Add somebody and print their password, this once.

    Example: lychgate user add "Ada" --site demo --role senior
    """
    roles = {sites.by_name(parts(), site).id: Role(role) for site in site_names}
    person, made = people.create(parts(), name=name, roles=roles, password=_read(password_file), language=language)
    tell(_shown(person) | ({"password": made} if made else {}), as_json=as_json)


@user.command()
@click.argument("name")
@click.option("--site", "site_names", multiple=True, help="For somebody new: a site by name, key or id; repeatable.")
@click.option("--role", type=ROLES, default=Role.MODERATOR.value, show_default=True, help="What somebody new is there.")
@click.option("--email", default="", help="Where the link goes, now and for every new password; kept sealed.")
@language_option
@as_json
def invite(
    name: str, site_names: tuple[str, ...], role: str, email: str, language: str | None, *, as_json: bool
) -> None:
    """Let somebody, new or not, choose a password by a link: by mail, else printed this once.

    Example: lychgate user invite "Cleo" --site demo
    """
    roles = {sites.by_name(parts(), site).id: Role(role) for site in site_names}
    person = people.find(parts(), name)
    if person is None and not roles:
        raise click.UsageError("There is nobody of that name; say where somebody new is to work, with --site.")
    if person is None:
        person = staff.hire(parts(), name=name, roles=roles, email=email, language=language)
    else:
        person = _changed(person, roles, email, language)
    link = invitations.invite(parts(), person)
    shown = _shown(person) | {"invitation": link}
    if link is None:
        report(f"A link is on its way to {person.name} by mail.", shown, as_json=as_json)
    else:
        tell(shown, as_json=as_json)


@user.command("list")
@as_json
def list_(*, as_json: bool) -> None:
    """List everybody who may sign in, and those who were disabled.

    Example: lychgate user list
    """
    rows = [_shown(person) for person in people.listed(parts())]
    tell_all(rows, as_json=as_json, empty="There is nobody yet; `lychgate user add NAME --site SITE` adds somebody.")


@user.command()
@click.argument("name")
@as_json
def disable(name: str, *, as_json: bool) -> None:
    """Let somebody in no more, and end their sessions.

    Example: lychgate user disable "Bert"
    """
    person = people.disable(parts(), people.by_name(parts(), name))
    report(f"{person.name} cannot sign in any more.", _shown(person), as_json=as_json)


@user.command()
@click.argument("name")
@click.argument("role", type=click.Choice([*(role.value for role in Role), "none"]))
@click.option("--site", "site_name", required=True, help="The site's name, public key or id.")
@as_json
def role(name: str, role: str, site_name: str, *, as_json: bool) -> None:
    """Say what somebody is on a site.

    Example: lychgate user role "Bert" senior --site demo
    """
    site = sites.by_name(parts(), site_name)
    chosen = None if role == "none" else Role(role)
    person = people.set_role(parts(), people.by_name(parts(), name), site.id, chosen)
    report(f"{person.name} is {chosen or 'nobody'} at {site.name} from now on.", _shown(person), as_json=as_json)


@user.command()
@click.argument("name")
@password_option
@as_json
def password(name: str, password_file: Any, *, as_json: bool) -> None:
    """Give somebody a new password, print it this once, and end their sessions.

    Example: lychgate user password "Bert"
    """
    person, made = people.set_password(parts(), people.by_name(parts(), name), _read(password_file))
    tell(_shown(person) | ({"password": made} if made else {}), as_json=as_json)


@user.command("reset-factors")
@click.argument("name")
@as_json
def reset_factors(name: str, *, as_json: bool) -> None:
    """Take authenticator, passkeys and recovery codes away from somebody who lost them, and end their sessions.

    Make sure first that it is they who ask: after this, the password alone lets them in.

    Example: lychgate user reset-factors "Bert"
    """
    person = people.by_name(parts(), name)
    had = factors.forget(parts(), person)
    shown = _shown(people.by_name(parts(), name)) | {"had": asdict(had)}
    report(_after(person, had), shown, as_json=as_json)


@user.command()
@click.argument("name")
@click.option("--site", "site_name", required=True, help="The site's name, public key or id.")
@click.option(
    "--email", default="", help="Where; you vouch that it is theirs. Without it, where they were told before."
)
@click.option(
    "--how", type=click.Choice([*(how.value for how in How), "off"]), default=How.DIGEST.value, show_default=True
)
@as_json
def notify(name: str, site_name: str, email: str, how: str, *, as_json: bool) -> None:
    """Tell somebody by mail when comments wait: each time, once a day, or no more.

    Example: lychgate user notify "Bert" --site demo --how off
    """
    site, person = sites.by_name(parts(), site_name), people.by_name(parts(), name)
    if how == "off":
        notices.unwish(parts(), person, site.id)
    else:
        notices.wish(parts(), person, site.id, how=How(how), email=email, vouched=True)
    sentence = f"{person.name} is told {'nothing' if how == 'off' else how} of {site.name}."
    report(sentence, {"name": person.name, "site": str(site.id), "how": how}, as_json=as_json)


def _changed(person: Person, roles: Mapping[UUID, Role], email: str, language: str | None) -> Person:
    """Keep what was said of somebody who is known."""
    for site_id, role in roles.items():
        people.set_role(parts(), person, site_id, role)
    if email:
        staff.set_address(parts(), person, person.sites(), email)
    if language:
        people.choose_language(parts(), person, language)
    return people.by_name(parts(), person.name)


def _after(person: Person, had: factors.Forgotten) -> str:
    """Say what was taken away from somebody, and what comes next."""
    told = "A mail tells them." if had.by_mail else "Nothing tells them by itself; do so."
    authenticator = "yes" if had.authenticator else "no"
    return (
        f"Taken away from {person.name}: authenticator {authenticator}, passkeys {had.passkeys}, "
        f"recovery codes {had.recovery_codes}. Every session has ended. {told}\n"
        f"They sign in with their password and set up a second factor anew in their account; "
        f'who forgot the password too needs a link: lychgate user invite "{person.name}"'
    )


def _read(file: Any) -> str | None:
    return None if file is None else file.read().strip("\r\n")


def _shown(person: Person) -> dict[str, Any]:
    known = {site.id: site.name for site in sites.listed(parts())}
    return {
        "id": str(person.id),
        "name": person.name,
        "active": person.active,
        "roles": [f"{role} at {known[site_id]}" for site_id, role in person.roles],
        "second_factor": person.second_factor,
        "created_at": person.created_at,
    }
