"""What an order costs."""

from decimal import Decimal

import pytest
from shop.orders import Line, Order


def test_the_total_is_rounded_once() -> None:
    line = Line("screw", 3, Decimal("0.335"))
    assert Order("a", (line,)).total() == Decimal("1.01")


def test_a_quantity_is_at_least_one() -> None:
    with pytest.raises(ValueError, match="quantity of book is 0"):
        Line("book", 0, Decimal("9.90"))
