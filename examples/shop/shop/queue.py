"""Orders that wait to be handled."""

from collections import deque

from shop.orders import Order


class QueueFull(Exception):
    """No further order is taken: the customer is told to come back."""


class OrderQueue:
    """First in, first out, up to `limit` orders. An order that is taken twice waits once."""

    def __init__(self, limit: int = 10_000) -> None:
        self.limit = limit
        self._waiting: deque[Order] = deque()
        self._keys: set[str] = set()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, order: Order) -> bool:
        """Take an order; False where it was taken before. Raises QueueFull at the limit."""
        if order.key in self._keys:
            return False
        if len(self._waiting) >= self.limit:
            raise QueueFull(f"{self.limit} orders are waiting")
        self._keys.add(order.key)
        self._waiting.append(order)
        return True

    def take(self) -> Order | None:
        """The order that has waited longest, or None."""
        return self._waiting.popleft() if self._waiting else None
