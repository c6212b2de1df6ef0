"""Stores: what services ask of the database, one class for each port."""

from moderation.adapters.db.stores.comments import SqlComments
from moderation.adapters.db.stores.deliveries import SqlDeliveries
from moderation.adapters.db.stores.echoes import SqlEchoes
from moderation.adapters.db.stores.endpoints import SqlEndpoints
from moderation.adapters.db.stores.feeds import SqlFeeds
from moderation.adapters.db.stores.jobs import SqlJobs
from moderation.adapters.db.stores.journal import SqlAudit, SqlEvents, SqlFlags, SqlLog, SqlOnces, SqlSignals
from moderation.adapters.db.stores.learned import SqlLearned
from moderation.adapters.db.stores.notices import SqlNotices
from moderation.adapters.db.stores.people import SqlPeople
from moderation.adapters.db.stores.sites import SqlKeys, SqlSites
from moderation.adapters.db.stores.threads import SqlThreads

__all__ = [
    "SqlAudit",
    "SqlComments",
    "SqlDeliveries",
    "SqlEchoes",
    "SqlEndpoints",
    "SqlEvents",
    "SqlFeeds",
    "SqlFlags",
    "SqlJobs",
    "SqlKeys",
    "SqlLearned",
    "SqlLog",
    "SqlNotices",
    "SqlOnces",
    "SqlPeople",
    "SqlSignals",
    "SqlSites",
    "SqlThreads",
]
