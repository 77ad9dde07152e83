"""The queue keeps its limit, and takes an order once."""

from decimal import Decimal

import pytest
from shop.orders import Line, Order
from shop.queue import OrderQueue, QueueFull


def order(key: str) -> Order:
    return Order(key, (Line("book", 1, Decimal("9.90")),))


def test_orders_leave_in_the_order_they_came() -> None:
    queue = OrderQueue()
    for key in "abc":
        queue.put(order(key))
    assert [queue.take().key for _ in range(3)] == ["a", "b", "c"]
    assert queue.take() is None


@pytest.mark.incident("PM-2026-001", action_item="AI-1")
def test_a_full_queue_takes_no_further_order() -> None:
    queue = OrderQueue(limit=2)
    queue.put(order("a"))
    queue.put(order("b"))
    with pytest.raises(QueueFull):
        queue.put(order("c"))
    assert len(queue) == 2


@pytest.mark.incident("PM-2026-002")
def test_the_same_click_is_one_order() -> None:
    queue = OrderQueue()
    assert queue.put(order("a"))
    assert not queue.put(order("a"))
    assert len(queue) == 1
