"""Orders, and what they cost."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Line:
    """A number of one article at a price."""

    article: str
    quantity: int
    price: Decimal

    def __post_init__(self) -> None:
        if self.quantity < 1:
            raise ValueError(f"quantity of {self.article} is {self.quantity}: at least 1")


@dataclass(frozen=True)
class Order:
    """What a customer wants. `key` is chosen by the customer's browser: the same click has the same key."""

    key: str
    lines: tuple[Line, ...]
    discount: Decimal = Decimal(0)

    def total(self) -> Decimal:
        """To pay: rounded once, over the sum, half a cent upwards; never below nothing."""
        amount = sum((line.price * line.quantity for line in self.lines), Decimal(0))
        return max(Decimal(0), amount - self.discount).quantize(CENT, ROUND_HALF_UP)
