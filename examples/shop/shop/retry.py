"""How often something is tried again, and how long is waited in between."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RetryPolicy:
    """At most `attempts` times, waiting `base`, 2 x `base`, 4 x `base`, ... seconds, never more than `longest`."""

    attempts: int
    base: float = 0.5
    longest: float = 60.0

    def __post_init__(self) -> None:
        if not 1 <= self.attempts <= 10:
            raise ValueError(f"attempts is {self.attempts}: between 1 and 10")
        if self.longest <= 0:
            raise ValueError("longest must be above 0: a policy without an upper bound retries for ever")

    def pauses(self) -> list[float]:
        """The pauses between the attempts, in seconds."""
        return [min(self.longest, self.base * 2**number) for number in range(self.attempts - 1)]


POLICIES = {
    "payment": RetryPolicy(attempts=4),
    "stock": RetryPolicy(attempts=6, base=1.0),
    "mail": RetryPolicy(attempts=10, base=5.0, longest=600.0),
}
"""Every policy of the shop: a service takes its own from here."""
