"""Loss scaling (Micikevicius et al., arXiv:1710.03740): none, static, or dynamic as torch's GradScaler."""


class LossScale:
    """Multiplies the loss so that small gradients survive. Dynamic: doubled after good steps, halved after an overflow."""

    def __init__(self, kind: str, start: float = 2.0**15, growth_interval: int = 60) -> None:
        self.kind = kind
        # GradScaler waits for 2000 good steps; these runs have a few hundred.
        self.interval = growth_interval
        self.value = 1.0 if kind == "none" else (2.0**10 if kind == "static" else start)
        self.good = 0

    def update(self, overflowed: bool) -> bool:
        """Says whether the step may be taken."""
        if self.kind == "none":
            return True
        if overflowed:
            if self.kind == "dynamic":
                self.value /= 2
            self.good = 0
            return False
        self.good += 1
        if self.kind == "dynamic" and self.good % self.interval == 0:
            self.value *= 2
        return True
