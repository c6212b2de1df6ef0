"""Stores: what services ask of the database, one class for each port."""

from moderation.adapters.db.stores.appeals import SqlAppeals
from moderation.adapters.db.stores.author_mails import SqlAuthorMails
from moderation.adapters.db.stores.bans import SqlBans
from moderation.adapters.db.stores.comments import SqlComments
from moderation.adapters.db.stores.deliveries import SqlDeliveries
from moderation.adapters.db.stores.echoes import SqlEchoes
from moderation.adapters.db.stores.editions import SqlEditions
from moderation.adapters.db.stores.endpoints import SqlEndpoints
from moderation.adapters.db.stores.erasures import SqlErasures
from moderation.adapters.db.stores.feeds import SqlFeeds
from moderation.adapters.db.stores.invitations import SqlInvitations
from moderation.adapters.db.stores.jobs import SqlJobs
from moderation.adapters.db.stores.journal import SqlAudit, SqlEvents, SqlFlags, SqlLog, SqlOnces, SqlSignals
from moderation.adapters.db.stores.learned import SqlLearned
from moderation.adapters.db.stores.listings import SqlListings
from moderation.adapters.db.stores.mailboxes import SqlMailboxes
from moderation.adapters.db.stores.notes import SqlNotes
from moderation.adapters.db.stores.notices import SqlNotices
from moderation.adapters.db.stores.passkeys import SqlPasskeys
from moderation.adapters.db.stores.people import SqlPeople
from moderation.adapters.db.stores.portraits import SqlPortraits
from moderation.adapters.db.stores.proposals import SqlProposals
from moderation.adapters.db.stores.rules import SqlCannedNotes, SqlHouseRules
from moderation.adapters.db.stores.sites import SqlKeys, SqlSites
from moderation.adapters.db.stores.statistics import SqlStatistics
from moderation.adapters.db.stores.tallies import SqlTallies
from moderation.adapters.db.stores.threads import SqlThreads
from moderation.adapters.db.stores.traces import SqlTraces
from moderation.adapters.db.stores.waves import SqlWaves
from moderation.adapters.db.stores.wordings import SqlWordings
from moderation.adapters.db.stores.workplaces import SqlWorkplaces

__all__ = [
    "SqlAppeals",
    "SqlAudit",
    "SqlAuthorMails",
    "SqlBans",
    "SqlCannedNotes",
    "SqlComments",
    "SqlDeliveries",
    "SqlEchoes",
    "SqlEditions",
    "SqlEndpoints",
    "SqlErasures",
    "SqlEvents",
    "SqlFeeds",
    "SqlFlags",
    "SqlHouseRules",
    "SqlInvitations",
    "SqlJobs",
    "SqlKeys",
    "SqlLearned",
    "SqlListings",
    "SqlLog",
    "SqlMailboxes",
    "SqlNotes",
    "SqlNotices",
    "SqlOnces",
    "SqlPasskeys",
    "SqlPeople",
    "SqlPortraits",
    "SqlProposals",
    "SqlSignals",
    "SqlSites",
    "SqlStatistics",
    "SqlTallies",
    "SqlThreads",
    "SqlTraces",
    "SqlWaves",
    "SqlWordings",
    "SqlWorkplaces",
]
