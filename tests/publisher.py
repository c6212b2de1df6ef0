"""A publisher who listens: real receivers, and an installation that tells them what a test lets happen."""

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from makers import World
from servers.scorer import Outsider, Respond, outsider, says
from standardwebhooks import Webhook

from moderation.domain.endpoint import Endpoint
from moderation.services import deliveries, webhooks
from moderation.services.rounds import Rounds

TAKES = says(204)


@dataclass
class Receiver:
    """Somebody who listens."""

    endpoint: Endpoint
    secret: str
    server: Outsider

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.server.asked]

    @property
    def heard(self) -> list[dict[str, Any]]:
        """What arrived, each verified as any receiver would."""
        return [Webhook(self.secret).verify(body, headers) for headers, body in self.server.asked]

    @property
    def types(self) -> list[str]:
        return sorted(each["type"] for each in self.heard)


@dataclass
class House:
    """An installation with receivers, in which nothing is sent that a test does not ask for."""

    world: World
    servers: ExitStack

    def listens(self, respond: Respond = TAKES, **choices: Any) -> Receiver:
        server = self.servers.enter_context(outsider(respond))
        endpoint, secret = webhooks.add(self.world.deps, self.world.site.id, url=server.url, **choices)
        return Receiver(endpoint, secret, server)

    def tells(self) -> None:
        """Number what happened, and send everything that is due."""
        self.world.events()
        for tried in (False, True):
            for endpoint_id in deliveries.waiting(self.world.deps, tried=tried):
                while Rounds(self.world.deps, tried=tried).go(endpoint_id):
                    pass

    def insists(self, times: int = 1) -> None:
        """Let every pause be over, so often, and send again."""
        for _ in range(times):
            self.alters("UPDATE delivery SET due_at = '2020-01-01 00:00:00' WHERE state = 'waiting'")
            self.alters("UPDATE endpoint SET rests_until = '2020-01-01 00:00:00' WHERE rests_until IS NOT NULL")
            self.tells()

    def alters(self, statement: str) -> None:
        with self.world.deps.uow(None) as uow:
            uow.connection.exec_driver_sql(statement)  # type: ignore[attr-defined]
            uow.commit()

    def log(self, receiver: Receiver, **wanted: Any) -> list[Any]:
        """Give what is known of a receiver's deliveries, oldest first."""
        found = webhooks.deliveries(
            self.world.deps, self.world.site.id, receiver.endpoint.id, wanted, cursor=None, limit=100
        )
        return list(reversed(found.rows))

    def states(self, receiver: Receiver) -> list[str]:
        return [str(row["state"]) for row in self.log(receiver)]

    def endpoint(self, receiver: Receiver) -> Endpoint:
        return webhooks.get(self.world.deps, self.world.site.id, receiver.endpoint.id)
