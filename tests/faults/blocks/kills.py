"""F1, F2, F3: web, workers and everything at once are killed while people post."""

from faults.field import Field
from faults.scene import Scene
from faults.waiting import pause, until


def kill_web(field: Field) -> None:
    """Kill a process of web's, whichever, in the middle of requests.

    Some are answered in between. Where a kill comes as soon as web is up, a slow machine answers nobody at all, and
    whoever waits gives up in the end; that says nothing of what is lost.
    """
    with field.posting() as load:
        for _ in range(field.rounds(10)):
            load.gets_through(field.chance.randint(5, 20))
            field.kill_one_of("web")
            field.web_is_back()


def kill_everything(field: Field) -> None:
    """Kill web, worker, sweep, the database and the broker at one moment, and start them again."""
    stack = field.scene.stack
    with field.posting() as load:
        for _ in range(field.rounds(5)):
            load.gets_through(field.chance.randint(20, 40))
            field.kill("web", "worker", "sweep")
            field.crash_database()
            field.kill_broker()
            field.database.restart()
            stack.broker.restart()
            stack.restart_everything()


def kill_workers(field: Field) -> None:
    """Kill the worker with all its processes, 20 to 500 ms after it began to listen for bells."""
    with field.posting():
        for _ in range(field.rounds(11)):
            until(lambda: listens(field.scene), "the worker listens")
            pause(field.chance.uniform(0.02, 0.5))
            field.kill("worker")
            until(lambda: not listens(field.scene), "its connections are gone")
            field.scene.stack.restart("worker")


def listens(scene: Scene) -> bool:
    """Tell whether any worker waits for bells right now."""
    with scene.stack.broker.client() as client:
        return any(each["cmd"] == "brpop" for each in client.client_list())
