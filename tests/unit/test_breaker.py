"""What failed several times in a row is left alone, then tried once."""

from datetime import timedelta

from makers import Seconds

from moderation.adapters.breaker import Breaker

REST = timedelta(seconds=15)


def broken(clock: Seconds, failures: int = 3) -> Breaker:
    breaker = Breaker(3, REST, clock=clock)
    for _ in range(failures):
        breaker.failed("a")
    return breaker


def test_a_few_failures_change_nothing() -> None:
    breaker = broken(Seconds(), 2)

    assert (breaker.rest("a"), breaker.doubts("a")) == (timedelta(), False)


def test_after_several_in_a_row_it_rests_and_the_others_do_not() -> None:
    clock = Seconds()
    breaker = broken(clock)
    clock.now += 5

    assert breaker.rest("a") == timedelta(seconds=10)
    assert breaker.rest("b") == timedelta()


def test_a_success_between_failures_makes_them_forgotten() -> None:
    breaker = broken(Seconds(), 2)
    breaker.succeeded("a")
    breaker.failed("a")

    assert not breaker.doubts("a")


def test_after_the_rest_one_failure_is_enough_and_one_success_too() -> None:
    clock = Seconds()
    breaker = broken(clock)

    clock.now += 15
    assert (breaker.rest("a"), breaker.doubts("a")) == (timedelta(), True)
    breaker.failed("a")
    assert breaker.rest("a") == REST

    clock.now += 15
    breaker.succeeded("a")
    assert (breaker.rest("a"), breaker.doubts("a")) == (timedelta(), False)
