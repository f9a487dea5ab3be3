"""Many predictions at once leave room for others between them."""

import asyncio

import pytest
from loops import run_alone

from api.answers.errors import BusyError
from api.bodies.json_body import ArrivingBytes
from api.load.fair_queue import Turns


def test_a_hundred_take_turns_in_their_order_and_others_come_between():
    turns = Turns(1000)
    order: list[int] = []

    async def predict(number: int) -> None:
        await turns.take()
        order.append(number)

    async def run() -> int:
        waiting = [asyncio.create_task(predict(number)) for number in range(100)]
        while not order:
            await asyncio.sleep(0)
        so_far = len(order)
        await asyncio.gather(*waiting)
        return so_far

    assert run_alone(run()) == 16
    assert order == list(range(100))


def test_clients_whose_bodies_are_still_to_come_are_no_crowd():
    turns, arriving = Turns(1000), ArrivingBytes(100)
    turns.requests, turns.arriving = range(18), arriving
    assert turns.are_needed
    with arriving.count(), arriving.count():
        assert not turns.are_needed
        turns.requests = range(3)
        assert turns.are_alone
    assert not turns.are_alone


def test_more_than_may_wait_are_told_to_come_again():
    turns = Turns(2)

    async def run() -> list[object]:
        return await asyncio.gather(*(turns.take() for _ in range(3)), return_exceptions=True)

    first, second, third = run_alone(run())
    assert (first, second) == (None, None)
    assert isinstance(third, BusyError)


def test_who_goes_away_while_waiting_holds_up_nobody():
    turns = Turns(1000)

    async def run() -> None:
        gone, stays = asyncio.create_task(turns.take()), asyncio.create_task(turns.take())
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.wait_for(stays, 5)
        with pytest.raises(asyncio.CancelledError):
            await gone

    run_alone(run())
