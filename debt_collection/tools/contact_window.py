"""When a debtor may be contacted, and how often: pure rules (P1.1, P1.2).

Moments are local times of the debtor, without a zone. Hours are numbers, 8.5 is half past eight;
windows are [start, end): the end is not allowed any more.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from typing import NamedTuple

HORIZON_DAYS = 62
"""How far ahead the next allowed moment is looked for."""


class Limit(NamedTuple):
    """At most ``count`` contacts by these channels on any ``days`` days in a row."""

    channels: frozenset[str]
    count: int
    days: int = 1
    reached_only: bool = False


class Rule(NamedTuple):
    """Hours, days and limits. Channels not in ``timed`` may be used at any hour and day."""

    hour_from: float
    hour_to: float
    working_days_only: bool = False
    timed: frozenset[str] = frozenset({"phone", "visit", "sms"})
    limits: tuple[Limit, ...] = ()
    wait_days: int = 0
    waiting: frozenset[str] = frozenset({"phone"})


class Debtor(NamedTuple):
    """What the debtor asked for. ``quiet`` hours may cross midnight; equal ends: none."""

    opted_out: frozenset[str] = frozenset()
    ceased_on: date | None = None
    quiet_from: float = 0
    quiet_to: float = 0
    hours_agreed: bool = False


class Past(NamedTuple):
    """A contact we made. Contacts that the debtor made are none."""

    moment: datetime
    channel: str
    reached: bool


class Refusal(NamedTuple):
    """Why a contact is not allowed: ``opted_out ceased hours day quiet limit wait``."""

    code: str
    limit: Limit | None = None


ONE_BY_LAW = {"CN": "Asia/Shanghai"}
"""Countries with one time by law, however many the table of time zones lists for them."""

FOREVER = {"opted_out", "ceased"}
"""Refusals that no later moment lifts."""


def is_within(hour: float, start: float, end: float) -> bool:
    """Whether an hour lies in [start, end), which may cross midnight."""
    if start <= end:
        return start <= hour < end
    return hour >= start or hour < end


def check(
    rule: Rule,
    debtor: Debtor,
    moment: datetime,
    channel: str,
    past: Collection[Past],
    is_working_day: Callable[[date], bool],
    is_legal_notice: bool = False,
) -> Refusal | None:
    """Why the debtor may not be contacted by a channel at a moment; ``None``: allowed.

    :param is_legal_notice: the law asks for this notice: no request of the debtor stops it
    """
    day = moment.date()
    if not is_legal_notice:
        if debtor.ceased_on and day >= debtor.ceased_on:
            return Refusal("ceased")
        if channel in debtor.opted_out:
            return Refusal("opted_out")
    if channel in rule.timed:
        hour = moment.hour + moment.minute / 60 + moment.second / 3600
        if rule.working_days_only and not is_working_day(day):
            return Refusal("day")
        if not debtor.hours_agreed and not is_within(hour, rule.hour_from, rule.hour_to):
            return Refusal("hours")
        if debtor.quiet_from != debtor.quiet_to and is_within(
            hour, debtor.quiet_from, debtor.quiet_to
        ):
            return Refusal("quiet")
    if is_legal_notice:
        return None
    if rule.wait_days and channel in rule.waiting:
        for contact in past:
            if contact.reached and contact.channel in rule.waiting:
                if 0 <= (day - contact.moment.date()).days < rule.wait_days:
                    return Refusal("wait")
    for limit in rule.limits:
        if channel in limit.channels and count_within(limit, day, past) >= limit.count:
            return Refusal("limit", limit)
    return None


def count_within(limit: Limit, day: date, past: Collection[Past]) -> int:
    """The past contacts that a limit counts on the days that end with ``day``, inclusive."""
    return sum(
        contact.channel in limit.channels
        and (contact.reached or not limit.reached_only)
        and 0 <= (day - contact.moment.date()).days < limit.days
        for contact in past
    )


def next_allowed(
    rule: Rule,
    debtor: Debtor,
    moment: datetime,
    channel: str,
    past: Collection[Past],
    is_working_day: Callable[[date], bool],
    is_legal_notice: bool = False,
) -> datetime | None:
    """The first moment from ``moment`` on at which the contact is allowed; ``None``: never."""
    arguments = (channel, past, is_working_day, is_legal_notice)
    for number in range(HORIZON_DAYS + 1):
        midnight = datetime.combine(moment.date() + timedelta(days=number), time.min)
        hours = sorted({rule.hour_from, debtor.quiet_to})
        starts = [moment if not number else midnight]
        starts += [midnight + timedelta(hours=hour) for hour in hours]
        for start in starts:
            if start < moment:
                continue
            refusal = check(rule, debtor, start, *arguments)
            if refusal is None:
                return start
            if refusal.code in FOREVER:
                return None
    return None


def zones_of(
    known: str | None, country: str | None, own: str | None, table: Mapping[str, Collection[str]]
) -> tuple[str, ...]:
    """The names of the time zones in which a debtor may be; empty: nobody knows.

    :param known: the zone entered for contacts, which decides
    :param country: two letters
    :param own: the zone of the debtor's record, which counts if it is one of the country's:
        records take it from whoever made them
    :param table: the zones of each country
    """
    if known:
        return (known,)
    if country in ONE_BY_LAW:
        return (ONE_BY_LAW[country],)
    zones = tuple(table.get(country or "", ()))
    if own and own in zones:
        return (own,)
    return zones


def to_local(moment: datetime, zone: tzinfo) -> datetime:
    """A moment in UTC as local time without a zone."""
    return moment.replace(tzinfo=timezone.utc).astimezone(zone).replace(tzinfo=None)


def to_utc(moment: datetime, zone: tzinfo) -> datetime:
    """A local time without a zone as a moment in UTC; an hour that clocks skip is the next."""
    localize = getattr(zone, "localize", None)
    local = localize(moment) if localize else moment.replace(tzinfo=zone)
    return local.astimezone(timezone.utc).replace(tzinfo=None)


def _differing(zones, moment):
    """The zones among these whose clocks differ at a moment."""
    return list({to_local(moment, zone): zone for zone in zones}.values())


def _localize(past, zone):
    return [contact._replace(moment=to_local(contact.moment, zone)) for contact in past]


def check_everywhere(
    zones: Collection[tzinfo],
    rule: Rule,
    debtor: Debtor,
    moment: datetime,
    channel: str,
    past: Collection[Past],
    is_working_day: Callable[[date], bool],
    is_legal_notice: bool = False,
) -> tuple[Refusal | None, datetime]:
    """Whether a contact is allowed in each zone that the debtor may be in.

    :param moment: in UTC, like the moments of `past`
    :return: the first refusal, and the local time it is about; ``None``: allowed everywhere
    """
    local = moment
    for zone in _differing(zones, moment):
        local = to_local(moment, zone)
        refusal = check(
            rule, debtor, local, channel, _localize(past, zone), is_working_day, is_legal_notice
        )
        if refusal is not None:
            return refusal, local
    return None, local


def next_allowed_everywhere(
    zones: Collection[tzinfo],
    rule: Rule,
    debtor: Debtor,
    moment: datetime,
    channel: str,
    past: Collection[Past],
    is_working_day: Callable[[date], bool],
    is_legal_notice: bool = False,
) -> datetime | None:
    """The first moment (UTC) at which the contact is allowed in each zone; ``None``: never."""
    current, last = moment, moment + timedelta(days=HORIZON_DAYS)
    while current <= last:
        latest = current
        for zone in _differing(zones, current):
            found = next_allowed(
                rule, debtor, to_local(current, zone), channel, _localize(past, zone),
                is_working_day, is_legal_notice,
            )
            if found is None:
                return None
            latest = max(latest, to_utc(found, zone))
        if latest == current:
            return current
        current = latest
    return None
